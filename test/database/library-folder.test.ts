import { execFileSync } from 'node:child_process';
import {
  chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { migrations } from '../../electron/database/file/migrations/index.ts';
import { openConnection } from '../../electron/database/file/connection.ts';
import { describeStorageError } from '../../electron/database/file/sqlite-errors.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { fillLibrary, makeFolder, makePhoto, openLibrary } from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
let library: string;
let file: string;
beforeEach(() => {
  folder = makeFolder();
  library = join(folder.path, 'library');
  file = join(library, libraryFileName);
});
afterEach(() => folder.remove());

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

function open(path = library): number {
  const { store } = openLibrary(path);
  const { photos } = store.countLibrary();
  store.close();
  return photos;
}

function fill(): void {
  fillLibrary(openLibrary(library), 3, 1).store.close();
}

/** Whole contents of a folder, to see that nothing was touched. */
function snapshot(path: string): unknown {
  return readdirSync(path, { withFileTypes: true }).map((entry) => {
    const inner = join(path, entry.name);
    return [entry.name, modeOf(inner), entry.isFile() ? readFileSync(inner, 'base64') : null];
  });
}

describe.skipIf(process.platform === 'win32')('the mode of a library folder', () => {
  test.each([0o1777, 0o755, 0o775, 0o750])('stays %o where the folder was there before', (mode) => {
    mkdirSync(library);
    chmodSync(library, mode);
    open();
    expect(modeOf(library)).toBe(mode);
    expect(modeOf(file)).toBe(0o600);
    open();
    expect(modeOf(library)).toBe(mode);
  });

  test('is for the user alone where Kindred makes the folder, with every folder above it that it makes', () => {
    const deep = join(folder.path, 'new', 'deeper', 'library');
    open(deep);
    for (const made of ['new', 'new/deeper', 'new/deeper/library']) expect(modeOf(join(folder.path, made))).toBe(0o700);
  });

  test('does not open what lies inside to others: the file, its copies, a file that others could read', () => {
    mkdirSync(library);
    chmodSync(library, 0o1777);
    fill();
    chmodSync(file, 0o644);
    const addition = { version: migrations.length + 1, sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT' };
    openConnection({ libraryFolder: library, migrations: [...migrations, addition] }).db.close();
    for (const name of readdirSync(library)) expect([name, modeOf(join(library, name))]).toEqual([name, 0o600]);
  });
});

describe('a folder that is no library', () => {
  test.each(['photo.jpg', 'notes', '.bashrc'])('is refused while it holds anything, such as %s, and left as it is', (name) => {
    mkdirSync(library, { mode: 0o755 });
    writeFileSync(join(library, name), 'mine');
    const before = [modeOf(library), snapshot(library)];
    expect(() => open()).toThrow(expect.objectContaining({ code: 'not-a-library', parameters: { path: library, reason: 'not-empty' } }));
    expect([modeOf(library), snapshot(library)]).toEqual(before);
  });

  test.each(['.DS_Store', 'Thumbs.db', 'desktop.ini', 'lost+found'])('may hold what systems put everywhere: %s', (name) => {
    mkdirSync(library);
    writeFileSync(join(library, name), '');
    expect(open()).toBe(0);
  });

  test('may be a file, or lie below one: which one is said, and it is left as it is', () => {
    writeFileSync(library, 'a letter');
    for (const path of [library, join(library, 'deeper', 'still')]) {
      expect(() => open(path)).toThrow(
        expect.objectContaining({ code: 'not-a-library', parameters: { path: library, reason: 'not-a-folder' } }),
      );
    }
    expect(readFileSync(library, 'utf8')).toBe('a letter');
  });

  test('may be a link that leads nowhere, as to a drive that is away: nothing is made in its stead', () => {
    symlinkSync(join(folder.path, 'away'), library);
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'not-a-library', parameters: { path: library, reason: 'link-leads-nowhere' } }),
    );
    expect(existsSync(join(folder.path, 'away'))).toBe(false);
  });

  test('becomes one through a link as well, whose own mode is kept', () => {
    mkdirSync(join(folder.path, 'elsewhere'), { mode: 0o755 });
    symlinkSync(join(folder.path, 'elsewhere'), library);
    open();
    expect(readdirSync(join(folder.path, 'elsewhere'))).toEqual([libraryFileName]);
    expect(modeOf(join(folder.path, 'elsewhere'))).toBe(0o755);
  });

  test('becomes one after a start that was cut off', () => {
    mkdirSync(library);
    writeFileSync(join(library, `${libraryFileName}.new-1-abc`), 'half');
    expect(open()).toBe(0);
    expect(readdirSync(library)).toEqual([libraryFileName]);
  });

  test('becomes one library where two starts come at once: one has it, the other hears so', async () => {
    const starts = await Promise.allSettled([1, 2, 3].map(() => openLibraryDatabase({ libraryFolder: library })));
    const open = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    expect(open).toHaveLength(1);
    const refusals = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'library-in-use' });
    await open[0]!.writeSetting('mine', 1);
    await open[0]!.close();
    expect(readdirSync(library)).toEqual([libraryFileName]);
    const again = await openLibraryDatabase({ libraryFolder: library });
    expect(await again.readSetting('mine')).toBe(1);
    await again.close();
  });

  test('holds a whole library or none: a first start that fails leaves no file', () => {
    const broken = { version: 1, sql: 'CREATE TABLE photos (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1)' };
    expect(() => openConnection({ libraryFolder: library, migrations: [broken] })).toThrow(/nowhere/);
    expect(readdirSync(library)).toEqual([]);
  });
});

describe('a library whose file is gone', () => {
  test.each([
    ['neighbours', () => mkdirSync(join(library, 'neighbours'))],
    ['thumbnails', () => mkdirSync(join(library, 'thumbnails'))],
    ['its log', () => mkdirSync(join(library, 'logs'))],
    ["the server's notice", () => writeFileSync(join(library, 'instance.json'), '{}')],
    ['a copy of an earlier version', () => writeFileSync(`${file}.v3.bak`, 'copy')],
    ['the write-ahead log', () => writeFileSync(`${file}-wal`, 'log')],
    ['a rollback journal', () => writeFileSync(`${file}-journal`, 'log')],
  ])('is said to be damaged, not empty, by %s', (_, leaveTrace) => {
    fill();
    rmSync(file);
    leaveTrace();
    const before = snapshot(library);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'library-damaged', parameters: { path: file, reason: 'missing' } }));
    expect(snapshot(library)).toEqual(before);
  });

  test('opens again once the file is back', () => {
    fill();
    mkdirSync(join(library, 'thumbnails'));
    renameSync(file, join(folder.path, 'saved'));
    expect(() => open()).toThrow();
    renameSync(join(folder.path, 'saved'), file);
    expect(open()).toBe(3);
  });

  test.each([
    ['is empty', () => truncateSync(file), 'empty'],
    ['is a folder', () => { rmSync(file); mkdirSync(file); }, 'not-a-file'],
    ['is a link that leads nowhere', () => { rmSync(file); symlinkSync(join(folder.path, 'away'), file); }, 'missing'],
  ])('or %s is said to be damaged, and left as it is', (_, damage, reason) => {
    fill();
    damage();
    const before = readdirSync(library);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'library-damaged', parameters: { path: file, reason } }));
    expect(readdirSync(library)).toEqual(before);
    expect(existsSync(join(folder.path, 'away'))).toBe(false);
  });
});

describe('what the disk refuses', () => {
  test('is told by its thread with the code and the path', async () => {
    writeFileSync(library, 'a letter');
    await expect(openLibraryDatabase({ libraryFolder: library })).rejects.toMatchObject({
      code: 'not-a-library',
      parameters: { path: library },
    });
  });

  test('in the midst of work is told as a full disk, and what was there stays', () => {
    const { connection, store, analysis } = fillLibrary(openLibrary(library), 3, 1);
    connection.db.pragma(`max_page_count = ${String(connection.db.pragma('page_count', { simple: true }))}`);
    const save = (): void => {
      for (let index = 0; index < 500; index++) store.savePhoto(makePhoto(`more ${index}`, 4), analysis);
    };
    const failure = catchError(save);
    expect(describeStorageError(failure, file)).toMatchObject({ code: 'disk-full', parameters: { path: file } });
    expect(store.countLibrary().photos).toBeGreaterThanOrEqual(3);
    store.close();
    expect(open()).toBeGreaterThanOrEqual(3);
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();

describe.skipIf(!mayMount)('a disk of its own', () => {
  afterEach(() => {
    try {
      execFileSync('umount', [library], { stdio: 'ignore' });
    } catch {
      // The test failed before it was mounted.
    }
  });

  test('that can only be read is told as such, with an old library on it and with none', async () => {
    mkdirSync(library);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', library]);
    execFileSync('mount', ['-o', 'remount,ro', library]);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'read-only-disk' }));
    expect(() => open(join(library, 'deeper'))).toThrow(expect.objectContaining({ code: 'read-only-disk' }));
    execFileSync('mount', ['-o', 'remount,rw', library]);
    fill();
    execFileSync('mount', ['-o', 'remount,ro', library]);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'read-only-disk', parameters: expect.objectContaining({ path: file }) as object }));
    await expect(openLibraryDatabase({ libraryFolder: library })).rejects.toMatchObject({ code: 'read-only-disk' });
  });

  test('that is full is told as such, and leaves no half library', () => {
    mkdirSync(library);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', library]);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'disk-full', parameters: expect.objectContaining({ path: file }) as object }));
    expect(readdirSync(library)).toEqual([]);
  });
});

function tryMount(): boolean {
  const place = makeFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place.path], { stdio: 'ignore' });
    execFileSync('umount', [place.path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    place.remove();
  }
}

function catchError(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Expected the work to fail but it did not');
}
