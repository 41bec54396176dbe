/**
 * Says how likely two groups of faces are one person.
 *
 * [Note: relative distance] A squared distance over the square of the pack's `maxDistance`: 0 for equal faces, 1 where
 * the clustering stops joining, whatever the scale of the pack's similarities. Of groups it is the mean over all pairs.
 *
 * [Note: odds of one person] Of two groups of faces that the clustering left apart, the log-odds fall in a straight line
 * with the middle of two relative distances: that of the average pair, and that of the closest. The average alone is
 * misled by somebody's other looks, the closest pair alone by chance, the more the larger the groups; their middle needs
 * no correction for sizes. Among n people each has n - 1 others to be confused with and at most a few parts of itself,
 * so log(n) comes off. With it the same line holds among 360, 1,700 and 3,400 clusters of LFW (test/studies/review-questions.ts).
 */

import type { ClusteringOptions } from '../types.ts';
import type { SuggestionOptions } from './types.ts';

export interface PairEvidence {
  /** See [Note: relative distance]. */
  readonly meanDistance: number;
  readonly closestDistance: number;
  /** Photos with faces of both. */
  readonly sharedPhotos: number;
}

/** Further photos with both add nothing: whoever is often beside its own mirror is so in many photos. */
const sharedPhotosThatCount = 2;

/** @returns see [Note: relative distance] */
export function relativeDistance(similarity: number, { maxDistance }: ClusteringOptions): number {
  return (2 * (1 - similarity)) / (maxDistance * maxDistance);
}

/** @returns the cosine similarity at a relative distance */
export function similarityAtRelative(distance: number, { maxDistance }: ClusteringOptions): number {
  return 1 - (distance * maxDistance * maxDistance) / 2;
}

/** @returns natural logarithm */
export function logOddsOfOnePerson(evidence: PairEvidence, peopleCount: number, options: SuggestionOptions): number {
  const middle = (evidence.meanDistance + evidence.closestDistance) / 2;
  return (
    options.oddsAtMaxDistance +
    options.oddsSlope * (1 - middle) -
    Math.log(Math.max(1, peopleCount)) -
    oddsAgainstSharing(evidence.sharedPhotos, options)
  );
}

/** @returns log-odds against one person, 0 for no photo */
export function oddsAgainstSharing(sharedPhotos: number, options: SuggestionOptions): number {
  return options.sharedPhotoOdds * Math.min(sharedPhotos, sharedPhotosThatCount);
}

/** @returns the relative distance of the closest pair beyond which nobody is as likely as `probability` */
export function farthestWorthAsking(probability: number, peopleCount: number, options: SuggestionOptions): number {
  const demanded = Math.log(probability / (1 - probability)) + Math.log(Math.max(1, peopleCount));
  return 1 + (options.oddsAtMaxDistance - demanded) / options.oddsSlope;
}

export function probabilityAt(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
