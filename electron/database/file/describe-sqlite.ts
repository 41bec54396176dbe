/** Says which SQLite loads here, for `kindred doctor`. */

import Database from 'better-sqlite3';
import { findNativeBinding } from './native-binding.ts';

/** @returns such as "3.50.4"
 *  @throws whatever keeps the binary from loading */
export function describeSqlite(): string {
  const db = new Database(':memory:', { nativeBinding: findNativeBinding() });
  try {
    return String(db.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}
