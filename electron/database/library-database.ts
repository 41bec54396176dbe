/** What the app needs of a library's storage; nothing here speaks of SQL, so another store can stand behind it. */

import type { ActionMethod, ChangedIds, Result, ValidParams } from '../api/contract.ts';
import type { FaceSummary, ImportFailure, JobSnapshot, JournalEntry, LearntVersion, PersonSummary } from '../api/schemas.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ClusterId, FaceId, JobId, PersonId, PhotoId } from '../base/ids.ts';
import type { Box } from '../geometry/types.ts';
import type { AnalyzedPhoto, SettledFace, UndetectedFace } from '../terms/analyzed-photo.ts';
import type { ClusteringFaces } from '../terms/clustering-input.ts';
import type { AdoptedProjection } from '../terms/projection.ts';

/** Where a file lies: a volume, and a path relative to its mount point. */
export interface FileLocation {
  /** Stays the same when the volume is mounted elsewhere. */
  readonly volumeKey: string;
  readonly mountPath: string;
  /** Separated by '/', in Unicode NFC. */
  readonly relativePath: string;
  /** The name's raw bytes as the file system gave them. */
  readonly relativePathBytes: Uint8Array;
  readonly byteSize: number;
  readonly modifiedNs: bigint;
}

/** An analysis is done again when another pack or pipeline is asked for, or a greater effort. */
export interface AnalysisKey {
  readonly packId: number;
  readonly pipelineVersion: number;
  /** Rank, 0 for the least. */
  readonly effort: number;
}

export interface PackRecord {
  readonly name: string;
  readonly version: string;
  /** Of what decides the embeddings, see native-models/packs/fingerprint-pack.ts. */
  readonly manifestSha256: string;
  readonly embeddingLength: number;
}

/** The pack by whose embeddings a library's faces are compared. */
export interface ActivePack {
  readonly name: string;
  readonly packId: number;
}

/** A photo that is to be looked at (again). */
export interface PendingPhoto {
  /** Photos after this one are the next page. */
  readonly cursor: number;
  readonly id: PhotoId;
  readonly contentHash: Uint8Array;
  /** Absolute, raw bytes; where it was last seen first. */
  readonly paths: readonly Uint8Array[];
}

export interface NewPhoto extends Omit<AnalyzedPhoto, 'undetected'> {
  /** Null where the library knows already where the photo lies. */
  readonly location: FileLocation | null;
  readonly undetected?: readonly UndetectedFace[];
}

export interface SavedPhoto {
  readonly photoId: PhotoId;
  /** Whether the library had no photo of that content. */
  readonly isNew: boolean;
  /** Whether it had this analysis of it already, as of a twin that was looked at in the same moment: nothing is changed. */
  readonly wasAnalyzed: boolean;
  /** Of the detected faces. */
  readonly faceIds: FaceId[];
}

/** What a clustering found, to be stored in one transaction. */
export interface ClusteringOutcome {
  readonly packId: number;
  readonly algorithm: string;
  /** JSON-safe: thresholds, seed. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Faces of each computed cluster. */
  readonly clusters: readonly (readonly FaceId[])[];
  /** Only faces whose person changes. `person` is a person's id, or a number: equal numbers are one new person. */
  readonly assignments: readonly { readonly faceId: FaceId; readonly person: PersonId | number }[];
}

/** What was learnt from the user; nothing is stored of a matrix that was refused but the reason. */
export interface NewProjection {
  readonly packId: number;
  readonly learnt: Omit<AdoptedProjection, 'version'> | null;
  readonly report: Omit<LearntVersion, 'version' | 'state' | 'createdAt'>;
}

export type JobRecord = JobSnapshot;

/** Where a face is, and what its picture depends on. */
export interface FacePlace {
  readonly photoId: PhotoId;
  /** Upright pixels. */
  readonly photoSize: { readonly width: number; readonly height: number };
  /** Upright photo pixels; null for a person in a photo without a box. */
  readonly box: Box | null;
  /** Of all faces of the photo. */
  readonly boxes: readonly Box[];
  /** See faceSummarySchema. */
  readonly pictureNumber: number;
}

export interface LibraryCounts {
  readonly photos: number;
  readonly faces: number;
  readonly people: number;
  readonly namedPeople: number;
  readonly failedFiles: number;
  readonly lastDone: JournalEntry | null;
  readonly lastUndone: JournalEntry | null;
}

/** An answer, and which rows of lists are others since. */
export interface Changed<Value> {
  readonly result: Value;
  readonly changed: ChangedIds;
}

/** Every method is one transaction. */
export interface LibraryDatabase {
  close(): Promise<void>;

  countLibrary(): Promise<LibraryCounts>;
  readSetting(key: string): Promise<unknown>;
  writeSetting(key: string, value: unknown): Promise<void>;
  /** @returns the pack's row id, the same for the same name, version and manifest */
  registerPack(pack: PackRecord): Promise<number>;
  /** @returns the row id of a pack that was registered before */
  findPack(pack: Omit<PackRecord, 'embeddingLength'>): Promise<number | null>;
  /** @returns null for a library without any analysis */
  readActivePack(): Promise<ActivePack | null>;
  /** From now on faces are told with their embeddings of this pack. */
  activatePack(pack: ActivePack): Promise<void>;

  countPendingPhotos(analysis: AnalysisKey): Promise<number>;
  /** Photos without an analysis that answers `analysis`, in a stable order. @param after 0, or the last one's cursor */
  listPendingPhotos(analysis: AnalysisKey, after: number, limit: number): Promise<PendingPhoto[]>;
  /** Of a photo by content: empty where it is new. */
  listSettledFaces(contentHash: Uint8Array): Promise<SettledFace[]>;

  /** For each location: whether path, size and time are those of a photo already analyzed under `analysis`.
   *  Locations found unchanged count as seen now. */
  findUnchangedLocations(locations: readonly FileLocation[], analysis: AnalysisKey): Promise<boolean[]>;
  /** If a photo of this content was already analyzed under `analysis`, records that it lies at `location` too.
   *  @returns its id, or null if the content is new */
  attachLocation(contentHash: Uint8Array, location: FileLocation, analysis: AnalysisKey): Promise<PhotoId | null>;
  /** Stores a photo with its faces and embeddings, and forgets an earlier failure at the same location. Known faces
   *  keep ids, people and decisions; what an earlier analysis said stays on record only where it is still so. */
  savePhoto(photo: NewPhoto, analysis: AnalysisKey): Promise<SavedPhoto>;
  saveFailure(location: FileLocation, reason: ErrorCode, detail: string): Promise<void>;
  /** @returns the number of a scan that begins now, see [Note: scans] */
  startScan(): Promise<number>;
  /** After a complete walk of `folder`: failures and locations below it that were not seen since that scan began are
   *  forgotten (failures) or marked missing (locations, which keep everything). */
  markUnseen(folder: Pick<FileLocation, 'volumeKey' | 'relativePath'>, scan: number): Promise<{ missing: number }>;

  readClusteringInput(packId: number): Promise<ClusteringFaces>;
  /** @param rows [m], numbers of embeddings of the pack
   *  @returns [m, embeddingLength]
   *  @throws AppError "library-damaged" where one is missing or has another length */
  readEmbeddings(packId: number, rows: Float64Array): Promise<Float32Array>;
  /** Faces confirmed, or in a held person, that `outcome` would move are left where they are: the user may have
   *  acted while the clustering ran. Rejected pairs are refused likewise. */
  saveClustering(outcome: ClusteringOutcome): Promise<{ moved: number; left: number }>;

  /** Adopts what was learnt, in place of what was before; a refusal leaves that as it is. @returns its version */
  saveProjection(projection: NewProjection): Promise<number>;
  /** Newest first. */
  listProjections(packId: number, limit: number): Promise<LearntVersion[]>;
  readAdoptedProjection(packId: number): Promise<AdoptedProjection | null>;
  /** @param choice a version that was adopted before, or null for none
   *  @throws AppError "not-found" */
  useProjection(choice: { packId: number; version: number | null }): Promise<void>;
  noteQuestions(version: number, questions: { before: number; after: number }): Promise<void>;
  /** Named people who are not set aside, and their faces. */
  countLabels(): Promise<{ people: number; faces: number }>;

  createJob(job: JobRecord): Promise<void>;
  updateJob(job: JobRecord): Promise<void>;
  /** Newest first. */
  listJobs(): Promise<JobRecord[]>;
  /** With what they could not read. */
  forgetJobs(jobIds: readonly JobId[]): Promise<void>;
  addJobFailure(jobId: JobId, failure: ImportFailure): Promise<void>;
  /** Before a job is run again. */
  forgetJobFailures(jobId: JobId): Promise<void>;
  listJobFailures(params: ValidParams<'jobs.failures'>): Promise<Result<'jobs.failures'>>;

  /** Does what the user asks for and writes one journal entry with its inverse.
   *  @throws AppError "not-found" for an unknown id, and as each action says */
  act<M extends ActionMethod>(method: M, params: ValidParams<M>): Promise<Changed<Result<M>>>;

  listPeople(params: ValidParams<'people.list'>): Promise<Result<'people.list'>>;
  getPerson(params: ValidParams<'people.get'>): Promise<Result<'people.get'>>;
  searchPeople(params: ValidParams<'people.search'>): Promise<Result<'people.search'>>;
  countStrangers(params: ValidParams<'people.countStrangers'>): Promise<Result<'people.countStrangers'>>;
  listDoubles(params: ValidParams<'photos.listDoubles'>): Promise<Result<'photos.listDoubles'>>;
  /** @throws AppError "not-found" for an unknown id. In the order asked for. */
  listPeopleByIds(personIds: readonly PersonId[]): Promise<PersonSummary[]>;
  listFacesByIds(faceIds: readonly FaceId[]): Promise<FaceSummary[]>;

  listFaces(params: ValidParams<'faces.list'>): Promise<Result<'faces.list'>>;
  exportFaces(params: ValidParams<'faces.export'>): Promise<Result<'faces.export'>>;

  getPhoto(params: ValidParams<'photos.get'>): Promise<Result<'photos.get'>>;
  listPhotos(params: ValidParams<'photos.list'>): Promise<Result<'photos.list'>>;
  listFailures(params: ValidParams<'failures.list'>): Promise<Result<'failures.list'>>;

  listJournal(params: ValidParams<'journal.list'>): Promise<Result<'journal.list'>>;
  undo(params: ValidParams<'journal.undo'>): Promise<Changed<Result<'journal.undo'>>>;
  redo(params: ValidParams<'journal.redo'>): Promise<Changed<Result<'journal.redo'>>>;

  /** Where the photo's bytes lie, for thumbnails: candidate absolute paths (raw bytes), and its content hash. */
  locatePhoto(photoId: PhotoId): Promise<{ paths: Uint8Array[]; contentHash: Uint8Array }>;
  locateFace(faceId: FaceId): Promise<FacePlace>;
  /** [68, 2] or [5, 2], upright photo pixels; null where no detector placed any. */
  readLandmarks(faceId: FaceId): Promise<Float32Array | null>;
  /** The cluster that the last clustering put a face in. */
  readClusters(faceIds: readonly FaceId[]): Promise<(ClusterId | null)[]>;
}
