/** Makes a new library's file: whole, private, and under its name only once it is both. */

import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { nameUnfinishedLibrary } from './library-file.ts';
import { migrateLibrary } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { findNativeBinding } from './native-binding.ts';

/** [Note: page size] Three embeddings of 512 numbers fit a page; the default of 4096 bytes holds one and wastes half. */
const pageSizeBytes = 8_192;

/** @param path of the library's file; where another process has made one meanwhile, that one stays */
export function createLibraryFile(path: string, migrations: readonly Migration[]): void {
  const unfinished = nameUnfinishedLibrary(path, `${process.pid}-${randomUUID().slice(0, 8)}`);
  try {
    writeEmptyLibrary(unfinished, migrations);
    giveName(unfinished, path);
  } finally {
    for (const suffix of ['', '-journal']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

function writeEmptyLibrary(path: string, migrations: readonly Migration[]): void {
  closeSync(openSync(path, 'wx', 0o600));
  const db = new Database(path, { nativeBinding: findNativeBinding() });
  try {
    db.pragma(`page_size = ${pageSizeBytes}`);
    // Nobody reads the file before it is whole, and it is written to the disk once, below.
    db.pragma('synchronous = OFF');
    db.pragma('foreign_keys = OFF');
    migrateLibrary(db, { path, version: 0 }, migrations);
  } finally {
    db.close();
  }
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A link, other than a rename, never takes the place of what is there; file systems without links have to do with that. */
function giveName(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (existsSync(path)) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK' && code !== 'EISDIR') throw error;
    renameSync(unfinished, path);
  }
}
