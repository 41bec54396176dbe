/** What the app needs of a library's storage; nothing here speaks of SQL, so another store can stand behind it. */

import type { ValidParams, Result } from '../api/contract.ts';
import type { CaptureTime, FaceSummary, JobSnapshot, JournalEntry, LearntVersion, PersonSummary } from '../api/schemas.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ClusterId, FaceId, PersonId, PhotoId } from '../base/ids.ts';
import type { Box } from '../geometry/types.ts';

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

export interface NewFace {
  readonly box: Box;
  readonly score: number;
  readonly quality: number;
  /** [68, 2] upright photo pixels */
  readonly landmarks: Float32Array;
  /** [embeddingLength] */
  readonly embedding: Float32Array;
}

/** A face that no analysis takes away, as the user has had a say in it. */
export interface SettledFace {
  readonly id: FaceId;
  /** Upright photo pixels. */
  readonly box: Box;
  /** [68, 2] or [5, 2] upright photo pixels; null where no detector placed any */
  readonly landmarks: Float32Array | null;
}

/** An embedding of a settled face that an analysis did not detect, made where the face lies. */
export interface UndetectedFace {
  readonly id: FaceId;
  /** [embeddingLength] */
  readonly embedding: Float32Array;
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

export interface NewPhoto {
  /** SHA-256 of the file's bytes */
  readonly contentHash: Uint8Array;
  readonly byteSize: number;
  readonly format: string;
  /** Upright pixels. */
  readonly width: number;
  readonly height: number;
  readonly captureTime: CaptureTime | null;
  /** Null where the library knows already where the photo lies. */
  readonly location: FileLocation | null;
  readonly faces: readonly NewFace[];
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

/** All faces with an embedding of one pack that are not ignored, without the embeddings, ordered by content hash and box: the same
 *  library gives the same order whatever the order of its imports. Indices point into `faceIds` and `people`. */
export interface ClusteringInput {
  readonly faceIds: readonly FaceId[];
  readonly embeddingLength: number;
  /** [n], numbers that embeddings keep for as long as they are the same, and that no other ever gets */
  readonly embeddingRows: Float64Array;
  /** [n], 0 to 1 */
  readonly qualities: Float32Array;
  /** [n], equal for faces of one photo */
  readonly photoIndices: Int32Array;
  /** [n], into `people`, -1 for a face without a person */
  readonly personIndices: Int32Array;
  /** [n], 1 where the user has confirmed the face as its person */
  readonly confirmed: Uint8Array;
  /** [n], days since 1970-01-01 on which the photo was taken by its EXIF data, -2^31 where it has none */
  readonly captureDays: Int32Array;
  readonly people: readonly {
    readonly id: PersonId;
    /** Named, merged, moved into or ignored by the user: no face leaves it but by the user. */
    readonly isHeld: boolean;
    readonly name: string | null;
    readonly isIgnored: boolean;
    /** First day of the birth date as far as it is known, days since 1970-01-01, or null. */
    readonly bornDay: number | null;
  }[];
  /** Pairs (face index, person index) that the user has ruled out; forwarded ids are already followed. */
  readonly rejections: readonly (readonly [faceIndex: number, personIndex: number])[];
  /** Pairs (face index, person index) about which the user was asked and could not say; forwarded ids are followed. */
  readonly leftOpen: readonly (readonly [faceIndex: number, personIndex: number])[];
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

export interface AdoptedProjection {
  readonly version: number;
  /** [outputLength, embeddingLength] */
  readonly matrix: Float32Array;
  readonly outputLength: number;
  /** What the pack's distance is multiplied by. */
  readonly distanceScale: number;
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
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

/**
 * Every method is one transaction. Methods that the user's actions map to take the API's validated arguments,
 * write one journal entry with its inverse, and throw AppError "not-found" for an unknown id.
 */
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

  readClusteringInput(packId: number): Promise<ClusteringInput>;
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
  /** At start: jobs that a dead process left queued or running become interrupted. */
  interruptStaleJobs(): Promise<void>;

  listPeople(params: ValidParams<'people.list'>): Promise<Result<'people.list'>>;
  getPerson(params: ValidParams<'people.get'>): Promise<Result<'people.get'>>;
  searchPeople(params: ValidParams<'people.search'>): Promise<Result<'people.search'>>;
  namePerson(params: ValidParams<'people.name'>): Promise<Result<'people.name'>>;
  mergePeople(params: ValidParams<'people.merge'>): Promise<Result<'people.merge'>>;
  chooseCover(params: ValidParams<'people.chooseCover'>): Promise<Result<'people.chooseCover'>>;
  ignorePerson(params: ValidParams<'people.ignore'>): Promise<void>;
  restorePerson(params: ValidParams<'people.restore'>): Promise<void>;
  setBorn(params: ValidParams<'people.setBorn'>): Promise<Result<'people.setBorn'>>;
  splitPerson(params: ValidParams<'people.split'>): Promise<Result<'people.split'>>;
  reclusterPerson(params: ValidParams<'people.recluster'>): Promise<Result<'people.recluster'>>;
  countStrangers(params: ValidParams<'people.countStrangers'>): Promise<Result<'people.countStrangers'>>;
  ignoreStrangers(params: ValidParams<'people.ignoreStrangers'>): Promise<Result<'people.ignoreStrangers'>>;
  ignoreStrangersInPhoto(params: ValidParams<'photos.ignoreStrangers'>): Promise<Result<'photos.ignoreStrangers'>>;
  listDoubles(params: ValidParams<'photos.listDoubles'>): Promise<Result<'photos.listDoubles'>>;
  answerReview(params: ValidParams<'review.answer'>): Promise<Result<'review.answer'>>;
  /** @throws AppError "not-found" for an unknown id. In the order asked for. */
  listPeopleByIds(personIds: readonly PersonId[]): Promise<PersonSummary[]>;
  listFacesByIds(faceIds: readonly FaceId[]): Promise<FaceSummary[]>;

  listFaces(params: ValidParams<'faces.list'>): Promise<Result<'faces.list'>>;
  exportFaces(params: ValidParams<'faces.export'>): Promise<Result<'faces.export'>>;
  moveFaces(params: ValidParams<'faces.move'>): Promise<Result<'faces.move'>>;
  confirmFaces(params: ValidParams<'faces.confirm'>): Promise<void>;
  rejectFaces(params: ValidParams<'faces.reject'>): Promise<void>;
  ignoreFaces(params: ValidParams<'faces.ignore'>): Promise<void>;
  restoreFaces(params: ValidParams<'faces.restore'>): Promise<void>;

  getPhoto(params: ValidParams<'photos.get'>): Promise<Result<'photos.get'>>;
  listPhotos(params: ValidParams<'photos.list'>): Promise<Result<'photos.list'>>;
  listFailures(params: ValidParams<'failures.list'>): Promise<Result<'failures.list'>>;

  listJournal(params: ValidParams<'journal.list'>): Promise<Result<'journal.list'>>;
  undo(count: number): Promise<JournalEntry[]>;
  redo(count: number): Promise<JournalEntry[]>;

  /** Where the photo's bytes lie, for thumbnails: candidate absolute paths (raw bytes), and its content hash. */
  locatePhoto(photoId: PhotoId): Promise<{ paths: Uint8Array[]; contentHash: Uint8Array }>;
  locateFace(faceId: FaceId): Promise<FacePlace>;
  /** [68, 2] or [5, 2], upright photo pixels; null where no detector placed any. */
  readLandmarks(faceId: FaceId): Promise<Float32Array | null>;
  /** The cluster that the last clustering put a face in. */
  readClusters(faceIds: readonly FaceId[]): Promise<(ClusterId | null)[]>;
}
