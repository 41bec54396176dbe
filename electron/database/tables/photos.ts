/** Photos by content, with the faces that an analysis found in them. */

import { basename } from 'node:path';
import type { CaptureTime, FaceSummary } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type FaceId, type PhotoId } from '../../base/ids.ts';
import { intersectionOverUnion } from '../../geometry/boxes.ts';
import { matchBoxes } from '../../geometry/match-boxes.ts';
import type { Box } from '../../geometry/types.ts';
import type { Connection } from '../file/connection.ts';
import type { DecisionStore } from './decisions.ts';
import { convertBox, convertFaceSummary, faceSummaryColumns, type FaceKey, type FaceSummaryRow } from './faces.ts';
import { readFloats, viewFloats } from '../file/float-blobs.ts';
import type {
  AnalysisKey,
  FileLocation,
  NewPhoto,
  PendingPhoto,
  SavedPhoto,
} from '../library-database.ts';
import type { AnalyzedFace, SettledFace, UndetectedFace } from '../../terms/analyzed-photo.ts';
import type { LocationStore } from './locations.ts';
import type { MembershipStore } from './memberships.ts';
import type { PackStore } from './packs.ts';
import type { PeopleStore, PersonKey } from './people.ts';

/** A box that moves less (IoU) between two analyses was found by the same detector, if by another runtime. */
const minSameBoxOverlap = 0.95;

/** How much a capture time's source is worth. */
const sourceRanks: Readonly<Record<CaptureTime['source'], number>> = { exif: 3, name: 2, file: 1 };

interface PhotoRow {
  readonly key: number;
  readonly id: PhotoId;
  readonly width: number;
  readonly height: number;
  readonly captureLocal: string | null;
  readonly captureOffsetMinutes: number | null;
  readonly captureSource: CaptureTime['source'] | null;
}

interface KnownFace {
  readonly key: FaceKey;
  readonly id: FaceId;
  readonly origin: string;
  readonly box: Box | null;
}

export type PhotoStore = ReturnType<typeof createPhotoStore>;

export function createPhotoStore(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly locations: LocationStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly packs: PackStore;
  },
) {
  const { people, locations, memberships, decisions, packs } = stores;
  const photoColumns = `id AS key, uuid AS id, width, height, capture_local AS captureLocal,
    capture_offset_minutes AS captureOffsetMinutes, capture_source AS captureSource`;
  const findByHash = db.prepare<[Uint8Array], PhotoRow>(`SELECT ${photoColumns} FROM photos WHERE content_hash = ?`);
  const findById = db.prepare<[string], PhotoRow>(`SELECT ${photoColumns} FROM photos WHERE uuid = ?`);
  const selectHash = db.prepare<[number], Buffer>('SELECT content_hash FROM photos WHERE id = ?').pluck();
  const hasAnalysis = db
    .prepare<[number, number, number, number], number>(
      'SELECT 1 FROM analyses WHERE photo_id = ? AND pack_id = ? AND pipeline_version = ? AND effort >= ?',
    )
    .pluck();
  const insertPhoto = db.prepare(
    `INSERT INTO photos (uuid, content_hash, byte_size, format, width, height, capture_local, capture_offset_minutes,
       capture_source, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateCapture = db.prepare(
    'UPDATE photos SET capture_local = ?, capture_offset_minutes = ?, capture_source = ? WHERE id = ?',
  );
  const upsertAnalysis = db.prepare(
    `INSERT INTO analyses (photo_id, pack_id, pipeline_version, effort, face_count, analyzed_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET effort = excluded.effort, face_count = excluded.face_count, analyzed_at = excluded.analyzed_at`,
  );
  const deleteOtherVersions = db.prepare<[number, number, number]>(
    'DELETE FROM analyses WHERE photo_id = ? AND pack_id = ? AND pipeline_version <> ?',
  );
  const deleteOtherPacks = db.prepare<[number, number]>('DELETE FROM analyses WHERE photo_id = ? AND pack_id <> ?');
  const countAnalyzed = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM analyses INDEXED BY analyses_by_pack WHERE pack_id = ? AND pipeline_version = ? AND effort >= ?',
    )
    .pluck();
  const listPending = db.prepare<[number, number, number, number, number], { cursor: number; id: PhotoId; contentHash: Buffer }>(
    `SELECT ph.id AS cursor, ph.uuid AS id, ph.content_hash AS contentHash FROM photos ph
     WHERE ph.id > ? AND NOT EXISTS (SELECT 1 FROM analyses a
       WHERE a.photo_id = ph.id AND a.pack_id = ? AND a.pipeline_version = ? AND a.effort >= ?)
     ORDER BY ph.id LIMIT ?`,
  );
  const selectFaces = db.prepare<
    [number],
    { key: FaceKey; id: FaceId; origin: string } & Pick<FaceSummaryRow, 'boxX' | 'boxY' | 'boxWidth' | 'boxHeight'>
  >(
    `SELECT id AS key, uuid AS id, origin, box_x AS boxX, box_y AS boxY, box_width AS boxWidth, box_height AS boxHeight
     FROM faces WHERE photo_id = ? ORDER BY faces.id`,
  );
  const insertFace = db.prepare(
    `INSERT INTO faces (uuid, photo_id, origin, box_x, box_y, box_width, box_height, score, quality, landmarks,
       pack_id, pipeline_version, detected_at)
     VALUES (?, ?, 'detected', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateFace = db.prepare(
    `UPDATE faces SET box_x = ?, box_y = ?, box_width = ?, box_height = ?, score = ?, quality = ?, landmarks = ?,
       pack_id = ?, pipeline_version = ?, detected_at = ? WHERE id = ?`,
  );
  const deleteFace = db.prepare<[FaceKey]>('DELETE FROM faces WHERE id = ?');
  // The id by which the journal, and whoever was told it, know the face.
  const takeId = db.prepare<[FaceId, FaceKey, FaceId]>(
    'UPDATE faces SET uuid = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM faces WHERE uuid = ?)',
  );
  const selectFaceId = db.prepare<[FaceKey], FaceId>('SELECT uuid FROM faces WHERE id = ?').pluck();
  const setIgnored = db.prepare<[FaceKey]>('UPDATE faces SET is_ignored = 1 WHERE id = ?');
  const takeEmbeddingNumber = db
    .prepare<[], number>("UPDATE counters SET value = value + 1 WHERE name = 'embeddings' RETURNING value")
    .pluck();
  const replaceEmbedding = db.prepare<[number, FaceKey, number, Uint8Array]>(
    'INSERT OR REPLACE INTO embeddings (id, face_id, pack_id, vector) VALUES (?, ?, ?, ?)',
  );
  const isSettled = db
    .prepare<[FaceKey], number>(
      `SELECT f.origin <> 'detected' OR f.is_ignored OR coalesce(m.is_confirmed OR p.is_held OR p.is_kept, 0)
       FROM faces f LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people p ON p.id = m.person_id
       WHERE f.id = ?`,
    )
    .pluck();
  const selectLandmarks = db.prepare<[FaceKey], Buffer | null>('SELECT landmarks FROM faces WHERE id = ?').pluck();
  const selectShownFaces = db.prepare<[number], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM faces f CROSS JOIN photos ph ON ph.id = f.photo_id
       LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people pe ON pe.id = m.person_id
     WHERE f.photo_id = ? ORDER BY f.box_x IS NULL, f.box_x, f.box_y, f.id`,
  );
  const countAll = db.prepare<[], number>('SELECT count(*) FROM photos').pluck();
  const listAll = db
    .prepare<[number, number], PhotoId>('SELECT uuid FROM photos ORDER BY timeline, id LIMIT ? OFFSET ?')
    .pluck();
  const listOfPerson = db
    .prepare<[PersonKey, number, number], PhotoId>(
      `SELECT ph.uuid FROM
         (SELECT timeline, photo_id FROM memberships WHERE person_id = ? AND is_ignored = 0
          GROUP BY timeline, photo_id ORDER BY timeline, photo_id LIMIT ? OFFSET ?) page
       CROSS JOIN photos ph ON ph.id = page.photo_id
       ORDER BY page.timeline, page.photo_id`,
    )
    .pluck();

  /** @throws AppError "not-found" */
  function resolve(photoId: PhotoId): PhotoRow {
    const row = findById.get(photoId);
    if (row !== undefined) return row;
    throw new AppError('not-found', `Expected a photo of this library but received ${photoId}`, {
      parameters: { photoId },
    });
  }

  function isAnalyzed(photoKey: number, { packId, pipelineVersion, effort }: AnalysisKey): boolean {
    return hasAnalysis.get(photoKey, packId, pipelineVersion, effort) === 1;
  }

  function staysWhatever(faceKey: FaceKey): boolean {
    return isSettled.get(faceKey) === 1 || decisions.hasDecisions(faceKey);
  }

  function listKnownFaces(photoKey: number): KnownFace[] {
    return selectFaces.all(photoKey).map((row) => ({ key: row.key, id: row.id, origin: row.origin, box: convertBox(row) }));
  }

  function addPhoto(photo: NewPhoto): number {
    const { captureTime } = photo;
    const { lastInsertRowid } = insertPhoto.run(
      createId<PhotoId>(),
      photo.contentHash,
      photo.byteSize,
      photo.format,
      photo.width,
      photo.height,
      captureTime?.local ?? null,
      captureTime?.offsetMinutes ?? null,
      captureTime?.source ?? null,
      now(),
    );
    return Number(lastInsertRowid);
  }

  function improveCaptureTime(known: PhotoRow, captureTime: CaptureTime | null): void {
    if (captureTime === null) return;
    if (known.captureSource !== null && sourceRanks[captureTime.source] <= sourceRanks[known.captureSource]) return;
    updateCapture.run(captureTime.local, captureTime.offsetMinutes, captureTime.source, known.key);
  }

  function addFace(photoKey: number, face: AnalyzedFace, analysis: AnalysisKey): FaceKey {
    const { x, y, width, height } = face.box;
    const { lastInsertRowid } = insertFace.run(
      createId<FaceId>(),
      photoKey,
      x,
      y,
      width,
      height,
      face.score,
      face.quality,
      viewFloats(face.landmarks),
      analysis.packId,
      analysis.pipelineVersion,
      now(),
    );
    return Number(lastInsertRowid);
  }

  function replaceDetection(key: FaceKey, face: AnalyzedFace, analysis: AnalysisKey): void {
    const { x, y, width, height } = face.box;
    const { packId, pipelineVersion } = analysis;
    const landmarks = viewFloats(face.landmarks);
    updateFace.run(x, y, width, height, face.score, face.quality, landmarks, packId, pipelineVersion, now(), key);
  }

  /** Gives a face what the user said of it before its row was lost, see decisions.ts. */
  function rebindDecisions(contentHash: Uint8Array, added: readonly { key: FaceKey; box: Box }[]): void {
    if (added.length === 0) return;
    for (const decision of decisions.listUnbound(contentHash)) {
      const { box, personKey } = decision;
      if (box === null) continue;
      const [match] = matchBoxes([box], added.map((face) => face.box));
      const face = typeof match === 'number' ? added[match] : undefined;
      if (face === undefined) continue;
      takeId.run(decision.faceId, face.key, decision.faceId);
      decisions.bind(decision.key, face.key);
      if (decision.kind === 'ignored') setIgnored.run(face.key);
      if (decision.kind !== 'rejected' && decision.kind !== 'left-open' && personKey !== null) {
        const person = people.follow(personKey);
        const isConfirmed = decision.kind !== 'ignored' || memberships.read(face.key)?.isConfirmed === true;
        memberships.write(face.key, { personKey: person, isConfirmed, source: 'user', assignedAt: now() });
        people.refreshCovers([person]);
      }
    }
  }

  /** Removes detections that a newer analysis no longer makes, except where the user has had a say.
   *  @returns whether there were any */
  function removeVanished(faces: readonly KnownFace[]): boolean {
    const vanished = faces.filter((face) => !staysWhatever(face.key));
    for (const face of vanished) {
      const personKey = memberships.read(face.key)?.personKey;
      deleteFace.run(face.key);
      if (personKey === undefined) continue;
      people.refreshCovers([personKey]);
      people.removeForgotten([personKey]);
    }
    return vanished.length > 0;
  }

  function readFaceId(key: FaceKey): FaceId {
    const id = selectFaceId.get(key);
    if (id === undefined) throw new AppError('internal', `Expected a face's row but received key ${key}`);
    return id;
  }

  /** Stores an analysis of faces: known faces keep their ids, people and decisions, see [Note: same face] in
   *  geometry/match-boxes.ts.
   *  @returns hasChanged: whether any face came, went or moved */
  function saveFaces(photoKey: number, photo: NewPhoto, analysis: AnalysisKey): { faceIds: FaceId[]; hasChanged: boolean } {
    const known = listKnownFaces(photoKey);
    const matches = matchBoxes(photo.faces.map((face) => face.box), known.map((face) => face.box));
    const keys = new Array<FaceKey>(photo.faces.length);
    const added: { key: FaceKey; box: Box }[] = [];
    let hasMoved = false;
    // From left to right, which is the order that lists keep within a photo.
    const order = photo.faces.map((face, index) => ({ face, index }));
    order.sort((one, other) => one.face.box.x - other.face.box.x || one.face.box.y - other.face.box.y);
    for (const { face, index } of order) {
      const match = matches[index] ?? null;
      const same = match === null ? null : known[match]!;
      const key = same?.key ?? addFace(photoKey, face, analysis);
      if (same === null) {
        added.push({ key, box: face.box });
      } else if (same.origin === 'detected') {
        hasMoved ||= same.box !== null && intersectionOverUnion(face.box, same.box) < minSameBoxOverlap;
        replaceDetection(key, face, analysis);
      }
      writeEmbedding(key, analysis.packId, face.embedding);
      keys[index] = key;
    }
    rebindDecisions(photo.contentHash, added);
    const undetected = known.filter((_, index) => !matches.includes(index));
    const hasLost = removeVanished(undetected);
    saveUndetected(undetected, photo.undetected ?? [], analysis);
    return { faceIds: keys.map(readFaceId), hasChanged: added.length > 0 || hasLost || hasMoved };
  }

  /** An embedding that changes gets another number: whoever keeps vectors would take it for the old one. */
  function writeEmbedding(key: FaceKey, packId: number, embedding: Float32Array): void {
    replaceEmbedding.run(takeEmbeddingNumber.get()!, key, packId, viewFloats(embedding));
  }

  /** A face that the user has had a say in takes part in clusterings even where a pack's detector does not see it. */
  function saveUndetected(known: readonly KnownFace[], faces: readonly UndetectedFace[], { packId }: AnalysisKey): void {
    const keys = new Map(known.filter((face) => staysWhatever(face.key)).map((face) => [face.id, face.key]));
    for (const { id, embedding } of faces) {
      const key = keys.get(id);
      if (key !== undefined) writeEmbedding(key, packId, embedding);
    }
  }

  /** [Note: what an analysis says] An analysis on record says that the photo has these faces, each with an embedding of
   *  that pack. So it goes when a later one, of any pack, brings a face, takes one away or moves one; where two packs
   *  find the same faces, both stay, and going back to the earlier pack costs nothing. */
  function recordAnalysis(photoKey: number, faceCount: number, analysis: AnalysisKey, hasChanged: boolean): void {
    const { packId, pipelineVersion, effort } = analysis;
    deleteOtherVersions.run(photoKey, packId, pipelineVersion);
    if (hasChanged) deleteOtherPacks.run(photoKey, packId);
    upsertAnalysis.run(photoKey, packId, pipelineVersion, effort, faceCount, now());
  }

  return {
    resolve,

    count(): number {
      return countAll.get() ?? 0;
    },

    attachLocation(contentHash: Uint8Array, location: FileLocation, analysis: AnalysisKey): PhotoId | null {
      const photo = findByHash.get(contentHash);
      if (photo === undefined || !isAnalyzed(photo.key, analysis)) return null;
      locations.place(photo.key, location);
      return photo.id;
    },

    save(photo: NewPhoto, analysis: AnalysisKey): SavedPhoto {
      checkFaces(photo, packs.readEmbeddingLength(analysis.packId));
      const { location } = photo;
      const known = findByHash.get(photo.contentHash);
      if (known !== undefined && isAnalyzed(known.key, analysis)) {
        if (location !== null) locations.place(known.key, location);
        const faces = listKnownFaces(known.key).filter((face) => face.origin === 'detected');
        return { photoId: known.id, isNew: false, wasAnalyzed: true, faceIds: faces.map((face) => face.id) };
      }
      const photoKey = known?.key ?? addPhoto(photo);
      if (known !== undefined) improveCaptureTime(known, photo.captureTime);
      if (location !== null) locations.place(photoKey, location);
      const { faceIds, hasChanged } = saveFaces(photoKey, photo, analysis);
      recordAnalysis(photoKey, photo.faces.length, analysis, hasChanged);
      const photoId = known?.id ?? findByHash.get(photo.contentHash)?.id;
      if (photoId === undefined) throw new AppError('internal', 'Expected the photo that was just stored');
      return { photoId, isNew: known === undefined, wasAnalyzed: false, faceIds };
    },

    countPending({ packId, pipelineVersion, effort }: AnalysisKey): number {
      return (countAll.get() ?? 0) - (countAnalyzed.get(packId, pipelineVersion, effort) ?? 0);
    },

    listPending({ packId, pipelineVersion, effort }: AnalysisKey, after: number, limit: number): PendingPhoto[] {
      return listPending.all(after, packId, pipelineVersion, effort, limit).map(({ cursor, id, contentHash }) => ({
        cursor,
        id,
        contentHash: Uint8Array.from(contentHash),
        paths: locations.listPathBytes(cursor),
      }));
    },

    listSettledFaces(contentHash: Uint8Array): SettledFace[] {
      const photo = findByHash.get(contentHash);
      if (photo === undefined) return [];
      return listKnownFaces(photo.key).flatMap(({ key, id, box }) => {
        if (box === null || !staysWhatever(key)) return [];
        const landmarks = selectLandmarks.get(key) ?? null;
        return [{ id, box, landmarks: landmarks === null ? null : readFloats(landmarks) }];
      });
    },

    get({ photoId }: ValidParams<'photos.get'>): Result<'photos.get'> {
      const photo = resolve(photoId);
      const paths = locations.listPaths(photo.key);
      const faces: FaceSummary[] = selectShownFaces.all(photo.key).map(convertFaceSummary);
      return {
        id: photo.id,
        fileName: basename(paths[0] ?? ''),
        paths,
        width: photo.width,
        height: photo.height,
        captureTime: readCaptureTime(photo),
        faces,
      };
    },

    list({ personId, offset, limit }: ValidParams<'photos.list'>): Result<'photos.list'> {
      if (personId === null) return { total: countAll.get() ?? 0, photoIds: listAll.all(limit, offset) };
      const key = people.resolve(personId);
      return { total: people.readFlags(key).photoCount, photoIds: listOfPerson.all(key, limit, offset) };
    },

    locate(photoId: PhotoId): { paths: Uint8Array[]; contentHash: Uint8Array } {
      const { key } = resolve(photoId);
      const contentHash = selectHash.get(key);
      if (contentHash === undefined) throw new AppError('internal', `Expected a hash for the photo ${photoId}`);
      return { paths: locations.listPathBytes(key), contentHash: Uint8Array.from(contentHash) };
    },
  };
}

function readCaptureTime(photo: PhotoRow): CaptureTime | null {
  if (photo.captureLocal === null || photo.captureSource === null) return null;
  return { local: photo.captureLocal, offsetMinutes: photo.captureOffsetMinutes, source: photo.captureSource };
}

/** @throws AppError "bad-argument": what is wrong here would spoil every later clustering */
function checkFaces(photo: NewPhoto, embeddingLength: number): void {
  for (const { embedding } of [...photo.faces, ...(photo.undetected ?? [])]) {
    if (embedding.length !== embeddingLength) {
      throw new AppError('bad-argument', `Expected ${embeddingLength} numbers for an embedding but received ${embedding.length}`);
    }
    if (!embedding.every(Number.isFinite)) {
      throw new AppError('bad-argument', 'Expected finite numbers for an embedding but received others');
    }
  }
  for (const { landmarks } of photo.faces) {
    if (landmarks.every(Number.isFinite)) continue;
    throw new AppError('bad-argument', 'Expected finite numbers for landmarks but received others');
  }
}
