import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaceRecord, Pack, SwitchSummary } from '../../electron/api/schemas.ts';
import type { PersonId } from '../../electron/base/ids.ts';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { findNativeBinding } from '../../electron/database/file/native-binding.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { followJob } from '../../electron/terminal/follow-job.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { closeEyes, createDerivedPacks, swapColours, type DerivedPacks } from '../support/derived-packs.ts';
import { writeDerivedPhotos } from '../support/photos.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';

const script = fileURLToPath(new URL('./switch-until-killed.ts', import.meta.url));
const photoCount = 8;

let packs: DerivedPacks;
let photosFolder: string;
let library: TemporaryLibrary;

beforeAll(async () => {
  packs = await createDerivedPacks();
  await packs.derive('swapped', swapColours(readStandardManifest()));
  await packs.derive('blind', { ...closeEyes(readStandardManifest()), ...swapColours(readStandardManifest()) });
});
afterAll(() => packs.remove());

beforeEach(async () => {
  photosFolder = await mkdtemp(path.join(tmpdir(), 'kindred-switched-'));
  await writeDerivedPhotos(photosFolder, { samples: [1, 2], variants: ['same', 'half', 'bright', 'mirrored'] });
  library = await createTemporaryLibrary();
});
afterEach(async () => {
  await library.remove();
  await rm(photosFolder, { recursive: true, force: true });
});

function open(options: { continuesSwitch?: boolean } = {}): Promise<Engine> {
  return library.open({ packsFolder: packs.packsFolder, workers: 2, ...options });
}

async function switchTo(engine: Engine, name: string): Promise<SwitchSummary | null> {
  const job = await followJob(engine.api, async () => (await engine.api.call('packs.use', { name })).jobId);
  return job?.kind === 'switch-pack' ? job.summary : null;
}

async function exportFaces(engine: Engine): Promise<FaceRecord[]> {
  return (await engine.api.call('faces.export', { includeEmbeddings: true, limit: 1000 })).faces;
}

async function findPack(engine: Engine, name: string): Promise<Pack> {
  return (await engine.api.call('packs.list', {})).packs.find((pack) => pack.name === name)!;
}

/** Names the largest person, confirms one of its faces, and takes one of the next person's faces out. */
async function say(engine: Engine) {
  const [anna, ben] = (await engine.api.call('people.list', {})).people;
  await engine.api.call('people.name', { personId: anna!.id, name: 'Anna' });
  const ofAnna = (await engine.api.call('faces.list', { personId: anna!.id })).faces;
  await engine.api.call('faces.confirm', { faceIds: [ofAnna[0]!.id] });
  const ofBen = (await engine.api.call('faces.list', { personId: ben!.id })).faces;
  await engine.api.call('faces.reject', { faceIds: [ofBen[0]!.id] });
  const settled = [...ofAnna, ...ofBen].map(({ id }) => id);
  return { anna: anna!.id, ben: ben!.id, confirmed: ofAnna[0]!.id, rejected: ofBen[0]!.id, named: ofAnna.map(({ id }) => id), settled };
}

async function expectKept(engine: Engine, said: Awaited<ReturnType<typeof say>>): Promise<void> {
  const faces = new Map((await exportFaces(engine)).map((face) => [face.id, face]));
  for (const id of said.named) expect(faces.get(id)).toMatchObject({ personId: said.anna, personName: 'Anna' });
  expect(faces.get(said.confirmed)).toMatchObject({ isConfirmed: true });
  expect(faces.get(said.rejected)?.personId).not.toBe(said.ben);
}

function lengthsOf(faces: readonly FaceRecord[], other: readonly FaceRecord[]): number[] {
  const embeddings = new Map(other.map(({ id, embedding }) => [id, embedding!]));
  return faces.map(({ id, embedding }) => Math.hypot(...embedding!.map((value, at) => value - embeddings.get(id)![at]!)));
}

/** As a library that an earlier Kindred has left, changed under the engine's feet. */
function editLibrary(sql: string): void {
  const db = new Database(path.join(library.folder, libraryFileName), { nativeBinding: findNativeBinding() });
  db.exec(sql);
  db.close();
}

describe('a switch to another pack', () => {
  test('looks at every photo again, keeps what the user said, and going back costs nothing', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const said = await say(engine);
    const before = await exportFaces(engine);
    expect(await findPack(engine, 'standard')).toMatchObject({ isActive: true, photosToAnalyze: 0, state: 'ready', origin: 'built-in' });
    expect(await findPack(engine, 'swapped')).toMatchObject({ isActive: false, photosToAnalyze: photoCount, origin: 'added' });
    expect(await switchTo(engine, 'standard')).toBeNull();

    expect(await switchTo(engine, 'swapped')).toMatchObject({
      photos: photoCount,
      analyzed: photoCount,
      missing: 0,
      failed: [],
      faces: before.length,
    });
    await expectKept(engine, said);
    const after = await exportFaces(engine);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    for (const face of after) expect(face.pack).toBe('swapped');
    for (const distance of lengthsOf(after, before)) expect(distance).toBeGreaterThan(0.05);
    expect((await engine.api.call('library.status', {})).pack).toBe('swapped');
    // Whatever is imported from now on is of that pack, too.
    expect(await importAll(engine, [photosFolder])).toMatchObject({ added: 0, skipped: photoCount });

    expect(await switchTo(engine, 'standard')).toMatchObject({ photos: 0, analyzed: 0 });
    await expectKept(engine, said);
    const back = await exportFaces(engine);
    for (const face of back) expect(face.pack).toBe('standard');
    expect(Math.max(...lengthsOf(back, before))).toBe(0);
  });

  test('that was killed is on the earlier pack, and the next start goes on with it', async () => {
    const first = await open();
    await importAll(first, [photosFolder]);
    const said = await say(first);
    await first.close();
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), script, library.folder, packs.packsFolder, 'swapped', '3'],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL');

    const aside = await open({ continuesSwitch: false });
    const { jobs, pack } = await aside.api.call('library.status', {});
    expect(jobs[0]).toMatchObject({ kind: 'switch-pack', pack: 'swapped', state: 'interrupted' });
    expect(pack).toBe('standard');
    const left = (await findPack(aside, 'swapped')).photosToAnalyze;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(photoCount);
    await aside.close();

    const engine = await open();
    const readJob = async () => (await engine.api.call('jobs.list', {})).jobs[0];
    await expect.poll(async () => (await readJob())?.state, { timeout: 60_000 }).toBe('done');
    expect((await readJob())?.summary).toMatchObject({ photos: left, analyzed: left });
    expect((await engine.api.call('library.status', {})).pack).toBe('swapped');
    await expectKept(engine, said);
    for (const face of await exportFaces(engine)) expect(face.pack).toBe('swapped');
  });

  test('that is cancelled leaves the library on the earlier pack', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const controller = new AbortController();
    const switched = followJob(engine.api, async () => (await engine.api.call('packs.use', { name: 'swapped' })).jobId, {
      signal: controller.signal,
      onProgress: ({ progress }) => {
        if (progress.done > 0) controller.abort();
      },
    });
    await expect(switched).rejects.toMatchObject({ code: 'cancelled' });
    expect((await engine.api.call('library.status', {})).pack).toBe('standard');
    // Both packs find the same faces: nothing has to be looked at again.
    expect(await switchTo(engine, 'standard')).toBeNull();
  });

  test('leaves faces, people and names of a photo that is not there', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const said = await say(engine);
    const before = await exportFaces(engine);
    const gone = before.find(({ id }) => id === said.confirmed)!.photoPath;
    await rename(gone, `${gone}.away`);
    expect(await switchTo(engine, 'swapped')).toMatchObject({ photos: photoCount, analyzed: photoCount - 1, missing: 1, failed: [] });
    await expectKept(engine, said);
    const after = await exportFaces(engine);
    expect(after).toHaveLength(before.length);
    for (const face of after) expect(face.pack).toBe(face.photoPath === gone ? 'standard' : 'swapped');
    // Back again, the photo is looked at by whoever asks for it first.
    await rename(`${gone}.away`, gone);
    expect(await importAll(engine, [photosFolder])).toMatchObject({ added: 0, skipped: photoCount - 1 });
    for (const face of await exportFaces(engine)) expect(face.pack).toBe('swapped');
  });

  test('whose detector does not see a settled face embeds it where it lies', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const said = await say(engine);
    const before = await exportFaces(engine);
    await switchTo(engine, 'swapped');
    const swapped = await exportFaces(engine);
    await switchTo(engine, 'standard');
    // Ben's faces, too, as the journal speaks of him.
    expect((await switchTo(engine, 'blind'))?.faces).toBe(said.settled.length);
    await expectKept(engine, said);
    const kept = await exportFaces(engine);
    expect(kept.map(({ id }) => id).sort()).toEqual(said.settled.toSorted());
    for (const face of kept) expect(face.pack).toBe('blind');
    // It embeds as "swapped" does, and so it should have found the same chips.
    for (const distance of lengthsOf(kept, swapped)) expect(distance).toBeLessThan(0.02);

    // Going back finds again what was lost.
    expect(await switchTo(engine, 'standard')).toMatchObject({ photos: photoCount, analyzed: photoCount, faces: before.length });
    await expectKept(engine, said);
  });

  test('gives way to the next wish', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const first = (await engine.api.call('packs.use', { name: 'swapped' })).jobId!;
    const again = (await engine.api.call('packs.use', { name: 'swapped' })).jobId!;
    expect(again).toBe(first);
    await switchTo(engine, 'blind');
    const { jobs } = await engine.api.call('jobs.list', {});
    expect(jobs.find(({ id }) => id === first)?.state).toBe('cancelled');
    expect((await engine.api.call('library.status', {})).pack).toBe('blind');
  });

  test('that is wished for, taken back and wished for again is done, in whatever order the answers come', async () => {
    const engine = await open();
    await importAll(engine, [photosFolder]);
    const use = (name: string) => engine.api.call('packs.use', { name });
    await use('swapped');
    // While the first still looks at photos.
    const [, , last] = await Promise.all([use('blind'), use('swapped'), use('blind')]);
    const job = await followJob(engine.api, async () => last.jobId);
    expect(job).toMatchObject({ kind: 'switch-pack', pack: 'blind', state: 'done' });
    expect((await engine.api.call('library.status', {})).pack).toBe('blind');

    await use('swapped');
    await use('blind');
    const again = await use('swapped');
    expect(await followJob(engine.api, async () => again.jobId)).toMatchObject({ pack: 'swapped', state: 'done' });
    expect((await engine.api.call('library.status', {})).pack).toBe('swapped');
    await use('blind');
    await use('swapped');
    await expect.poll(async () => (await engine.api.call('jobs.list', {})).jobs.map(({ state }) => state), { timeout: 60_000 }).not.toContain('cancelling');
    expect((await engine.api.call('library.status', {})).pack).toBe('swapped');
  });

  test('that was paused is still paused at the next start, and goes on when it is wished for', async () => {
    const first = await open();
    await importAll(first, [photosFolder]);
    const jobId = (await first.api.call('packs.use', { name: 'swapped' })).jobId!;
    await first.api.call('jobs.pause', { jobId });
    await first.close();
    const engine = await open();
    expect((await engine.api.call('jobs.list', {})).jobs[0]).toMatchObject({ id: jobId, state: 'paused' });
    expect(await switchTo(engine, 'swapped')).toMatchObject({ photos: photoCount });
  });

  test('that was cancelled as the program ended is not gone on with', async () => {
    const first = await open();
    await importAll(first, [photosFolder]);
    const jobId = (await first.api.call('packs.use', { name: 'swapped' })).jobId!;
    await Promise.all([first.api.call('jobs.cancel', { jobId }), first.close()]);
    const engine = await open();
    expect((await engine.api.call('jobs.list', {})).jobs[0]).toMatchObject({ id: jobId, state: 'cancelled' });
    expect((await engine.api.call('library.status', {})).pack).toBe('standard');
  });

  test('is refused for a pack that nobody knows, and for one whose files are missing', async () => {
    const engine = await open();
    await expect(engine.api.call('packs.use', { name: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(engine.api.call('packs.use', { name: 'opencv-zoo' })).rejects.toMatchObject({
      code: 'model-missing',
      parameters: { pack: 'opencv-zoo', needsDownload: true },
    });
    // An empty library has nothing to look at.
    expect(await switchTo(engine, 'swapped')).toBeNull();
    expect(await findPack(engine, 'swapped')).toMatchObject({ isActive: true, photosToAnalyze: 0 });
  });
});

describe('a library of an earlier Kindred', () => {
  test('whose pipeline was an older one keeps names at the next import of its folder', async () => {
    const before = await open();
    await importAll(before, [photosFolder]);
    const said = await say(before);
    await before.close();
    editLibrary('UPDATE analyses SET pipeline_version = pipeline_version - 1; UPDATE faces SET box_x = box_x + 5, box_width = box_width - 3');
    const engine = await open();
    expect(await importAll(engine, [photosFolder])).toMatchObject({ photos: photoCount, added: 0, skipped: 0 });
    await expectKept(engine, said);
    expect(await importAll(engine, [photosFolder])).toMatchObject({ skipped: photoCount });
  });

  test('whose pack was an older version is brought to the newer before anything is added', async () => {
    const before = await open();
    await importAll(before, [path.join(photosFolder, 'sample1-same.jpg'), path.join(photosFolder, 'sample1-half.jpg')]);
    const said = await say(before);
    await before.close();
    editLibrary(`UPDATE packs SET manifest_sha256 = '${'0'.repeat(64)}'`);
    const engine = await open({ continuesSwitch: false });
    await importAll(engine, [photosFolder]);
    const { jobs } = await engine.api.call('jobs.list', {});
    expect(jobs.map(({ kind, state }) => [kind, state]).slice(0, 2)).toEqual([
      ['import', 'done'],
      ['switch-pack', 'done'],
    ]);
    expect(jobs[1]?.summary).toMatchObject({ photos: 2, analyzed: 2 });
    await expectKept(engine, said);
    // The faces that came in between joined Anna, as all are compared by one pack.
    const anna = await engine.api.call('people.get', { personId: said.anna as PersonId });
    expect(anna.faceCount).toBeGreaterThan(said.named.length);
  });
});

test('effort and runtime are settings of the library, and a greater effort is looked at again', async () => {
  const engine = await library.open({ packsFolder: packs.packsFolder, workers: 2, runtime: undefined });
  expect(await engine.api.call('settings.get', {})).toMatchObject({ effort: 'balanced', runtime: 'auto', isRuntimeOverridden: false });
  await expect(engine.api.call('settings.change', { runtime: 'abacus' })).rejects.toMatchObject({ code: 'bad-argument' });
  await engine.api.call('settings.change', { runtime: 'onnx', effort: 'fast' });
  const one = path.join(photosFolder, 'sample1-half.jpg');
  expect((await importAll(engine, [one])).runtime).toContain('ONNX Runtime');
  await engine.api.call('settings.change', { effort: 'balanced' });
  expect(await findPack(engine, 'standard')).toMatchObject({ isActive: true, photosToAnalyze: 1 });
  const again = await importAll(engine, [one]);
  expect(again).toMatchObject({ added: 0, skipped: 0 });
  expect(await findPack(engine, 'standard')).toMatchObject({ photosToAnalyze: 0 });
  await engine.close();
  const later = await library.open({ packsFolder: packs.packsFolder, runtime: 'onnx' });
  expect(await later.api.call('settings.get', {})).toMatchObject({ effort: 'balanced', runtime: 'onnx', isRuntimeOverridden: true });
});
