/** Joins a person's faces, those first that are surest to belong together, and says how likely they are two people. */

import { oddsAgainstSharing, relativeDistance } from './likelihood.ts';
import { weightOfGap } from './looks.ts';
import type { LibraryView } from './types.ts';
import { faceSimilarity } from './vectors.ts';

/** Two parts of a person that come together. */
export interface TreeStep {
  readonly ones: readonly number[];
  readonly others: readonly number[];
  readonly sharedPhotos: number;
  /** Natural logarithm of the odds that they are two people. */
  readonly oddsOfTwo: number;
}

/**
 * [Note: odds of two people] When faces that were taken for one person are joined one after another, parts that are
 * two people come together late, at a middle of the average and the closest relative distance of about 1; pairs of faces
 * close in time count most in the average. Measured on clusters of LFW that are too loose by a fifth and by two fifths
 * (27 and 772 of them, 23 and 480 mixed): the log-odds are 48 (standard) and 20 to 27 (classic) times the middle less 1,
 * so about twice as steep as [Note: odds of one person].
 *
 * Cost grows with the square of the faces, and of the groups with the cube: some hundred are fine.
 *
 * @param groups faces that belong together in any case
 * @param mayJoin whether to go on with the best step left; without it the whole tree grows
 * @returns the groups left, and the steps taken with, last, the one refused
 */
export function growTree(
  view: LibraryView,
  groups: readonly (readonly number[])[],
  mayJoin: (step: TreeStep) => boolean = () => true,
): { groups: (readonly number[])[]; steps: TreeStep[] } {
  const tree = new FaceTree(view, groups);
  const steps: TreeStep[] = [];
  for (let step = tree.findBest(); step !== null; step = tree.findBest()) {
    steps.push(step.join);
    if (!mayJoin(step.join)) break;
    tree.join(step.one, step.other);
  }
  return { groups: tree.listGroups(), steps };
}

class FaceTree {
  readonly #view: LibraryView;
  readonly #count: number;
  /** Null for what has become part of another. */
  readonly #groups: (readonly number[] | null)[];
  /** [count, count] each, symmetric: of all pairs of faces of two groups. */
  readonly #weights: Float64Array;
  readonly #weightedDistances: Float64Array;
  readonly #closest: Float64Array;
  readonly #sharedPhotos: Int32Array;
  readonly #odds: Float64Array;

  constructor(view: LibraryView, groups: readonly (readonly number[])[]) {
    this.#view = view;
    this.#count = groups.length;
    this.#groups = [...groups];
    const cells = groups.length * groups.length;
    this.#weights = new Float64Array(cells);
    this.#weightedDistances = new Float64Array(cells);
    this.#closest = new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
    this.#sharedPhotos = new Int32Array(cells);
    this.#odds = new Float64Array(cells);
    for (let one = 0; one < groups.length; one++) {
      for (let other = 0; other < one; other++) {
        for (const left of groups[one]!) for (const right of groups[other]!) this.#addPair(one, other, left, right);
        this.#mirror(one, other);
      }
    }
  }

  findBest(): { one: number; other: number; join: TreeStep } | null {
    let best = -1;
    for (let one = 0; one < this.#count; one++) {
      if (this.#groups[one] === null) continue;
      for (let other = 0; other < one; other++) {
        if (this.#groups[other] === null) continue;
        const at = one * this.#count + other;
        if (best < 0 || this.#odds[at]! < this.#odds[best]!) best = at;
      }
    }
    if (best < 0) return null;
    const [one, other] = [Math.floor(best / this.#count), best % this.#count];
    const join = {
      ones: this.#groups[one]!,
      others: this.#groups[other]!,
      sharedPhotos: this.#sharedPhotos[best]!,
      oddsOfTwo: this.#odds[best]!,
    };
    return { one, other, join };
  }

  /** The joined group takes the first one's place. */
  join(one: number, other: number): void {
    this.#groups[one] = [...this.#groups[one]!, ...this.#groups[other]!];
    this.#groups[other] = null;
    for (let third = 0; third < this.#count; third++) {
      if (third === one || this.#groups[third] === null) continue;
      const [at, from] = [one * this.#count + third, other * this.#count + third];
      this.#weights[at]! += this.#weights[from]!;
      this.#weightedDistances[at]! += this.#weightedDistances[from]!;
      this.#closest[at] = Math.min(this.#closest[at]!, this.#closest[from]!);
      this.#sharedPhotos[at]! += this.#sharedPhotos[from]!;
      this.#mirror(one, third);
    }
  }

  listGroups(): (readonly number[])[] {
    return this.#groups.filter((group) => group !== null);
  }

  #addPair(one: number, other: number, left: number, right: number): void {
    const { input, units, options } = this.#view;
    const at = one * this.#count + other;
    const distance = relativeDistance(faceSimilarity(units, input.embeddingLength, left, right), options);
    const weight = weightOfGap(input.captureDays[left]!, input.captureDays[right]!);
    this.#weights[at]! += weight;
    this.#weightedDistances[at]! += weight * distance;
    this.#closest[at] = Math.min(this.#closest[at]!, distance);
    if (input.photoIndices[left] === input.photoIndices[right]) this.#sharedPhotos[at]! += 1;
  }

  /** Works out the odds and writes them and what they are made of to the other half. */
  #mirror(one: number, other: number): void {
    const { suggestions } = this.#view;
    const [at, to] = [one * this.#count + other, other * this.#count + one];
    const mean = this.#weightedDistances[at]! / this.#weights[at]!;
    const middle = (mean + this.#closest[at]!) / 2;
    const steepness = suggestions.mixedSteepness * suggestions.oddsSlope;
    this.#odds[at] = steepness * (middle - 1) + oddsAgainstSharing(this.#sharedPhotos[at]!, suggestions);
    for (const matrix of [this.#weights, this.#weightedDistances, this.#closest, this.#sharedPhotos, this.#odds]) {
      matrix[to] = matrix[at]!;
    }
  }
}
