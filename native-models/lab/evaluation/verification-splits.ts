/**
 * Measures VAL at given FARs the way FaceNet reports it: on splits of the people, as a mean with its standard error.
 *
 * [Note: identity-disjoint splits] The people are dealt into as many parts as asked for, so that no person is in two. Each
 * part is measured alone, all of its pairs with a threshold of its own, and what is told is the mean over the parts and the
 * standard deviation between them divided by the root of their number. VAL(d) and FAR(d) are of the squared Euclidean
 * distance d, as in the paper; an order of distances is one of their squares too, so thresholds are told as plain distances
 * here as everywhere.
 * Source: Schroff, Kalenichenko and Philbin 2015, sections 4 and 4.1: five splits of the hold-out set.
 */

import { AppError } from '../../../electron/base/errors.ts';
import { createRandom } from '../../../electron/base/random.ts';
import type { LabeledEmbeddings, PairMetric } from '../../../electron/learning/verification/face-pairs.ts';
import { meanWithError } from '../../../electron/learning/verification/spread.ts';
import { isEnough, measureVerification } from '../../../electron/learning/verification/verification.ts';

export interface SplitOptions {
  readonly metric: PairMetric;
  /** Shares of impostor pairs, each between 0 and 1. */
  readonly falseAcceptRates: readonly number[];
  /** How many parts, 2 or more. */
  readonly splits: number;
  readonly seed: number;
}

export interface SplitRate {
  /** The FAR asked for. */
  readonly far: number;
  /** Whether the impostor pairs of every part suffice, see [Note: enough impostors] in verification.ts. */
  readonly isEnough: boolean;
  /** Mean over the parts, 0 to 1; null where they do not suffice. */
  readonly val: number | null;
  /** Of the mean; null likewise. */
  readonly standardError: number | null;
}

export interface SplitScores {
  readonly parts: readonly {
    readonly people: number;
    readonly faces: number;
    readonly genuinePairs: number;
    readonly impostorPairs: number;
  }[];
  readonly rates: readonly SplitRate[];
}

/** @throws AppError "bad-argument" for fewer than two parts, or a part without pairs of both kinds */
export function measureSplits(faces: LabeledEmbeddings, { metric, falseAcceptRates, splits, seed }: SplitOptions): SplitScores {
  if (!Number.isInteger(splits) || splits < 2) throw new AppError('bad-argument', `Expected two splits or more but received ${splits}`);
  if (!canSplit(faces.people, { splits, seed })) {
    throw new AppError('bad-argument', `Expected pairs of one person and of two in each of ${splits} splits but received too few people`);
  }
  const scores = dealPeople(faces.people, splits, seed).map((people) =>
    measureVerification(pickPeople(faces, people), { metric, falseAcceptRates, bootstrapRounds: 0, seed }),
  );
  return {
    parts: scores.map(({ people, faces: count, genuinePairs, impostorPairs }) => ({ people, faces: count, genuinePairs, impostorPairs })),
    rates: falseAcceptRates.map((far, index): SplitRate => {
      const suffice = scores.every(({ impostorPairs }) => isEnough(far, impostorPairs));
      if (!suffice) return { far, isEnough: false, val: null, standardError: null };
      const { mean: val, standardError } = meanWithError(scores.map(({ rates }) => rates[index]!.val));
      return { far, isEnough: true, val, standardError };
    }),
  };
}

/** @param people [n], whose face each is
 *  @returns whether every part has two people, and one of them two faces */
export function canSplit(people: readonly string[], { splits, seed }: Pick<SplitOptions, 'splits' | 'seed'>): boolean {
  const counts = countFaces(people);
  return dealPeople(people, splits, seed).every((part) => part.size > 1 && [...part].some((person) => counts.get(person)! > 1));
}

/** Deals people out one by one, those with many faces first, so that no part gets all of them.
 *  @param people [n], whose face each is */
function dealPeople(people: readonly string[], splits: number, seed: number): Set<string>[] {
  const counts = countFaces(people);
  const random = createRandom(seed);
  const order = [...counts.keys()].sort().map((person) => ({ person, count: counts.get(person)!, draw: random() }));
  order.sort((one, other) => other.count - one.count || one.draw - other.draw);
  const parts = Array.from({ length: splits }, () => new Set<string>());
  order.forEach(({ person }, index) => parts[index % splits]!.add(person));
  return parts;
}

function countFaces(people: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
  return counts;
}

function pickPeople({ embeddings, length, people }: LabeledEmbeddings, wanted: ReadonlySet<string>): LabeledEmbeddings {
  const rows = people.flatMap((person, row) => (wanted.has(person) ? [row] : []));
  const picked = new Float32Array(rows.length * length);
  rows.forEach((row, index) => picked.set(embeddings.subarray(row * length, (row + 1) * length), index * length));
  return { embeddings: picked, length, people: rows.map((row) => people[row]!) };
}
