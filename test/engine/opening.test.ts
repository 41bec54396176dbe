/** What is wrong with packs or jobs does not keep a library from opening: the window is where it can be mended. */

import Database from 'better-sqlite3';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Status } from '../../electron/api/schemas.ts';
import { describeStatus } from '../../electron/cli/commands/status.ts';
import { diagnoseLibraryPack } from '../../electron/cli/diagnosis.ts';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { findNativeBinding } from '../../electron/database/file/native-binding.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { createTemporaryLibrary, type TemporaryLibrary } from '../support/real-engine.ts';
import { standardPackFolder } from '../support/standard-pack.ts';

let library: TemporaryLibrary;
let packsFolder: string;

beforeEach(async () => {
  library = await createTemporaryLibrary();
  packsFolder = await mkdtemp(path.join(tmpdir(), 'kindred-opening-'));
  await cp(standardPackFolder(), path.join(packsFolder, 'standard'), { recursive: true });
});
afterEach(async () => {
  await library.remove();
  await rm(packsFolder, { recursive: true, force: true });
});

const open = (): Promise<Engine> => library.open({ packsFolder });
const readStatus = (engine: Engine): Promise<Status> => engine.api.call('library.status', {});

async function openOnce(name = 'standard'): Promise<void> {
  const engine = await open();
  await engine.api.call('packs.use', { name });
  await engine.close();
}

/** A pack of the user's, whose manifest others are told apart from by name alone. */
async function addPack(name: string): Promise<string> {
  const folder = path.join(packsFolder, name);
  await mkdir(folder);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify({ ...readStandardManifest(), name }));
  return folder;
}

/** As a library that another Kindred has left. */
function editLibrary(sql: string): void {
  const db = new Database(path.join(library.folder, libraryFileName), { nativeBinding: findNativeBinding() });
  db.exec(sql);
  db.close();
}

const progress = '{"stage":"preparing","done":0,"total":null,"faces":0,"failed":0,"photosPerSecond":null,"secondsLeft":null}';
const outdated = `UPDATE packs SET manifest_sha256 = '${'0'.repeat(64)}'`;

describe('a library opens and says what is wrong', () => {
  test('nothing, where nothing is', async () => {
    expect(await readStatus(await open())).toMatchObject({ pack: 'standard', packProblem: null });
  });

  test('where its pack is an earlier one and a file of the present one is missing', async () => {
    await openOnce();
    editLibrary(outdated);
    const file = path.join(packsFolder, 'standard', 'fr_landmark.onnx');
    await rm(file);
    const engine = await open();
    const parameters = { pack: 'standard', file: 'fr_landmark.onnx', needsDownload: false };
    expect((await readStatus(engine)).packProblem).toMatchObject({ code: 'model-missing', parameters });
    const { packs } = await engine.api.call('packs.list', {});
    expect(packs[0]).toMatchObject({ name: 'standard', isActive: true, state: 'incomplete', lackingFiles: ['fr_landmark.onnx'] });
    await expect(engine.api.call('import.startSamples', {})).rejects.toMatchObject({ code: 'model-missing', parameters });
    await cp(path.join(standardPackFolder(), 'fr_landmark.onnx'), file);
    expect(await readStatus(engine)).toMatchObject({ pack: 'standard', packProblem: null });
    await engine.close();
    expect(await readStatus(await open())).toMatchObject({ pack: 'standard', packProblem: null });
  });

  test('and so do "kindred status" and "kindred doctor", in one line', async () => {
    await addPack('mine');
    await openOnce('mine');
    const folders = { libraryFolder: library.folder, packsFolder };
    expect(await diagnoseLibraryPack(folders, 'standard')).toMatchObject([{ name: 'Models (mine)', state: 'ok', remedy: null }]);
    await rm(path.join(packsFolder, 'standard', 'fr_landmark.onnx'));
    expect(await diagnoseLibraryPack(folders, 'standard')).toMatchObject([
      { state: 'missing', detail: "the library's; fr_landmark.onnx is missing", remedy: expect.stringContaining('kindred packs') },
    ]);
    expect(await diagnoseLibraryPack(folders, 'mine')).toEqual([]);
    const engine = await open();
    // Another Kindred has it open, and says so itself.
    expect(await diagnoseLibraryPack(folders, 'standard')).toEqual([]);
    expect(describeStatus(await readStatus(engine)).filter((line) => line.includes('fr_landmark.onnx'))).toEqual([
      'Models that fail   The model file fr_landmark.onnx is missing. "kindred doctor" says how to bring it.',
    ]);
  });

  test('where a file of its pack is of another size', async () => {
    await openOnce();
    await writeFile(path.join(packsFolder, 'standard', 'fr_detect.onnx'), 'half');
    expect((await readStatus(await open())).packProblem).toMatchObject({ code: 'model-mismatch', parameters: { file: 'fr_detect.onnx' } });
  });

  test('where its pack is gone', async () => {
    const folder = await addPack('mine');
    await openOnce('mine');
    await rm(folder, { recursive: true });
    expect(await readStatus(await open())).toMatchObject({ pack: 'mine', packProblem: { code: 'not-found', parameters: { kind: 'pack', id: 'mine' } } });
  });

  test.each([
    ['damaged', '{"name": "mi'],
    ['of a newer Kindred', '{"name": "mine", "detector": {"kind": "of tomorrow"}}'],
    ['that of another', JSON.stringify({ ...readStandardManifest(), name: 'yours' })],
  ])('where the manifest of its pack is %s', async (_, text) => {
    const folder = await addPack('mine');
    await openOnce('mine');
    await writeFile(path.join(folder, 'manifest.json'), text);
    expect((await readStatus(await open())).packProblem).toMatchObject({ code: 'bad-argument' });
  });

  test('where the folder of packs cannot be read', async () => {
    await addPack('mine');
    await openOnce('mine');
    await rm(packsFolder, { recursive: true });
    await symlink(packsFolder, packsFolder);
    const engine = await open();
    expect((await readStatus(engine)).packProblem).toMatchObject({ code: 'not-found', parameters: { id: 'mine' } });
    expect((await engine.api.call('packs.list', {})).packs.map(({ name }) => name)).toEqual(['standard', 'classic', 'opencv-zoo']);
  });

  // Nothing is forbidden to root.
  test.skipIf(process.getuid?.() === 0)('where the folder of packs may not be read', async () => {
    await openOnce();
    await chmod(packsFolder, 0o000);
    const engine = await open();
    expect((await readStatus(engine)).packProblem).toMatchObject({ code: 'permission-denied' });
    await chmod(packsFolder, 0o700);
    expect((await readStatus(engine)).packProblem).toBeNull();
  });

  test('where the folder of one pack cannot be read, and the others are listed', async () => {
    await symlink(path.join(packsFolder, 'mine'), path.join(packsFolder, 'mine'));
    await mkdir(path.join(packsFolder, 'yours'));
    await symlink('manifest.json', path.join(packsFolder, 'yours', 'manifest.json'));
    const { packs } = await (await open()).api.call('packs.list', {});
    expect(packs.map(({ name }) => name)).toEqual(['standard', 'classic', 'opencv-zoo']);
  });

  test('where an interrupted switch was to a pack that is gone: it has failed', async () => {
    await openOnce();
    editLibrary(`INSERT INTO jobs (uuid, kind, state, folders, pack, progress, created_at, updated_at) VALUES
      ('${crypto.randomUUID()}', 'switch-pack', 'interrupted', '[]', 'gone', '${progress}', '2026-01-01T00:00:00Z', '')`);
    const engine = await open();
    const readJob = async () => (await engine.api.call('jobs.list', {})).jobs[0];
    await expect.poll(async () => (await readJob())?.state, { timeout: 10_000 }).toBe('failed');
    expect(await readJob()).toMatchObject({ error: { code: 'not-found', parameters: { id: 'gone' } } });
  });

  test('where a newer Kindred has left jobs that this one does not know, which are left alone', async () => {
    await openOnce();
    const insert = (kind: string, state: string, said: string): void =>
      editLibrary(`INSERT INTO jobs (uuid, kind, state, folders, pack, progress, created_at, updated_at) VALUES
        ('${crypto.randomUUID()}', '${kind}', '${state}', '[]', 'standard', '${said}', '', '')`);
    insert('polish-photos', 'running', progress);
    insert('switch-pack', 'dreaming', progress);
    insert('import', 'interrupted', '{"sta');
    insert('import', 'interrupted', progress);
    const engine = await open();
    expect((await engine.api.call('jobs.list', {})).jobs.map(({ kind, state }) => [kind, state])).toEqual([['import', 'interrupted']]);
    expect((await readStatus(engine)).jobs).toHaveLength(1);
  });
});
