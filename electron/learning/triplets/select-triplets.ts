/** Selects the triplets of a batch that teach something.
 *  Source: Schroff, Kalenichenko and Philbin 2015, section 3.2. */

import { AppError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';

/** Which negative an anchor-positive pair gets.
 *  "hard": the nearest, argmin over n of D(a, n).
 *  "semi-hard": the nearest of those farther than the positive but inside the margin, D(a, p) < D(a, n) < D(a, p) + margin
 *  (equation 4); a pair without one gives no triplet.
 *  "random": any. */
export type NegativeRule = 'semi-hard' | 'hard' | 'random';

/** "all": every ordered pair of two faces of one person. "hard": for each anchor the farthest, argmax over p of D(a, p). */
export type PositiveRule = 'all' | 'hard';

export interface SelectionOptions {
  readonly negatives: NegativeRule;
  readonly positives: PositiveRule;
  /** Of squared distances. */
  readonly margin: number;
  /** For "random". */
  readonly random: Random;
}

/** Rows of the batch, [triplets] each. */
export interface Triplets {
  readonly anchors: Int32Array;
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/** @param squaredDistances [n, n], row by row
 *  @param people [n], who is on each row
 *  @throws AppError "bad-argument" where the two do not fit */
export function selectTriplets(squaredDistances: Float32Array, people: Int32Array, options: SelectionOptions): Triplets {
  const count = people.length;
  if (squaredDistances.length !== count * count) {
    throw new AppError('bad-argument', `Expected ${count * count} distances for ${count} faces but received ${squaredDistances.length}`);
  }
  const anchors: number[] = [];
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let anchor = 0; anchor < count; anchor++) {
    const row = squaredDistances.subarray(anchor * count, (anchor + 1) * count);
    for (const positive of listPositives(row, people, anchor, options.positives)) {
      const negative = findNegative(row, people, { anchor, positive }, options);
      if (negative === -1) continue;
      anchors.push(anchor);
      positives.push(positive);
      negatives.push(negative);
    }
  }
  return { anchors: Int32Array.from(anchors), positives: Int32Array.from(positives), negatives: Int32Array.from(negatives) };
}

/** @returns how many triplets there are at all: people x anchors x positives x negatives
 *  @param faceCounts of each person */
export function countTriplets(faceCounts: readonly number[]): number {
  const faces = faceCounts.reduce((total, count) => total + count, 0);
  return faceCounts.reduce((total, count) => total + count * (count - 1) * (faces - count), 0);
}

function listPositives(row: Float32Array, people: Int32Array, anchor: number, rule: PositiveRule): number[] {
  const positives: number[] = [];
  for (let face = 0; face < people.length; face++) {
    if (face !== anchor && people[face] === people[anchor]) positives.push(face);
  }
  if (rule === 'all' || positives.length === 0) return positives;
  return [positives.reduce((farthest, face) => (row[face]! > row[farthest]! ? face : farthest))];
}

/** @returns -1 where the rule finds none */
function findNegative(
  row: Float32Array,
  people: Int32Array,
  { anchor, positive }: { anchor: number; positive: number },
  { negatives, margin, random }: SelectionOptions,
): number {
  if (negatives === 'random') return drawNegative(people, anchor, random);
  const floor = negatives === 'hard' ? Number.NEGATIVE_INFINITY : row[positive]!;
  const ceiling = negatives === 'hard' ? Number.POSITIVE_INFINITY : row[positive]! + margin;
  let nearest = -1;
  for (let face = 0; face < people.length; face++) {
    if (people[face] === people[anchor] || row[face]! <= floor || row[face]! >= ceiling) continue;
    if (nearest === -1 || row[face]! < row[nearest]!) nearest = face;
  }
  return nearest;
}

function drawNegative(people: Int32Array, anchor: number, random: Random): number {
  let seen = 0;
  let drawn = -1;
  for (let face = 0; face < people.length; face++) {
    if (people[face] === people[anchor]) continue;
    // Reservoir of one: each negative is the one drawn with equal chance.
    seen += 1;
    if (random() * seen < 1) drawn = face;
  }
  return drawn;
}
