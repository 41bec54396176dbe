/** Sums of unit vectors of groups of faces, by which the similarity of two groups is an average of all their pairs. */

import { dotProduct } from '../../geometry/vectors.ts';

/** Groups of up to so many faces are summed up when they are asked for: most stay that small, and a sum takes as much
 *  memory as a face. */
const largestUnsummed = 4;

export class GroupSums {
  readonly #units: Float32Array;
  readonly #length: number;
  readonly #faces: (readonly number[])[];
  readonly #sums = new Map<number, Float32Array>();
  readonly #scratch: readonly [Float32Array, Float32Array];

  /** @param units [n, length]
   *  @param faces by group; grows as groups are joined, and is read here */
  constructor(units: Float32Array, length: number, faces: (readonly number[])[]) {
    this.#units = units;
    this.#length = length;
    this.#faces = faces;
    this.#scratch = [new Float32Array(length), new Float32Array(length)];
    faces.forEach((members, group) => {
      if (members.length > largestUnsummed) this.#sums.set(group, this.#addUp(members, new Float32Array(length)));
    });
  }

  /** The average cosine similarity of all pairs of two groups, see [Note: exact averages] in linkage.ts. */
  averageSimilarity(one: number, other: number): number {
    const product = dotProduct(this.#read(one, this.#scratch[0]), this.#read(other, this.#scratch[1]));
    return product / (this.#faces[one]!.length * this.#faces[other]!.length);
  }

  /** Call once the joined group, the last one, has its faces, and while the two still have theirs. */
  join(first: number, second: number): void {
    const joined = this.#faces.length - 1;
    const members = this.#faces[joined]!;
    const [large, small] = this.#sums.has(first) ? [first, second] : [second, first];
    const kept = this.#sums.get(large);
    if (kept !== undefined) {
      const added = this.#read(small, this.#scratch[0]);
      for (let at = 0; at < this.#length; at++) kept[at]! += added[at]!;
      this.#sums.set(joined, kept);
    } else if (members.length > largestUnsummed) {
      this.#sums.set(joined, this.#addUp(members, new Float32Array(this.#length)));
    }
    this.#sums.delete(first);
    this.#sums.delete(second);
  }

  #read(group: number, scratch: Float32Array): Float32Array {
    const members = this.#faces[group]!;
    if (members.length === 1) return this.#row(members[0]!);
    return this.#sums.get(group) ?? this.#addUp(members, scratch);
  }

  #addUp(members: readonly number[], sum: Float32Array): Float32Array {
    sum.set(this.#row(members[0]!));
    for (let member = 1; member < members.length; member++) {
      const start = members[member]! * this.#length;
      for (let at = 0; at < this.#length; at++) sum[at]! += this.#units[start + at]!;
    }
    return sum;
  }

  #row(face: number): Float32Array {
    return this.#units.subarray(face * this.#length, (face + 1) * this.#length);
  }
}
