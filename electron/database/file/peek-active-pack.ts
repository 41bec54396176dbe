/** Says which pack a library's faces are compared by without opening the library for work, for `kindred doctor`. */

import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { libraryFileName } from './library-file.ts';
import { findNativeBinding } from './native-binding.ts';

/** @returns null where there is no library yet, where it has no pack yet, or where another Kindred has it open */
export function peekActivePack(libraryFolder: string): string | null {
  const path = join(libraryFolder, libraryFileName);
  if (!existsSync(path)) return null;
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, timeout: 0, nativeBinding: findNativeBinding() });
    const stored = db.prepare<[], string>("SELECT value FROM settings WHERE key = 'pack.active'").pluck().get();
    return stored === undefined ? null : (JSON.parse(stored) as { readonly name: string }).name;
  } catch {
    // What is wrong with the file itself is told where it is opened.
    return null;
  } finally {
    db?.close();
  }
}
