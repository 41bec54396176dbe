/** Opens a library's file: private, checked, migrated, and for one process alone. */

import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { createLibraryFile } from './create-library-file.ts';
import { libraryFileName } from './library-file.ts';
import { closeToOthers, prepareLibraryFolder, sweepUnfinished } from './library-folder.ts';
import { migrateLibrary, readLibraryVersion } from './migrate.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { findNativeBinding } from './native-binding.ts';
import { describeStorageError } from './sqlite-errors.ts';

/** Longest wait for another process that is about to let the library go. */
const busyTimeoutMs = 2_000;
const cacheSizeKibibytes = 16_384;
/** A larger file is not read through at every start; SQLite still notices damage where it reads. */
const largestCheckedBytes = 256 * 1024 * 1024;

/** The open file, and the clock that its rows are dated by. */
export interface Connection {
  readonly db: Database.Database;
  readonly path: string;
  /** UTC, ISO 8601 with milliseconds. */
  now(): string;
}

export interface ConnectionOptions {
  readonly libraryFolder: string;
  /** UTC, ISO 8601 with milliseconds. */
  readonly now?: () => string;
  readonly migrations?: readonly Migration[];
}

/**
 * @throws AppError "library-in-use", "library-too-new", "library-damaged" (the file is left as it is), "not-a-library" (see
 *   prepareLibraryFolder), or what the disk refuses (see describeStorageError)
 */
export function openConnection(options: ConnectionOptions): Connection {
  const path = join(options.libraryFolder, libraryFileName);
  const migrations = options.migrations ?? allMigrations;
  let db: Database.Database | null = null;
  try {
    if (prepareLibraryFolder(options.libraryFolder) === 'empty') createLibraryFile(path, migrations);
    closeToOthers(path);
    db = new Database(path, { timeout: busyTimeoutMs, nativeBinding: findNativeBinding() });
    configureConnection(db);
    checkFile(db, path);
    const version = readLibraryVersion(db, path, migrations.at(-1)?.version ?? 0);
    // Only now is anything written: a file that is no library is left as it was.
    db.pragma('journal_mode = WAL');
    migrateLibrary(db, { path, version }, migrations);
    db.pragma('foreign_keys = ON');
    sweepUnfinished(options.libraryFolder);
    return { db, path, now: options.now ?? (() => new Date().toISOString()) };
  } catch (error) {
    db?.close();
    throw describeStorageError(error, path);
  }
}

/** Puts everything into the one file and lets it go. Where the disk refuses, nothing is lost: the next start does it. */
export function closeConnection({ db, path }: Connection): void {
  if (!db.open) return;
  try {
    db.pragma('optimize');
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(describeStorageError(error, path) instanceof AppError)) throw error;
  } finally {
    db.close();
  }
}

function configureConnection(db: Database.Database): void {
  // One engine per library: the lock goes with the process, however that ends.
  db.pragma('locking_mode = EXCLUSIVE');
  // A migration that rebuilds a table would otherwise delete what refers to it.
  db.pragma('foreign_keys = OFF');
  db.pragma('secure_delete = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${cacheSizeKibibytes}`);
  // Never mapped into memory: a drive that is pulled out would end the process instead of a statement.
  db.pragma('mmap_size = 0');
  // [Note: durability] What the import writes can be made again; the user's actions ask for FULL.
  db.pragma('synchronous = NORMAL');
  db.pragma('fullfsync = ON');
}

function checkFile(db: Database.Database, path: string): void {
  // Reading the schema takes the lock and fails on what is no database.
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  if (statSync(path).size > largestCheckedBytes) return;
  const findings = db.pragma('quick_check(1)', { simple: true });
  if (findings === 'ok') return;
  throw new AppError('library-damaged', `Expected a whole library but received ${String(findings)} at ${path}`, {
    parameters: { path },
  });
}

/**
 * Runs `work` in a transaction.
 * @param isDurable whether it must survive a power cut from the moment it returns, see [Note: durability]
 */
export function runTransaction<Value>({ db }: Connection, isDurable: boolean, work: () => Value): Value {
  if (!isDurable) return db.transaction(work)();
  db.pragma('synchronous = FULL');
  try {
    return db.transaction(work)();
  } finally {
    db.pragma('synchronous = NORMAL');
  }
}
