import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { findNativeBinding } from '../../electron/database/file/native-binding.ts';
import { openEngine } from '../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { fillLibrary, makeFolder, openLibrary, type FilledLibrary } from '../database/library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
let library: string;
let filled: FilledLibrary;
beforeEach(() => {
  folder = makeFolder();
  library = path.join(folder.path, '안나의 보관함');
  filled = fillLibrary(openLibrary(library), 2, 1);
  filled.store.close();
});
afterEach(() => folder.remove());

function open() {
  return openEngine({ ...resolveHostFolders(process.env, library), continuesSwitch: false });
}

function readLog(): string {
  return readFileSync(path.join(library, 'logs', 'kindred.log'), 'utf8');
}

test("a bug in the database's thread is found in the library's log, with its stack, and without what was typed", async () => {
  const db = new Database(path.join(library, libraryFileName), { nativeBinding: findNativeBinding() });
  db.exec("CREATE TRIGGER broken BEFORE UPDATE OF name ON people BEGIN SELECT RAISE(ABORT, 'broken inside'); END");
  db.close();
  const engine = await open();
  const [personId] = filled.personIds;
  await expect(engine.api.call('people.name', { personId: personId!, name: '김안나' })).rejects.toMatchObject({ code: 'internal' });
  await engine.close();
  const log = readLog();
  expect(log).toMatch(/^\S+Z start kindred=\S+ node=\S+ /u);
  expect(log).toContain('error in people.name: AppError internal: broken inside');
  expect(log).toMatch(/caused by SqliteError SQLITE_CONSTRAINT_TRIGGER: broken inside\n(?: {4}at .*\n)* {4}at .*<program>\/(?:dist\/)?electron\/database\/actions\//u);
  expect(log).toMatch(/Z end\n$/u);
  expect(log).not.toMatch(/안나/u);
  expect(log).not.toContain(folder.path);
  if (process.platform !== 'win32') expect(statSync(path.join(library, 'logs')).mode & 0o777).toBe(0o700);
});

test('an import is found there by its beginning and its end, not by its folder', async () => {
  library = path.join(folder.path, '안나의 새 보관함');
  const photos = path.join(folder.path, '안나의 사진');
  mkdirSync(photos);
  const engine = await open();
  const ended = new Promise<void>((resolve) => engine.api.on('job', ({ kind, state }) => void (kind === 'import' && state === 'done' && resolve())));
  const { jobId } = await engine.api.call('import.start', { folders: [photos], effort: null });
  await ended;
  await engine.close();
  expect(readLog()).toContain(`job begins kind=import id=${jobId}`);
  expect(readLog()).toContain(`job ends kind=import id=${jobId} state=done done=0 failed=0 code=null`);
  expect(readLog()).not.toMatch(/안나|error/u);
});

test('that a library could not be opened is found there, and nothing is written where none ever was', async () => {
  await (await open()).close();
  truncateSync(path.join(library, libraryFileName));
  await expect(open()).rejects.toMatchObject({ code: 'library-damaged' });
  expect(readLog()).toContain('error in opening the library: AppError library-damaged: Expected the library\'s file <library>/library.sqlite but received an empty file');
  library = path.join(folder.path, 'photos');
  mkdirSync(path.join(library, 'holiday'), { recursive: true });
  await expect(open()).rejects.toMatchObject({ code: 'not-a-library' });
  expect(existsSync(path.join(library, 'logs'))).toBe(false);
});
