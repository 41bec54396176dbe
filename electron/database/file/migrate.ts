/** Brings a library's file to the newest version, after a copy of it has been put aside. */

import type Database from 'better-sqlite3';
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { AppError } from '../../base/errors.ts';
import type { Migration } from './migrations/migration.ts';

/** "Kndr": says that an SQLite file is a library of Kindred's. */
const applicationId = 0x4b6e6472;

/**
 * Reads which version a file has, without changing a byte of it.
 * @returns 0 for a file that is still empty
 * @throws AppError "library-too-new", "library-damaged" where the file holds something else
 */
export function readLibraryVersion(db: Database.Database, path: string, newest: number): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  const foundId = Number(db.pragma('application_id', { simple: true }));
  if (!(isEmpty && version === 0) && foundId !== applicationId) {
    throw new AppError('library-damaged', `Expected a library but received another program's database at ${path}`, {
      parameters: { path },
    });
  }
  if (version > newest) {
    throw new AppError('library-too-new', `Expected a library of version ${newest} or older but received ${version}`, {
      parameters: { path, version, newest },
    });
  }
  return version;
}

/**
 * Runs the missing ones of `migrations`, each in a transaction of its own. Foreign keys must be off.
 * @param version what readLibraryVersion said; an existing library is first copied to `<path>.v<version>.bak`
 */
export function migrateLibrary(
  db: Database.Database,
  library: { readonly path: string; readonly version: number },
  migrations: readonly Migration[],
): void {
  const missing = migrations.filter((migration) => migration.version > library.version);
  if (missing.length === 0) return;
  if (library.version > 0) copyLibrary(db, `${library.path}.v${library.version}.bak`);
  for (const migration of missing) {
    db.transaction(() => {
      db.exec(migration.sql);
      const broken = db.prepare('PRAGMA foreign_key_check').all();
      if (broken.length > 0) {
        throw new AppError('internal', `Expected whole references after migration ${migration.version}`, {
          parameters: { path: library.path, broken: broken.length },
        });
      }
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${migration.version}`);
    })();
  }
}

/** A copy with everything that is committed, the write-ahead log included; an older copy of that version goes. */
function copyLibrary(db: Database.Database, path: string): void {
  const unfinished = `${path}.part`;
  rmSync(unfinished, { force: true });
  // Private from its first byte on: others may look into the folder.
  closeSync(openSync(unfinished, 'wx', 0o600));
  db.prepare('VACUUM INTO ?').run(unfinished);
  renameSync(unfinished, path);
}
