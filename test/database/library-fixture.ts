/** Libraries on disk with made-up photos, opened in the test's own thread or as the app does. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionMethod, Params, Result } from '../../electron/api/contract.ts';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import { validateParams } from '../../electron/api/serve-api.ts';
import type { FaceId, JournalEntryId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { openConnection, type Connection } from '../../electron/database/file/connection.ts';
import type { AnalysisKey, Changed, FileLocation, NewPhoto } from '../../electron/database/library-database.ts';
import type { AnalyzedFace } from '../../electron/terms/analyzed-photo.ts';
import { createLibraryStore, type LibraryStore } from '../../electron/database/store.ts';

export const embeddingLength = 8;
export const everything = { offset: 0, limit: 1000 };
/** Whoever is not ignored. */
export const everyone = { ...everything, filter: 'all', text: '' } as const;

/** A new folder under the system's own for such; `remove` takes it away. */
export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kindred-database-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A clock that goes on by a second whenever it is read. */
export function createClock(start = Date.UTC(2026, 0, 1)): () => string {
  let milliseconds = start;
  return () => new Date((milliseconds += 1000)).toISOString();
}

export interface OpenLibrary {
  readonly connection: Connection;
  readonly store: LibraryStore;
  readonly analysis: AnalysisKey;
}

export function openLibrary(folder: string, now = createClock()): OpenLibrary {
  const connection = openConnection({ libraryFolder: folder, now });
  const store = createLibraryStore(connection);
  return { connection, store, analysis: { packId: store.registerPack(standardPack), pipelineVersion: 1, effort: 1 } };
}

/** Does what the user asks for. @returns what the API answers */
export function act<M extends ActionMethod>(store: LibraryStore, method: M, params: Params<M>): Result<M> {
  return store.act(method, validateParams(method, params)).result;
}

/** Undoes the newest entries that are done, or as many as there are. @returns newest first */
export function undoLast(store: LibraryStore, count = 1): JournalEntry[] {
  return stepLast(count, () => store.countLibrary().lastDone, (entryId) => store.undo({ entryId, withDependents: false }));
}

/** Does again what was undone last, as long as nothing stands in the way. @returns newest first */
export function redoLast(store: LibraryStore, count = 1): JournalEntry[] {
  return stepLast(count, () => store.countLibrary().lastUndone, (entryId) => store.redo({ entryId, withDependents: false })).reverse();
}

function stepLast(
  count: number,
  readLast: () => JournalEntry | null,
  step: (entryId: JournalEntryId) => Changed<Result<'journal.undo'>>,
): JournalEntry[] {
  const stepped: JournalEntry[] = [];
  for (let last = readLast(); last !== null && stepped.length < count; last = readLast()) {
    const { entries, dependents } = step(last.id).result;
    if (dependents.length > 0) break;
    stepped.push(...entries);
  }
  return stepped;
}

export const standardPack = { name: 'standard', version: '1.0.0', manifestSha256: 'a'.repeat(64), embeddingLength };

export function hashOf(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

export function makeLocation(path: string, changes: Partial<FileLocation> = {}): FileLocation {
  return {
    volumeKey: 'volume-one',
    mountPath: '/media/photos',
    relativePath: path.normalize('NFC'),
    relativePathBytes: Uint8Array.from(Buffer.from(path)),
    byteSize: 1000,
    modifiedNs: 1_700_000_000_123_456_789n,
    ...changes,
  };
}

/** @param index where in its photo: faces stand side by side */
export function makeFace(index: number, changes: Partial<AnalyzedFace> = {}): AnalyzedFace {
  const embedding = new Float32Array(embeddingLength);
  embedding[index % embeddingLength] = 1;
  return {
    box: { x: index * 100, y: 10, width: 60, height: 80 },
    score: 0.9,
    quality: 0.5,
    landmarks: Float32Array.from({ length: 136 }, (_, position) => position / 2),
    embedding,
    ...changes,
  };
}

/** A photo whose content is its name. */
export function makePhoto(name: string, faceCount: number, changes: Partial<NewPhoto> = {}): NewPhoto {
  return {
    contentHash: hashOf(name),
    byteSize: 1000,
    format: 'jpeg',
    width: 4000,
    height: 3000,
    captureTime: null,
    location: makeLocation(`${name}.jpg`),
    faces: Array.from({ length: faceCount }, (_, index) => makeFace(index)),
    ...changes,
  };
}

export interface FilledLibrary extends OpenLibrary {
  readonly photoIds: readonly PhotoId[];
  /** By photo. */
  readonly faceIds: readonly (readonly FaceId[])[];
  readonly personIds: readonly PersonId[];
}

/**
 * Photos p0, p1, ... with as many faces as there are people: face i of every photo is with person i.
 */
export function fillLibrary(library: OpenLibrary, photoCount: number, personCount: number): FilledLibrary {
  const { store, analysis } = library;
  const saved = Array.from({ length: photoCount }, (_, index) =>
    store.savePhoto(makePhoto(`p${index}`, personCount), analysis),
  );
  const faceIds = saved.map((photo) => photo.faceIds);
  clusterInto(
    library,
    Array.from({ length: personCount }, (_, person) => faceIds.map((ids) => ids[person] as FaceId)),
  );
  const [first = []] = faceIds;
  const personIds = first.map((faceId) => personOf(library, faceId) as PersonId);
  return { ...library, photoIds: saved.map((photo) => photo.photoId), faceIds, personIds };
}

/** Each cluster becomes a new person. */
export function clusterInto({ store, analysis }: OpenLibrary, clusters: FaceId[][]): { moved: number; left: number } {
  return store.saveClustering({
    packId: analysis.packId,
    algorithm: 'test',
    parameters: {},
    clusters,
    assignments: clusters.flatMap((cluster, person) => cluster.map((faceId) => ({ faceId, person }))),
  });
}

/** A clustering that finds nothing but that these faces belong to these people. */
export function assign(
  { store, analysis }: OpenLibrary,
  assignments: { faceId: FaceId; person: PersonId | number }[],
): { moved: number; left: number } {
  return store.saveClustering({ packId: analysis.packId, algorithm: 'test', parameters: {}, clusters: [], assignments });
}

export function personOf({ connection }: OpenLibrary, faceId: FaceId): PersonId | null {
  const row = connection.db
    .prepare<[string], string>(
      `SELECT p.uuid FROM faces f JOIN memberships m ON m.face_id = f.id JOIN people p ON p.id = m.person_id
       WHERE f.uuid = ?`,
    )
    .pluck()
    .get(faceId);
  return (row ?? null) as PersonId | null;
}

/** Everything that the user's actions change, for comparison. */
export function dumpLibrary({ connection }: Pick<OpenLibrary, 'connection'>) {
  const read = (sql: string) => connection.db.prepare<[], unknown>(sql).all();
  return {
    people: read(
      `SELECT id, uuid, name, born, cover_face_id, is_cover_chosen, is_ignored, is_held, merged_into, created_at,
         face_count, photo_count, confirmed_count FROM people ORDER BY id`,
    ),
    searchKeys: read('SELECT key, person_id FROM person_search_keys ORDER BY key, person_id'),
    memberships: read('SELECT * FROM memberships ORDER BY face_id'),
    ignored: read('SELECT id FROM faces WHERE is_ignored = 1 ORDER BY id'),
    decisions: read('SELECT uuid, kind, face_id, person_id, revoked_at FROM decisions ORDER BY uuid'),
  };
}

/** What must hold whatever happened; an empty list says that it does. */
export function findBrokenRules({ connection }: Pick<OpenLibrary, 'connection'>): unknown[] {
  const { db } = connection;
  const read = (sql: string) => db.prepare<[], unknown>(sql).all();
  return [
    ...(db.pragma('foreign_key_check') as unknown[]),
    // Kept counts are those that counting gives.
    ...read(
      `SELECT 'counts' AS rule, p.id, p.face_count, p.photo_count, p.confirmed_count FROM people p
       WHERE p.face_count <> (SELECT count(*) FROM memberships m WHERE m.person_id = p.id AND m.is_ignored = 0)
         OR p.photo_count <> (SELECT count(DISTINCT f.photo_id) FROM memberships m JOIN faces f ON f.id = m.face_id
              WHERE m.person_id = p.id AND f.is_ignored = 0)
         OR p.confirmed_count <> (SELECT count(*) FROM memberships m
              WHERE m.person_id = p.id AND m.is_ignored = 0 AND m.is_confirmed)`,
    ),
    // Copies are as their originals.
    ...read(
      `SELECT 'copies' AS rule, m.face_id FROM memberships m JOIN faces f ON f.id = m.face_id
         JOIN photos ph ON ph.id = f.photo_id
       WHERE m.photo_id <> f.photo_id OR m.is_ignored <> f.is_ignored OR m.timeline <> ph.timeline`,
    ),
    // Whoever has a face has a cover among them; whoever has none, none.
    ...read(
      `SELECT 'cover' AS rule, p.id FROM people p LEFT JOIN memberships m
         ON m.face_id = p.cover_face_id AND m.person_id = p.id AND m.is_ignored = 0
       WHERE (p.face_count > 0) <> (m.face_id IS NOT NULL) OR (p.face_count = 0 AND p.cover_face_id IS NOT NULL)`,
    ),
    // A merged person has nothing any more.
    ...read(
      `SELECT 'merged' AS rule, p.id FROM people p JOIN memberships m ON m.person_id = p.id
       WHERE p.merged_into IS NOT NULL`,
    ),
    // No rejected pair is together, forwards followed.
    ...read(
      `WITH RECURSIVE ends (id, target) AS (
         SELECT id, id FROM people UNION
         SELECT ends.id, p.merged_into FROM ends JOIN people p ON p.id = ends.target WHERE p.merged_into IS NOT NULL)
       SELECT 'rejected' AS rule, d.face_id, d.person_id FROM decisions d JOIN ends ON ends.id = d.person_id
         JOIN memberships m ON m.face_id = d.face_id AND m.person_id = ends.target
       WHERE d.kind = 'rejected' AND d.revoked_at IS NULL`,
    ),
  ];
}
