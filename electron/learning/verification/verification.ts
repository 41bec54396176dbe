/** Measures how well embeddings tell people apart, over all pairs of faces at once: VAL at given FARs, ROC, EER.
 *
 *  [Note: thresholds of all pairs] VAL(d) is the share of genuine pairs that are accepted, FAR(d) that of impostor
 *  pairs; a pair is accepted where its distance is less than d. For a FAR asked for, d is the largest distance that
 *  accepts no larger share: the distance of the first impostor that would be one too many, itself not accepted. That
 *  is conservative; nothing is interpolated between pairs.
 *
 *  [Note: bootstrap over people] Pairs that share a person are not independent of each other, people are. So a round
 *  draws as many people as there are, with replacement, and does everything anew, the threshold too. A person drawn
 *  w times counts w times: its genuine pairs w times each, a pair of two people drawn v and w times v w times. Pairs
 *  of two copies of one person are left aside: they are no impostors, and counting them as genuine would count a face
 *  against itself. The standard error is the standard deviation over the rounds.
 *  Source: Bolle, Ratha and Pankanti 2004, the subsets bootstrap, with people as subsets.
 *
 *  [Note: enough impostors] A threshold for a FAR rests on the impostor pairs that it accepts. Where they are fewer than
 *  ten, the FAR that they stand for is known to a third at best, and the figure is of a few lookalikes: such a VAL is
 *  told as resting on too few. */

import { AppError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { measurePairs, type DistanceCounts, type FacePairs, type LabeledEmbeddings, type MeasuredPairs, type PairMetric } from './face-pairs.ts';
import { standardDeviation } from './spread.ts';

export interface VerificationOptions {
  readonly metric: PairMetric;
  /** Shares of impostor pairs, each between 0 and 1. */
  readonly falseAcceptRates: readonly number[];
  readonly bootstrapRounds: number;
  readonly seed: number;
}

export interface ValidationRate {
  /** The FAR asked for. */
  readonly far: number;
  /** 0 to 1, the share of genuine pairs that are accepted. */
  readonly val: number;
  /** Of `val`, by bootstrap over people; null without rounds. */
  readonly standardError: number | null;
  /** Euclidean distance; what is closer is accepted. */
  readonly threshold: number;
  /** What the figure rests on. */
  readonly impostorsAccepted: number;
}

export interface RocPoint {
  readonly far: number;
  readonly val: number;
  readonly threshold: number;
}

export interface VerificationScores {
  readonly faces: number;
  readonly people: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly rates: readonly ValidationRate[];
  /** At FARs of 1, 2 and 5 by decades, from the first that accepts an impostor to a tenth, or as far as the impostors
   *  that were kept reach. */
  readonly roc: readonly RocPoint[];
  readonly equalError: { readonly rate: number; readonly threshold: number };
  readonly distances: DistanceCounts;
}

/** A resample's threshold may lie farther out than that of the whole: so much more is kept than is asked for. */
const keptPerFar = 3;
const leastKeptShare = 0.02;
const shareGrowth = 4;
const lowestRocExponent = -9;
const highestRocFar = 0.1;
/** Keeps a point from resting on the last pair that was kept. */
const reachMargin = 1e-3;

const fewestImpostorsAccepted = 10;

/** See [Note: enough impostors]. */
export function isEnough(far: number, impostorPairs: number): boolean {
  return far * impostorPairs >= fewestImpostorsAccepted;
}

/** @throws AppError "bad-argument" for rates that are none, lists that do not fit, or no pairs of either kind */
export function measureVerification(faces: LabeledEmbeddings, options: VerificationOptions): VerificationScores {
  for (const far of options.falseAcceptRates) {
    if (!(far > 0 && far < 1)) throw new AppError('bad-argument', `Expected a FAR between 0 and 1 but received ${far}`);
  }
  let keepShare = Math.max(leastKeptShare, keptPerFar * Math.max(0, ...options.falseAcceptRates));
  for (;;) {
    const pairs = measurePairs(faces, options.metric, keepShare);
    const scores = scorePairs(pairs, options);
    if (scores !== null) return scores;
    // The pairs that were kept end before a threshold does: rare, and answered with more of them.
    keepShare *= shareGrowth;
  }
}

/** Draws VAL anew by [Note: bootstrap over people]. Two embeddings of the same faces get the same draws from the same seed, so
 *  that the standard error of their difference is that of the differences of their rounds.
 *  @returns by round and FAR
 *  @throws AppError as measureVerification */
export function drawValidationRates(faces: LabeledEmbeddings, options: VerificationOptions): number[][] {
  let keepShare = Math.max(leastKeptShare, keptPerFar * Math.max(0, ...options.falseAcceptRates));
  for (;;) {
    const rounds = bootstrap(measurePairs(faces, options.metric, keepShare), options);
    if (rounds !== null) return rounds;
    keepShare *= shareGrowth;
  }
}

/** @returns null where the impostors that were kept do not reach far enough */
function scorePairs(pairs: MeasuredPairs, options: VerificationOptions): VerificationScores | null {
  const { genuine, impostors, impostorCount, faceCounts } = pairs;
  const once = new Float64Array(faceCounts.length).fill(1);
  const found = validate(pairs, once, options.falseAcceptRates);
  const equalError = findEqualError(genuine, impostors, impostorCount);
  if (found === null || equalError === null) return null;
  const rounds = bootstrap(pairs, options);
  if (rounds === null) return null;
  return {
    faces: faceCounts.reduce((total, count) => total + count, 0),
    people: faceCounts.length,
    genuinePairs: genuine.squaredDistances.length,
    impostorPairs: impostorCount,
    rates: found.map((rate, index) => ({ ...rate, standardError: standardDeviation(rounds.map((round) => round[index]!)) })),
    roc: listRoc(pairs, once),
    equalError,
    distances: pairs.distances,
  };
}

/** @returns by round and FAR; null where the impostors that were kept do not reach far enough */
function bootstrap(pairs: MeasuredPairs, options: VerificationOptions): number[][] | null {
  const random = createRandom(options.seed);
  const peopleCount = pairs.faceCounts.length;
  const rounds: number[][] = [];
  while (rounds.length < options.bootstrapRounds) {
    const weights = new Float64Array(peopleCount);
    for (let draw = 0; draw < peopleCount; draw++) weights[Math.floor(random() * peopleCount)]! += 1;
    const drawn = weighPairs(pairs, weights);
    // Of a handful of people a draw may hold one alone, or nobody with two faces: it says nothing, and is drawn again.
    if (drawn.genuine === 0 || drawn.impostors === 0) continue;
    const rates = validate(pairs, weights, options.falseAcceptRates);
    if (rates === null) return null;
    rounds.push(rates.map(({ val }) => val));
  }
  return rounds;
}

/** @returns how many pairs of each kind there are where everybody counts by weight */
function weighPairs({ faceCounts }: MeasuredPairs, weights: Float64Array): { genuine: number; impostors: number } {
  let genuine = 0;
  let drawn = 0;
  let ofOnePerson = 0;
  faceCounts.forEach((count, person) => {
    const weight = weights[person]!;
    genuine += (weight * count * (count - 1)) / 2;
    drawn += weight * count;
    ofOnePerson += (weight * count) ** 2;
  });
  return { genuine, impostors: (drawn ** 2 - ofOnePerson) / 2 };
}

/** @param weights [people], how often each counts, see [Note: bootstrap over people]
 *  @returns by FAR; null where the impostors that were kept do not reach far enough */
export function validate(
  pairs: MeasuredPairs,
  weights: Float64Array,
  fars: readonly number[],
): Omit<ValidationRate, 'standardError'>[] | null {
  const { impostors, genuine } = pairs;
  const total = weighPairs(pairs, weights);
  const isWhole = impostors.squaredDistances.length === pairs.impostorCount;
  const rates: Omit<ValidationRate, 'standardError'>[] = new Array(fars.length);
  // From the smallest FAR to the largest, both lists are read once.
  const order = fars.map((_, index) => index).sort((one, other) => fars[one]! - fars[other]!);
  let impostorAt = 0;
  let impostorWeight = 0;
  let genuineAt = 0;
  let genuineWeight = 0;
  for (const index of order) {
    const far = fars[index]!;
    // A product of shares and counts may come out a hair off the whole number it means.
    const allowed = far * total.impostors * (1 + 1e-12);
    for (; impostorAt < impostors.squaredDistances.length; impostorAt++) {
      const next = weighImpostor(impostors, impostorAt, weights);
      if (impostorWeight + next > allowed) break;
      impostorWeight += next;
    }
    if (impostorAt === impostors.squaredDistances.length && !isWhole) return null;
    const limit = impostors.squaredDistances[impostorAt] ?? Number.POSITIVE_INFINITY;
    for (; genuineAt < genuine.squaredDistances.length && genuine.squaredDistances[genuineAt]! < limit; genuineAt++) {
      genuineWeight += weights[genuine.firstPeople[genuineAt]!]!;
    }
    // What is as far as the first that is one too many is not accepted either.
    let tied = 0;
    for (let at = impostorAt - 1; at >= 0 && impostors.squaredDistances[at] === limit; at--) {
      tied += weighImpostor(impostors, at, weights);
    }
    rates[index] = {
      far,
      val: genuineWeight / total.genuine,
      threshold: Math.sqrt(limit),
      impostorsAccepted: impostorWeight - tied,
    };
  }
  return rates;
}

function weighImpostor(impostors: FacePairs, index: number, weights: Float64Array): number {
  return weights[impostors.firstPeople[index]!]! * weights[impostors.secondPeople[index]!]!;
}

function listRoc(pairs: MeasuredPairs, once: Float64Array): RocPoint[] {
  const reach = pairs.impostors.squaredDistances.length / pairs.impostorCount;
  const fars: number[] = [];
  for (let exponent = lowestRocExponent; exponent < 0; exponent++) {
    for (const step of [1, 2, 5]) {
      const far = Number(`${step}e${exponent}`);
      if (far * pairs.impostorCount >= 1 && far <= highestRocFar && far < reach * (1 - reachMargin)) fars.push(far);
    }
  }
  const rates = validate(pairs, once, fars) ?? [];
  return rates.map(({ far, val, threshold }) => ({ far, val, threshold }));
}

/** @returns where the share of genuine pairs refused and that of impostors accepted cross: their mean at the distance
 *    where they differ least; null where the impostors that were kept end before */
function findEqualError(
  genuine: FacePairs,
  impostors: FacePairs,
  impostorCount: number,
): { rate: number; threshold: number } | null {
  const genuineCount = genuine.squaredDistances.length;
  let accepted = 0;
  let best = { gap: Number.POSITIVE_INFINITY, rate: 1, threshold: 0 };
  for (let falsely = 0; falsely < impostors.squaredDistances.length; falsely++) {
    const limit = impostors.squaredDistances[falsely]!;
    while (accepted < genuineCount && genuine.squaredDistances[accepted]! < limit) accepted += 1;
    // Equal distances are accepted together or not at all.
    if (falsely > 0 && impostors.squaredDistances[falsely - 1] === limit) continue;
    const refused = 1 - accepted / genuineCount;
    const far = falsely / impostorCount;
    const gap = Math.abs(refused - far);
    if (gap < best.gap) best = { gap, rate: (refused + far) / 2, threshold: Math.sqrt(limit) };
    if (far >= refused) return { rate: best.rate, threshold: best.threshold };
  }
  return impostors.squaredDistances.length === impostorCount ? { rate: best.rate, threshold: best.threshold } : null;
}
