/** The model packs that analyses and embeddings speak of. */

import { AppError } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { ActivePack, PackRecord } from '../library-database.ts';
import type { SettingStore } from './settings.ts';

const activeSetting = 'pack.active';

export type PackRows = ReturnType<typeof createPackRows>;

export function createPackRows({ db, now }: Connection, settings: SettingStore) {
  const findPack = db.prepare<[string, string, string], { id: number; length: number }>(
    `SELECT id, embedding_length AS length FROM packs WHERE name = ? AND version = ? AND manifest_sha256 = ?`,
  );
  const insertPack = db.prepare<[string, string, string, number, string]>(
    'INSERT INTO packs (name, version, manifest_sha256, embedding_length, registered_at) VALUES (?, ?, ?, ?, ?)',
  );
  const findLastUsed = db.prepare<[], ActivePack>(
    `SELECT id AS packId, name FROM packs WHERE EXISTS (SELECT 1 FROM analyses WHERE pack_id = packs.id)
     ORDER BY id DESC LIMIT 1`,
  );
  // What a face's row says of its pack is which embedding it is told with.
  const nameFaces = db.prepare<[number, number]>(
    'UPDATE faces SET pack_id = ? WHERE id IN (SELECT face_id FROM embeddings NOT INDEXED WHERE pack_id = ?)',
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

    find({ name, version, manifestSha256 }: Omit<PackRecord, 'embeddingLength'>): number | null {
      return findPack.get(name, version, manifestSha256)?.id ?? null;
    },

    /** A library from before there was a choice is one of the pack that was last used on it. */
    readActive(): ActivePack | null {
      const stored = settings.read(activeSetting) as ActivePack | undefined;
      return stored ?? findLastUsed.get() ?? null;
    },

    activate({ name, packId }: ActivePack): void {
      settings.write(activeSetting, { name, packId });
      nameFaces.run(packId, packId);
    },

    /** @throws AppError "not-found" */
    readEmbeddingLength(packId: number): number {
      const length = selectLength.get(packId);
      if (length !== undefined) return length;
      throw new AppError('not-found', `Expected a registered pack but received id ${packId}`);
    },
  };
}
