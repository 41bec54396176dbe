/** Sums of unit vectors, and their products: what averages over pairs of faces are made of. */

/** A sum of unit vectors; a single one stays where it is. */
export interface VectorSum {
  readonly values: Float32Array | Float64Array;
  /** Where in `values` it begins. */
  readonly start: number;
  readonly count: number;
}

/** @param units [n, length], unit vectors by face
 *  @param faces at least one */
export function sumFaces(units: Float32Array, length: number, faces: readonly number[]): VectorSum {
  if (faces.length === 1) return { values: units, start: faces[0]! * length, count: 1 };
  const values = new Float64Array(length);
  for (const face of faces) {
    for (let at = 0, from = face * length; at < length; at++, from++) values[at]! += units[from]!;
  }
  return { values, start: 0, count: faces.length };
}

/** @returns the average cosine similarity of all pairs of a face of one and a face of the other */
export function averageSimilarity(one: VectorSum, other: VectorSum, length: number): number {
  return dotProduct(one.values, one.start, other.values, other.start, length) / (one.count * other.count);
}

export function faceSimilarity(units: Float32Array, length: number, one: number, other: number): number {
  return dotProduct(units, one * length, units, other * length, length);
}

type Values = Float32Array | Float64Array;

export function dotProduct(left: Values, leftStart: number, right: Values, rightStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  let at = 0;
  // Two sums, as each addition waits for the one before it.
  for (; at + 1 < length; at += 2) {
    even += left[leftStart + at]! * right[rightStart + at]!;
    odd += left[leftStart + at + 1]! * right[rightStart + at + 1]!;
  }
  if (at < length) even += left[leftStart + at]! * right[rightStart + at]!;
  return even + odd;
}
