/** Vectors: dot product, length, distance. */

import { AppError } from '../base/errors.ts';

export function dotProduct(first: Float32Array, second: Float32Array): number {
  requireSameLength(first, second);
  return dotProductAt(first, 0, second, 0, first.length);
}

type Numbers = Float32Array | Float64Array;

/** Of two vectors that lie among others in larger arrays, from `start` on each. */
export function dotProductAt(first: Numbers, firstStart: number, second: Numbers, secondStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  let at = 0;
  // Two sums, as each addition waits for the one before it.
  for (; at + 1 < length; at += 2) {
    even += first[firstStart + at]! * second[secondStart + at]!;
    odd += first[firstStart + at + 1]! * second[secondStart + at + 1]!;
  }
  if (at < length) even += first[firstStart + at]! * second[secondStart + at]!;
  return even + odd;
}

/** @returns the squared Euclidean distance: 0 to 4 for unit vectors */
export function squaredDistance(first: Float32Array, second: Float32Array): number {
  requireSameLength(first, second);
  let sum = 0;
  for (let index = 0; index < first.length; index++) {
    const difference = first[index]! - second[index]!;
    sum += difference * difference;
  }
  return sum;
}

export function vectorLength(vector: Float32Array): number {
  return Math.sqrt(dotProduct(vector, vector));
}

/** @returns a new vector of length 1 in the same direction
 *  @throws AppError "bad-argument" where the vector is all zeros or not finite */
export function normalizeVector(vector: Float32Array): Float32Array {
  const length = vectorLength(vector);
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new AppError('bad-argument', `Expected a vector with a direction but received length ${length}`);
  }
  return vector.map((value) => value / length);
}

/** @returns -1 to 1 */
export function cosineSimilarity(first: Float32Array, second: Float32Array): number {
  return dotProduct(first, second) / (vectorLength(first) * vectorLength(second));
}

function requireSameLength(first: Float32Array, second: Float32Array): void {
  if (first.length !== second.length) {
    throw new AppError('bad-argument', `Expected vectors of one length but received ${first.length} and ${second.length}`);
  }
}
