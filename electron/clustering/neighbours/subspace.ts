/** Finds the dimensions that embeddings really use, and writes unit vectors in those alone. */

import { dotProduct } from '../../geometry/vectors.ts';

/**
 * [Note: subspace] A network's last layer may make many numbers out of few: the faces of lfw-dev use 180 of the 512 dimensions
 * of the standard pack's embeddings, and 78 of classic's 128. All that clustering does with them is lengths and angles,
 * which an orthonormal basis of those dimensions keeps, so that comparing, adding and keeping cost a third.
 *
 * The basis is taken from faces of the library: the one that it represents worst becomes the next direction, until the rest
 * of every one of them (its squared length) is within the tolerance. A similarity is then wrong by no more than that.
 */
export class Subspace {
  /** [dimensions, length], orthonormal */
  readonly basis: Float32Array;
  readonly length: number;

  /** @param length numbers of an embedding */
  constructor(basis: Float32Array, length: number) {
    this.basis = basis;
    this.length = length;
  }

  get dimensions(): number {
    return this.basis.length / this.length;
  }

  /** Writes a unit vector in the basis, as a unit vector. @param unit [length] @param into [dimensions] from `start` on */
  write(unit: Float32Array, into: Float32Array, start: number): void {
    const { dimensions, length, basis } = this;
    let squares = 0;
    for (let at = 0; at < dimensions; at++) {
      const value = dotProduct(unit, basis.subarray(at * length, (at + 1) * length));
      into[start + at] = value;
      squares += value * value;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let at = 0; at < dimensions; at++) into[start + at]! *= scale;
  }
}

/** Where more of the dimensions are used than this, keeping all is as cheap. */
const largestShare = 0.7;
/** Faces that the basis is taken from: many times the dimensions. */
const sampleSize = 2_048;

/** @param units [n, length], unit vectors
 *  @param tolerance greatest squared length that the rest of a face may have
 *  @returns null where the faces need nearly all dimensions */
export function findSubspace(units: Float32Array, length: number, tolerance: number): Subspace | null {
  const count = units.length / length;
  const step = Math.max(1, Math.floor(count / sampleSize));
  const rests: Float32Array[] = [];
  for (let face = 0; face < count; face += step) rests.push(units.slice(face * length, (face + 1) * length));
  const squares = Float64Array.from(rests, (rest) => dotProduct(rest, rest));
  const directions: Float32Array[] = [];
  for (;;) {
    const worst = findLargest(squares);
    if (squares[worst]! <= tolerance) break;
    if (directions.length + 1 > length * largestShare) return null;
    const scale = 1 / Math.sqrt(squares[worst]!);
    const direction = rests[worst]!.map((value) => value * scale);
    directions.push(direction);
    rests.forEach((rest, index) => {
      const share = dotProduct(rest, direction);
      for (let at = 0; at < length; at++) rest[at]! -= share * direction[at]!;
      squares[index] = dotProduct(rest, rest);
    });
  }
  const basis = new Float32Array(directions.length * length);
  directions.forEach((direction, at) => basis.set(direction, at * length));
  return new Subspace(basis, length);
}

function findLargest(values: Float64Array): number {
  let largest = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[largest]!) largest = at;
  return largest;
}
