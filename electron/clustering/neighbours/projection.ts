/** Sends embeddings through what a library has learnt from its user. */

import { AppError } from '../../base/errors.ts';
import { dotProduct, normalizeVector } from '../../geometry/vectors.ts';
import type { Projection } from '../../terms/projection.ts';

/** @param embeddings [n, length], any length but zero: only their directions count
 *  @returns [n, outputLength], unit vectors; what has no direction is passed on as it is, for those who check
 *  @throws AppError "bad-argument" where the matrix is for other embeddings */
export function projectEmbeddings(embeddings: Float32Array, length: number, { matrix, outputLength }: Projection): Float32Array {
  if (matrix.length !== outputLength * length) {
    throw new AppError('bad-argument', `Expected a projection of ${length} numbers but received ${matrix.length / outputLength}`);
  }
  const count = embeddings.length / length;
  const projected = new Float32Array(count * outputLength);
  const rows = Array.from({ length: outputLength }, (_, row) => matrix.subarray(row * length, (row + 1) * length));
  for (let face = 0; face < count; face++) {
    const unit = normalizeVector(embeddings.subarray(face * length, (face + 1) * length));
    const mapped = Float32Array.from(rows, (row) => dotProduct(unit, row));
    projected.set(normalizeVector(mapped), face * outputLength);
  }
  return projected;
}
