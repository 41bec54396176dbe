/** The model packs that analyses and embeddings speak of. */

import { AppError } from '../base/errors.ts';
import type { Connection } from './connection.ts';
import type { PackRecord } from './library-database.ts';

export type PackStore = ReturnType<typeof createPackStore>;

export function createPackStore({ db, now }: Connection) {
  const findPack = db.prepare<[string, string, string], { id: number; length: number }>(
    `SELECT id, embedding_length AS length FROM packs WHERE name = ? AND version = ? AND manifest_sha256 = ?`,
  );
  const insertPack = db.prepare<[string, string, string, number, string]>(
    'INSERT INTO packs (name, version, manifest_sha256, embedding_length, registered_at) VALUES (?, ?, ?, ?, ?)',
  );
  const selectLength = db.prepare<[number], number>('SELECT embedding_length FROM packs WHERE id = ?').pluck();

  return {
    register({ name, version, manifestSha256, embeddingLength }: PackRecord): number {
      const found = findPack.get(name, version, manifestSha256);
      if (found === undefined) {
        return Number(insertPack.run(name, version, manifestSha256, embeddingLength, now()).lastInsertRowid);
      }
      if (found.length !== embeddingLength) {
        throw new AppError(
          'conflict',
          `Expected embeddings of length ${found.length} for the pack ${name} but received ${embeddingLength}`,
        );
      }
      return found.id;
    },

    /** @throws AppError "not-found" */
    readEmbeddingLength(packId: number): number {
      const length = selectLength.get(packId);
      if (length !== undefined) return length;
      throw new AppError('not-found', `Expected a registered pack but received id ${packId}`);
    },
  };
}
