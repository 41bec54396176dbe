/** Sums of unit vectors, and their products: what averages over pairs of faces are made of. */

import { dotProductAt } from '../../geometry/vectors.ts';

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
  if (faces.length === 1) return sumOfFace(units, length, faces[0]!);
  const values = new Float64Array(length);
  for (const face of faces) {
    for (let at = 0, from = face * length; at < length; at++, from++) values[at]! += units[from]!;
  }
  return { values, start: 0, count: faces.length };
}

/** @returns the average cosine similarity of all pairs of a face of one and a face of the other */
export function averageSimilarity(one: VectorSum, other: VectorSum, length: number): number {
  return dotProductAt(one.values, one.start, other.values, other.start, length) / (one.count * other.count);
}

/** @returns the vector of one face as a sum */
export function sumOfFace(units: Float32Array, length: number, face: number): VectorSum {
  return { values: units, start: face * length, count: 1 };
}

export function faceSimilarity(units: Float32Array, length: number, one: number, other: number): number {
  return dotProductAt(units, one * length, units, other * length, length);
}
