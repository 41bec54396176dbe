import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportSummary, JobOf, JobProgress } from '../../electron/api/schemas.ts';
import { createId, type JobId } from '../../electron/base/ids.ts';
import type { LibraryDatabase } from '../../electron/database/library-database.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { createImportWork, type ImportDependencies } from '../../electron/jobs/import-photos.ts';
import { JobControl } from '../../electron/jobs/job-control.ts';
import type { AnalyzerPool } from '../../electron/pipeline/worker-pool.ts';
import { makeFace, makeFolder, standardPack } from '../database/library-fixture.ts';

/** Looks at photos only once so many are on the way, as several workers do. */
class AnalyzersAtOnce {
  readonly photosAtOnce: number;
  readonly #waiting: (() => void)[] = [];

  constructor(photosAtOnce: number) {
    this.photosAtOnce = photosAtOnce;
  }

  readonly analyze: AnalyzerPool['analyze'] = async (file, options = {}) => {
    const bytes = readFileSync(Buffer.from(file));
    const contentHash = Uint8Array.from(createHash('sha256').update(bytes).digest());
    if ((await options.isKnown?.(contentHash)) === true) return { known: contentHash };
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length >= this.photosAtOnce) for (const goOn of this.#waiting.splice(0)) goOn();
    });
    return { contentHash, byteSize: bytes.length, format: 'jpeg', width: 400, height: 300, captureTime: null, faces: [makeFace(0)], undetected: [] };
  };
}

let folder: ReturnType<typeof makeFolder>;
let photos: string;
let database: LibraryDatabase;
let packId: number;
beforeEach(async () => {
  folder = makeFolder();
  photos = path.join(folder.path, 'photos');
  mkdirSync(photos);
  database = await openLibraryDatabase({ libraryFolder: path.join(folder.path, 'library') });
  packId = await database.registerPack(standardPack);
});
afterEach(async () => {
  await database.close();
  folder.remove();
});

interface Run {
  readonly summary: ImportSummary;
  readonly progress: Partial<JobProgress>;
  /** Places that were noted as gone. */
  readonly missing: number;
}

/** @param now of the engine; the database's thread has the machine's own clock
 *  @param facesBefore found by the import before it was interrupted */
async function importPhotos({ photosAtOnce = 1, now = Date.now, facesBefore = 0 } = {}): Promise<Run> {
  const analyzers = new AnalyzersAtOnce(photosAtOnce);
  let missing = 0;
  const markUnseen: LibraryDatabase['markUnseen'] = async (...args) => {
    const marked = await database.markUnseen(...args);
    missing += marked.missing;
    return marked;
  };
  const dependencies = {
    database: new Proxy(database, { get: (target, name) => (name === 'markUnseen' ? markUnseen : (Reflect.get(target, name) as unknown)) }),
    analyzers: { use: (_: unknown, task: (pool: unknown) => Promise<void>) => task(analyzers) },
    describeRuntime: async () => 'none',
    clusterer: { foldIn: async () => undefined, foldInWhenDue: () => undefined, cluster: async () => undefined },
    plan: async () => ({ packId, analysis: { packId, pipelineVersion: 1, effort: 1 } }),
    now,
    onLibraryChange: () => undefined,
  } as unknown as ImportDependencies;
  let progress: Partial<JobProgress> = {};
  const report = (changes: Partial<JobProgress>): void => void (progress = { ...progress, ...changes });
  const job = { id: createId<JobId>(), folders: [photos], effort: null, progress: { faces: facesBefore } } as unknown as JobOf<'import'>;
  const summary = await createImportWork(dependencies)(job, { control: new JobControl(), report });
  return { summary: summary!, progress, missing };
}

describe('an import', () => {
  test('goes on counting from the faces that it had found before it was interrupted', async () => {
    writeFileSync(path.join(photos, 'a.jpg'), 'a');
    await importPhotos();
    writeFileSync(path.join(photos, 'b.jpg'), 'b');
    const { progress } = await importPhotos({ facesBefore: 1 });
    expect(progress).toMatchObject({ done: 2, total: 2, faces: 2 });
  });

  test('counts each of two identical files that are looked at at once', async () => {
    for (const name of ['one.jpg', 'two.jpg']) writeFileSync(path.join(photos, name), 'the same');
    const { summary, progress } = await importPhotos({ photosAtOnce: 2 });
    expect(summary).toMatchObject({ photos: 2, added: 1, skipped: 1, faces: 1, failed: [] });
    expect(progress).toMatchObject({ done: 2, total: 2, faces: 1 });
    expect(await database.countLibrary()).toMatchObject({ photos: 1, faces: 1 });
    expect((await importPhotos()).summary).toMatchObject({ photos: 2, added: 0, skipped: 2 });
  });

  test('does not lose photos to a clock that goes back an hour while it runs', async () => {
    for (let index = 0; index < 6; index++) writeFileSync(path.join(photos, `${index}.jpg`), `photo ${index}`);
    const anHourAhead = (): number => Date.now() + 3_600_000;
    expect(await importPhotos({ now: anHourAhead })).toMatchObject({ summary: { photos: 6, added: 6 }, missing: 0 });
    expect(await importPhotos({ now: anHourAhead })).toMatchObject({ summary: { photos: 6, skipped: 6 }, missing: 0 });
  });

  test('notes what is gone whatever the clock says', async () => {
    for (let index = 0; index < 3; index++) writeFileSync(path.join(photos, `${index}.jpg`), `photo ${index}`);
    await importPhotos();
    unlinkSync(path.join(photos, '1.jpg'));
    expect(await importPhotos({ now: () => Date.now() - 3_600_000 })).toMatchObject({ summary: { photos: 2 }, missing: 1 });
  });
});
