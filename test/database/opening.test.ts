import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openConnection } from '../../electron/database/file/connection.ts';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { migrations } from '../../electron/database/file/migrations/index.ts';
import { findNativeBinding } from '../../electron/database/file/native-binding.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { everyone, type FilledLibrary, fillLibrary, makeFolder, openLibrary, undoLast } from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
let file: string;
beforeEach(() => {
  folder = makeFolder();
  file = join(folder.path, libraryFileName);
});
afterEach(() => folder.remove());

function fill(): FilledLibrary {
  return fillLibrary(openLibrary(folder.path), 3, 3);
}

function editFile(edit: (db: Database.Database) => void): void {
  const db = new Database(file, { nativeBinding: findNativeBinding() });
  edit(db);
  db.close();
}

const newest = migrations.length;
const addition = { version: newest + 1, sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY, note TEXT) STRICT' };

describe('a library folder', () => {
  test.skipIf(process.platform === 'win32')('is for its user alone', () => {
    const path = join(folder.path, 'new', 'library');
    const { store } = fillLibrary(openLibrary(path), 1, 1);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
    store.close();
  });

  test('holds one file when the library is closed', () => {
    fill().store.close();
    expect(readdirSync(folder.path)).toEqual([libraryFileName]);
  });

  test('is set up to keep user decisions and to overwrite what is deleted', () => {
    const { connection, store } = fill();
    const read = (name: string) => connection.db.pragma(name, { simple: true });
    expect([read('journal_mode'), read('foreign_keys'), read('secure_delete')]).toEqual(['wal', 1, 1]);
    expect([read('synchronous'), read('locking_mode'), read('page_size')]).toEqual([1, 'exclusive', 8192]);
    store.close();
  });

  test('has only strict tables', () => {
    const { connection, store } = openLibrary(folder.path);
    const loose = connection.db
      .prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'`)
      .all();
    expect(loose).toEqual([]);
    store.close();
  });
});

describe('opening a library', () => {
  test('is refused while somebody else has it open', async () => {
    const first = await openLibraryDatabase({ libraryFolder: folder.path });
    await expect(openLibraryDatabase({ libraryFolder: folder.path })).rejects.toMatchObject({ code: 'library-in-use' });
    await first.close();
    await (await openLibraryDatabase({ libraryFolder: folder.path })).close();
  });

  test('is refused where a newer Kindred made it, and leaves it alone', () => {
    fill().store.close();
    editFile((db) => db.pragma('user_version = 99'));
    const bytes = readFileSync(file);
    expect(() => openLibrary(folder.path)).toThrow(
      expect.objectContaining({ code: 'library-too-new', parameters: { path: file, version: 99, newest } }),
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('is refused where the file is no database, and leaves it alone', () => {
    const bytes = Buffer.from('These are letters and no database. '.repeat(1000));
    writeFileSync(file, bytes);
    expect(() => openLibrary(folder.path)).toThrow(
      expect.objectContaining({ code: 'library-damaged', parameters: { path: file } }),
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test("is refused where the file is another program's database, and leaves it alone", () => {
    editFile((db) => db.exec('CREATE TABLE recipes (id INTEGER PRIMARY KEY)'));
    const bytes = readFileSync(file);
    expect(() => openLibrary(folder.path)).toThrow(
      expect.objectContaining({ code: 'library-damaged', parameters: { path: file } }),
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3 * 8192)],
    ['overwritten in the middle', (bytes: Buffer) => Buffer.from(bytes).fill(0xab, 5 * 8192, 12 * 8192)],
  ])('is refused where the file was %s, and leaves it alone', (_, damage) => {
    fill().store.close();
    const bytes = damage(readFileSync(file));
    writeFileSync(file, bytes);
    expect(() => openLibrary(folder.path)).toThrow(
      expect.objectContaining({ code: 'library-damaged', parameters: { path: file } }),
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says where it may not write', () => {
    const locked = join(folder.path, 'locked');
    mkdirSync(locked, { mode: 0o500 });
    expect(() => openLibrary(join(locked, 'library'))).toThrow(expect.objectContaining({ code: 'permission-denied' }));
  });

  test('keeps all that was answered when the process is killed', async () => {
    const script = fileURLToPath(new URL('./killed-writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => child.on('exit', resolve));
    let saved = 0;
    for await (const chunk of child.stdout) {
      saved += String(chunk).split('saved').length - 1;
      if (saved >= 25) child.kill('SIGKILL');
    }
    await exited;
    const { store } = openLibrary(folder.path);
    expect(store.countLibrary().photos).toBeGreaterThanOrEqual(25);
    expect(store.listPeople(everyone).people).toMatchObject([{ name: 'Anna', faceCount: 1 }]);
    expect(undoLast(store)).toMatchObject([{ kind: 'name-person' }]);
    store.close();
  });
});

describe('migrating a library', () => {
  test('keeps a copy of it as it was', () => {
    fill().store.close();
    openConnection({ libraryFolder: folder.path, migrations: [...migrations, addition] }).db.close();
    const copy = new Database(`${file}.v${newest}.bak`, { readonly: true, nativeBinding: findNativeBinding() });
    expect(copy.pragma('user_version', { simple: true })).toBe(newest);
    expect(copy.prepare('SELECT count(*) FROM faces').pluck().get()).toBe(9);
    copy.close();
    if (process.platform !== 'win32') expect(statSync(`${file}.v${newest}.bak`).mode & 0o777).toBe(0o600);
  });

  test('from before packs and efforts, its analyses count as balanced ones of the pack that made them', () => {
    const [first] = migrations;
    const { db } = openConnection({ libraryFolder: folder.path, migrations: [first!] });
    db.exec(`INSERT INTO packs VALUES (7, 'standard', '1.0.0', '${'a'.repeat(64)}', 8, '2026-01-01T00:00:00Z');
      INSERT INTO photos (id, uuid, content_hash, byte_size, format, width, height, added_at)
        VALUES (1, 'p', zeroblob(32), 1, 'jpeg', 1, 1, '2026-01-01T00:00:00Z');
      INSERT INTO analyses VALUES (1, 7, 1, 0, '2026-01-01T00:00:00Z');
      INSERT INTO jobs (uuid, kind, state, folders, progress, created_at, updated_at)
        VALUES ('j', 'import', 'done', '["/photos"]', '{}', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`);
    db.close();
    const { store } = openLibrary(folder.path);
    expect(store.readActivePack()).toEqual({ name: 'standard', packId: 7 });
    expect(store.countPendingPhotos({ packId: 7, pipelineVersion: 1, effort: 1 })).toBe(0);
    expect(store.countPendingPhotos({ packId: 7, pipelineVersion: 1, effort: 2 })).toBe(1);
    expect(store.listJobs()).toMatchObject([{ kind: 'import', folders: ['/photos'], effort: null }]);
    store.close();
  });

  test('does not copy what is new or up to date', () => {
    fill().store.close();
    openLibrary(folder.path).store.close();
    expect(readdirSync(folder.path)).toEqual([libraryFileName]);
  });

  test('changes nothing where it fails', () => {
    fill().store.close();
    const broken = { version: newest + 2, sql: 'CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1)' };
    const open = (more: (typeof addition)[]) =>
      openConnection({ libraryFolder: folder.path, migrations: [...migrations, ...more] });
    expect(() => open([addition, broken])).toThrow(/nowhere/);
    const { db } = open([addition]);
    expect(db.pragma('user_version', { simple: true })).toBe(newest + 1);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").pluck().get()).toBe(0);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    db.close();
  });

  test('has versions without gaps', () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test('takes no note of a copy that was never finished', () => {
    fill().store.close();
    writeFileSync(`${file}.v${newest}.bak.part`, 'half');
    openConnection({ libraryFolder: folder.path, migrations: [...migrations, addition] }).db.close();
    expect(existsSync(`${file}.v${newest}.bak.part`)).toBe(false);
    expect(existsSync(`${file}.v${newest}.bak`)).toBe(true);
  });
});
