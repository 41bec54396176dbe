/**
 * Measures accuracy by the protocol of Labeled Faces in the Wild: pairs in folds, the threshold chosen on the others.
 *
 * [Note: pairs protocol] For each fold the distance that decides most of the other folds' pairs rightly is taken, and what
 * counts is the share of the fold's own pairs that it decides rightly: closer is one person. Accuracy is the mean over the
 * folds, with its standard error. A pair with a photo in which no face was found is decided by nobody and counts as wrong.
 * Source: Huang, Ramesh, Berg and Learned-Miller 2007; of its protocols the one with labelled outside data, as for FaceNet.
 */

import { AppError } from '../../../../electron/base/errors.ts';
import { meanWithError } from '../../../../electron/learning/verification/spread.ts';

export interface MeasuredPair {
  /** Euclidean; null where a face is missing. */
  readonly distance: number | null;
  readonly isGenuine: boolean;
}

export interface PairScores {
  readonly pairs: number;
  /** Pairs that a missing face decides wrongly. */
  readonly undecided: number;
  /** Mean over the folds, 0 to 1. */
  readonly accuracy: number;
  readonly standardError: number;
  readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[];
}

/** @param folds two or more, each with a pair at least
 *  @throws AppError "bad-argument" for fewer, or where no pair of the other folds has both faces */
export function measurePairFolds(folds: readonly (readonly MeasuredPair[])[]): PairScores {
  if (folds.length < 2 || folds.some((pairs) => pairs.length === 0)) {
    throw new AppError('bad-argument', `Expected two folds or more with pairs but received ${folds.length}`);
  }
  const scored = folds.map((pairs, fold) => {
    const threshold = chooseThreshold(folds.filter((_, other) => other !== fold).flat());
    const right = pairs.filter(({ distance, isGenuine }) => distance !== null && distance < threshold === isGenuine).length;
    return { accuracy: right / pairs.length, threshold };
  });
  const { mean: accuracy, standardError } = meanWithError(scored.map((fold) => fold.accuracy));
  const all = folds.flat();
  return {
    pairs: all.length,
    undecided: all.filter(({ distance }) => distance === null).length,
    accuracy,
    standardError,
    folds: scored,
  };
}

/** @returns the distance that decides most pairs rightly, half way between the two that it falls between; of several the
 *    smallest */
function chooseThreshold(pairs: readonly MeasuredPair[]): number {
  const decided = pairs.flatMap(({ distance, isGenuine }) => (distance === null ? [] : [{ distance, isGenuine }]));
  if (decided.length === 0) throw new AppError('bad-argument', 'Expected pairs of two faces but found none');
  decided.sort((one, other) => one.distance - other.distance);
  let right = decided.filter(({ isGenuine }) => !isGenuine).length;
  let best = { right, threshold: decided[0]!.distance / 2 };
  decided.forEach(({ distance, isGenuine }, index) => {
    right += isGenuine ? 1 : -1;
    const next = decided[index + 1]?.distance ?? distance * 2;
    // Equal distances are on one side together.
    if (next === distance && index + 1 < decided.length) return;
    if (right > best.right) best = { right, threshold: (distance + next) / 2 };
  });
  return best.threshold;
}
