import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobOf } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import { createId, type FaceId, type JobId } from '../../electron/base/ids.ts';
import type { JobRecord, LibraryDatabase } from '../../electron/database/library-database.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import {
  everyone,
  everything,
  hashOf,
  makeFace,
  makeFolder,
  makeLocation,
  makePhoto,
  openLibrary,
  standardPack,
} from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
let database: LibraryDatabase;
beforeEach(async () => {
  folder = makeFolder();
  database = await openLibraryDatabase({ libraryFolder: folder.path });
});
afterEach(async () => {
  await database.close();
  folder.remove();
});

async function reopen(): Promise<void> {
  await database.close();
  database = await openLibraryDatabase({ libraryFolder: folder.path });
}

function makeJob(changes: Partial<JobOf<'import'>> = {}): JobRecord {
  return {
    id: createId<JobId>(),
    kind: 'import',
    state: 'running',
    folders: ['/media/가족 사진'],
    effort: null,
    progress: { stage: 'walking', done: 1, total: null, faces: 0, failed: 0, photosPerSecond: 1.5, secondsLeft: null },
    summary: null,
    error: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

const unknownEntry = { entryId: '00000000-0000-4000-8000-000000000000' as never, withDependents: false };

describe('a library in its own thread', () => {
  test('answers to every method of the interface, and refuses any other name', async () => {
    const { store } = openLibrary(join(folder.path, 'other'));
    const methods = Object.keys(store);
    store.close();
    expect(methods.length).toBeGreaterThan(40);
    for (const method of methods) expect(database[method as keyof LibraryDatabase]).toBeTypeOf('function');
    expect(database.countLibrary).toBe(database.countLibrary);
    for (const name of ['dropEverything', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const call = (database as unknown as Record<string, () => Promise<unknown>>)[name]!;
      await expect(call()).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(name) as string });
    }
    expect(await database.countLibrary()).toMatchObject({ photos: 0 });
  });

  test('may be awaited and printed like any value', async () => {
    expect(await database).toBe(database);
    expect(Reflect.get(database, Symbol.toPrimitive)).toBeUndefined();
    expect(Object.prototype.toString.call(database)).toBe('[object Object]');
  });

  test('carries photos in and clustering inputs out', async () => {
    const length = 512;
    const packId = await database.registerPack({ ...standardPack, embeddingLength: length });
    const analysis = { packId, pipelineVersion: 1, effort: 1 };
    const batch = new Float32Array(64 * length).map((_, index) => index / 7);
    const faceIds: FaceId[] = [];
    for (let photo = 0; photo < 16; photo++) {
      // Embeddings as a network gives them: views of one batch.
      const faces = [0, 1, 2, 3].map((place) => {
        const start = (photo * 4 + place) * length;
        return makeFace(place, { embedding: batch.subarray(start, start + length) });
      });
      faceIds.push(...(await database.savePhoto(makePhoto(`photo ${photo}`, 0, { faces }), analysis)).faceIds);
    }
    const input = await database.readClusteringInput(packId);
    const embeddings = await database.readEmbeddings(packId, input.embeddingRows);
    expect(embeddings).toBeInstanceOf(Float32Array);
    expect(input.confirmed).toBeInstanceOf(Uint8Array);
    input.faceIds.forEach((faceId, row) => {
      const start = faceIds.indexOf(faceId) * length;
      const vector = embeddings.subarray(row * length, (row + 1) * length);
      expect(vector.every((value, index) => value === batch[start + index])).toBe(true);
    });
    const [faceId] = faceIds as [FaceId];
    const { photoId } = await database.locateFace(faceId);
    expect(await database.locatePhoto(photoId)).toEqual({
      paths: [Uint8Array.from(Buffer.from('/media/photos/photo 0.jpg'))],
      contentHash: hashOf('photo 0'),
    });
    expect(await database.findUnchangedLocations([makeLocation('photo 0.jpg')], analysis)).toEqual([true]);
  });

  test("carries an error's stack and cause", async () => {
    const job = makeJob();
    await database.createJob(job);
    const failure = (await database.createJob(job).catch((error: unknown) => error)) as AppError;
    expect(failure).toMatchObject({ code: 'internal', message: expect.stringContaining('UNIQUE') as string });
    expect(failure.cause).toMatchObject({ name: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' });
    expect((failure.cause as Error).stack).toContain('jobs');
    const missing = (await database.undo(unknownEntry).catch((error: unknown) => error)) as AppError;
    expect(missing.stack).toContain('journal');
  });

  test("carries an error's code and parameters", async () => {
    const personId = '00000000-0000-4000-8000-000000000000' as never;
    await expect(database.getPerson({ personId })).rejects.toMatchObject({
      code: 'not-found',
      parameters: { personId },
    });
    await expect(database.undo(unknownEntry)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('answers what was asked before it closes, and nothing after', async () => {
    const saves = Array.from({ length: 20 }, (_, index) =>
      database.saveFailure(makeLocation(`${index}.jpg`), 'corrupt-image', ''),
    );
    const closed = database.close();
    await expect(database.countLibrary()).rejects.toMatchObject({ code: 'internal' });
    await Promise.all([...saves, closed, database.close()]);
    await reopen();
    expect((await database.listFailures(everything)).total).toBe(20);
  });

  test('does one thing after the other, in the order asked', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => database.writeSetting('last', index)));
    expect(await database.readSetting('last')).toBe(49);
  });
});

describe('settings', () => {
  test('are kept as they are', async () => {
    const value = { consent: true, folders: ['가족', '😀'], size: 1.5, none: null };
    await database.writeSetting('all', value);
    await reopen();
    expect(await database.readSetting('all')).toEqual(value);
    await database.writeSetting('all', undefined);
    expect(await database.readSetting('all')).toBeUndefined();
  });
});

describe('packs', () => {
  test('have one id for one name, version and manifest', async () => {
    const first = await database.registerPack(standardPack);
    expect(await database.registerPack(standardPack)).toBe(first);
    expect(await database.registerPack({ ...standardPack, version: '2' })).not.toBe(first);
    expect(await database.registerPack({ ...standardPack, manifestSha256: 'c'.repeat(64) })).not.toBe(first);
    await expect(database.registerPack({ ...standardPack, embeddingLength: 9 })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('jobs', () => {
  test('are kept with progress, summary and error, newest first', async () => {
    const first = makeJob();
    const second = makeJob({ state: 'queued' });
    await database.createJob(first);
    await database.createJob(second);
    const done = makeJob({
      id: first.id,
      state: 'failed',
      progress: { ...first.progress, stage: 'finished', done: 9, total: 9 },
      error: { code: 'disk-full', message: 'full', parameters: { path: '/x' } },
      summary: {
        photos: 9,
        added: 8,
        faces: 7,
        people: 6,
        failed: [{ path: '/x/가.jpg', reason: 'empty-file', detail: '' }],
        failedCount: 1,
        skipped: 1,
        unsupported: { heic: 2 },
        seconds: 1.25,
        runtime: 'onnx',
      },
    });
    await database.updateJob(done);
    await reopen();
    expect(await database.listJobs()).toEqual([second, done]);
    await expect(database.updateJob(makeJob())).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('an empty library has nothing in it', async () => {
  expect(await database.countLibrary()).toEqual({
    photos: 0,
    faces: 0,
    people: 0,
    namedPeople: 0,
    failedFiles: 0,
    lastUndone: null,
    lastDone: null,
  });
  expect(await database.listPeople(everyone)).toEqual({ total: 0, people: [], counts: { named: 0, unnamed: 0, ignored: 0 } });
  expect(await database.listFaces({ personId: null, ...everything })).toEqual({ total: 0, faces: [] });
  expect(await database.listPhotos({ personId: null, ...everything })).toEqual({ total: 0, photoIds: [] });
  expect(await database.listJournal(everything)).toEqual({ total: 0, entries: [] });
  expect(await database.listJobs()).toEqual([]);
});
