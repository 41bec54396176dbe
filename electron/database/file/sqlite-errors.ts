/** Turns what SQLite and the file system throw into errors whose code callers may act on. */

import Database from 'better-sqlite3';
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, describeSystemError, type ErrorCode } from '../../base/errors.ts';

/** @param path the library's file, named in the error's parameters
 *  @returns AppError "library-damaged", "library-in-use", "disk-full", "read-only-disk", "permission-denied" or
 *    "storage-failed"; the error itself where it is none of the disk's */
export function describeStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return describeSystemError(error, path) ?? error;
  const code = findErrorCode(error.code);
  if (code === null) return error;
  // SQLite says that it cannot open or write a file, and the file system why.
  const refusal = code === 'storage-failed' ? findRefusal(path) : null;
  if (refusal !== null) return refusal;
  return new AppError(code, `Expected to use the library ${path} but received ${error.code}: ${error.message}`, {
    cause: error,
    parameters: code === 'storage-failed' ? { path, systemCode: error.code } : { path },
  });
}

function findErrorCode(nativeCode: string): ErrorCode | null {
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(nativeCode)) return 'library-damaged';
  if (/^SQLITE_(BUSY|LOCKED)/.test(nativeCode)) return 'library-in-use';
  if (/^SQLITE_FULL/.test(nativeCode)) return 'disk-full';
  if (/^SQLITE_(CANTOPEN|READONLY|IOERR|PERM|AUTH)/.test(nativeCode)) return 'storage-failed';
  return null;
}

/** Asks without opening the file: closing a second descriptor would drop SQLite's locks on it. */
function findRefusal(path: string): AppError | null {
  for (const place of [path, dirname(path)]) {
    try {
      accessSync(place, constants.R_OK | constants.W_OK);
    } catch (error) {
      const refusal = describeSystemError(error, place);
      if (refusal !== null) return refusal;
    }
  }
  return null;
}
