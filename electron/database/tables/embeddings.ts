/** Embeddings of faces, as a clustering reads them. */

import { AppError } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { PackRows } from './packs.ts';

export function createEmbeddingStore({ db }: Connection, packs: PackRows) {
  const selectVectors = db
    .prepare<[number], [number, Buffer]>('SELECT id, vector FROM embeddings NOT INDEXED WHERE pack_id = ?')
    .raw();
  const selectVector = db
    .prepare<[number, number], [number, Buffer]>('SELECT id, vector FROM embeddings WHERE id = ? AND pack_id = ?')
    .raw();
  const countVectors = db.prepare<[], number>('SELECT count(*) FROM embeddings').pluck();

  /** Most of them are read in the table's own order, so that no page is read twice; a few one by one. */
  function* iterateVectors(packId: number, rows: Float64Array): Iterable<[number, Buffer]> {
    if (rows.length * 8 >= countVectors.get()!) return yield* selectVectors.iterate(packId);
    for (const row of rows) {
      const found = selectVector.get(row, packId);
      if (found !== undefined) yield found;
    }
  }

  function read(packId: number, rows: Float64Array): Float32Array {
    const embeddingLength = packs.readEmbeddingLength(packId);
    const places = new Map<number, number>();
    rows.forEach((row, at) => places.set(row, at));
    const embeddings = new Float32Array(rows.length * embeddingLength);
    const bytes = new Uint8Array(embeddings.buffer);
    const byteLength = embeddingLength * 4;
    let found = 0;
    for (const [row, vector] of iterateVectors(packId, rows)) {
      const at = places.get(row);
      if (at === undefined) continue;
      if (vector.byteLength !== byteLength) {
        throw new AppError('library-damaged', `Expected ${byteLength} bytes of an embedding but received ${vector.byteLength}`);
      }
      bytes.set(vector, at * byteLength);
      found++;
    }
    if (found !== rows.length) {
      throw new AppError('library-damaged', `Expected embeddings of ${rows.length} faces but received ${found}`);
    }
    return embeddings;
  }

  return { read };
}
