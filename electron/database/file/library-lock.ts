/** Says whether some process has a library open, whether it serves it or not. */

import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { libraryFileName } from './library-file.ts';
import { findNativeBinding } from './native-binding.ts';
import { describeStorageError } from './sqlite-errors.ts';

/** Takes the library's lock for a moment and lets it go; nothing is made where there is no library, and what is no whole
 *  library is held by nobody.
 *  @returns true where another process has the lock */
export function isLibraryHeld(libraryFolder: string): boolean {
  const path = join(libraryFolder, libraryFileName);
  if (!existsSync(path)) return false;
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { fileMustExist: true, timeout: 0, nativeBinding: findNativeBinding() });
    db.pragma('locking_mode = EXCLUSIVE');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    const described = describeStorageError(error, path);
    if (!(described instanceof AppError)) throw error;
    return described.code === 'library-in-use';
  } finally {
    db?.close();
  }
}
