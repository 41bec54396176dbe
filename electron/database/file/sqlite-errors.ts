/** Turns what SQLite and the file system throw into errors whose code callers may act on. */

import Database from 'better-sqlite3';
import { AppError, type ErrorCode } from '../../base/errors.ts';

/** @param path the library's file, named in the error's parameters */
export function describeStorageError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const nativeCode = readNativeCode(error);
  const code = nativeCode === null ? null : findErrorCode(nativeCode);
  if (code === null) return error;
  return new AppError(code, `Expected to use the library ${path} but received ${nativeCode}: ${error.message}`, {
    cause: error,
    parameters: { path },
  });
}

function readNativeCode(error: Error): string | null {
  if (error instanceof Database.SqliteError) return error.code;
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function findErrorCode(nativeCode: string): ErrorCode | null {
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(nativeCode)) return 'library-damaged';
  if (/^SQLITE_(BUSY|LOCKED)/.test(nativeCode)) return 'library-in-use';
  if (/^SQLITE_FULL/.test(nativeCode) || nativeCode === 'ENOSPC' || nativeCode === 'EDQUOT') return 'disk-full';
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(nativeCode)) return 'permission-denied';
  if (nativeCode === 'EACCES' || nativeCode === 'EPERM' || nativeCode === 'EROFS') return 'permission-denied';
  return null;
}
