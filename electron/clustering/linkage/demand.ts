/** Says how alike two groups of faces must be to become one. */

/**
 * [Note: demand] Two groups are joined while the mean squared distance of all pairs between them is at most what is
 * demanded. Two single faces may be `maxDistance` apart, in a library of `referenceFaces` faces. From there on:
 *
 * - Evidence grows: a mean over many pairs is surer than one pair, so groups of n and m faces may be further apart, their
 *   squared distance by a share of `evidenceGrowth` * (1 - 1 / sqrt(n m)).
 * - Crowds: the more faces, the more strangers who happen to be alike, so that for each e-fold of faces the squared
 *   distance may be smaller by a share of `crowding`: the prior odds of a pair, as far as they can be told.
 * - A photo shows a person once, mostly: where two groups stand side by side in a photo the squared distance must be
 *   smaller by a share of `photoPenalty`, by half of that again for a second such photo, and for a third. It is evidence
 *   and no law, as there are mirrors, collages and pictures on walls.
 */
export interface DemandOptions {
  /** Euclidean distance of unit vectors, 0 to 1.414. */
  readonly maxDistance: number;
  readonly referenceFaces: number;
  readonly evidenceGrowth: number;
  readonly crowding: number;
  readonly photoPenalty: number;
}

/** The number of faces moves the demand no further than this. In a small library nothing is demanded less of: its people
 *  are often relatives, and its photos of one event, whose faces are alike for that. */
const leastCrowd = 0.7;
const mostCrowd = 1;
/** Photos in common beyond so many add nothing. */
const mostSharedPhotos = 3;

export class Demand {
  /** Cosine similarity below which no two groups are joined, however large. */
  readonly floor: number;
  /** Cosine similarity that is demanded of two single faces. */
  readonly base: number;
  readonly #halfSquare: number;
  readonly #options: DemandOptions;

  /** @param faceCount faces of the library that may start clusters */
  constructor(options: DemandOptions, faceCount: number) {
    const { maxDistance, referenceFaces, crowding, evidenceGrowth } = options;
    const crowd = 1 - crowding * Math.log(Math.max(1, faceCount) / referenceFaces);
    this.#options = options;
    this.#halfSquare = (maxDistance ** 2 / 2) * Math.min(mostCrowd, Math.max(leastCrowd, crowd));
    this.base = 1 - this.#halfSquare;
    this.floor = 1 - this.#halfSquare * (1 + evidenceGrowth);
  }

  /** @param pairs faces of the one group times faces of the other, as far as they count for more than one
   *  @param sharedPhotos photos that show both groups
   *  @returns the mean cosine similarity that is enough */
  similarityFor(pairs: number, sharedPhotos = 0): number {
    const { evidenceGrowth, photoPenalty } = this.#options;
    const penalty = sharedPhotos === 0 ? 0 : (photoPenalty * (1 + Math.min(mostSharedPhotos, sharedPhotos))) / 2;
    return 1 - this.#halfSquare * (1 + evidenceGrowth * (1 - 1 / Math.sqrt(pairs))) * (1 - penalty);
  }
}
