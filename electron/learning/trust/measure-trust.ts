/**
 * Measures on faces that a user has confirmed how far recognition can be trusted at the distance in use.
 *
 * [Note: told apart] A face is right where the nearest of all other confirmed faces is of its own person and within the
 * distance; mistaken where the nearest within the distance is somebody else's; unsure where nobody is within it. A face
 * whose person has no other cannot be any of these and is not counted. Confirmed faces are not drawn at random: a user
 * confirms what was found, so faces that recognition never brought near their person are missing, and the figures flatter.
 */

import { AppError } from '../../base/errors.ts';
import { projectEmbeddings } from '../../clustering/neighbours/projection.ts';
import type { Projection } from '../../terms/projection.ts';
import { readRows, visitPairs, type LabeledEmbeddings } from '../verification/face-pairs.ts';
import { isEnough, measureVerification, type ValidationRate, type VerificationScores } from '../verification/verification.ts';

export interface TrustOptions {
  /** Euclidean distance of unit vectors up to which two faces are taken for one person's. */
  readonly threshold: number;
  /** That faces go through before they are compared. */
  readonly projection: Projection | null;
  readonly falseAcceptRates: readonly number[];
  readonly bootstrapRounds: number;
  /** Pairs of people that are told, the nearest first. */
  readonly mostPairs: number;
  readonly seed: number;
}

export interface NearPeople {
  readonly first: string;
  readonly second: string;
  /** Their two nearest faces, as positions in the faces given. */
  readonly firstFace: number;
  readonly secondFace: number;
  /** Euclidean, of these. */
  readonly distance: number;
  readonly pairs: number;
  /** Pairs of a face of each that are within the distance in use. */
  readonly pairsWithin: number;
}

/** What its worker thread is given. */
export interface TrustTask {
  readonly faces: LabeledEmbeddings;
  readonly options: TrustOptions;
}

export interface TrustScores {
  /** Faces and people that were measured. */
  readonly faces: number;
  readonly people: number;
  readonly threshold: number;
  /** See [Note: told apart]. */
  readonly toldApart: { readonly right: number; readonly mistaken: number; readonly unsure: number };
  readonly genuinePairs: number;
  readonly genuineWithin: number;
  readonly impostorPairs: number;
  readonly impostorsWithin: number;
  /** At those FARs that the impostor pairs suffice for, see [Note: enough impostors] in verification.ts. */
  readonly rates: readonly ValidationRate[];
  readonly roc: VerificationScores['roc'];
  readonly equalError: VerificationScores['equalError'];
  readonly distances: VerificationScores['distances'];
  readonly nearest: readonly NearPeople[];
}

/** People with two faces that it takes before anything can be measured. */
export const fewestPeople = 2;

/** @param people [n], whose face each is
 *  @returns whether there are enough for measureTrust */
export function canMeasureTrust(people: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length >= fewestPeople;
}

/** @throws AppError "bad-argument" where canMeasureTrust says no */
export function measureTrust(given: LabeledEmbeddings, options: TrustOptions): TrustScores {
  if (!canMeasureTrust(given.people)) {
    throw new AppError('bad-argument', `Expected ${fewestPeople} people with two faces but received fewer`);
  }
  const faces = projectFaces(given, options.projection);
  const verification = measureVerification(faces, {
    metric: 'cosine',
    falseAcceptRates: options.falseAcceptRates,
    bootstrapRounds: options.bootstrapRounds,
    seed: options.seed,
  });
  const near = compareEverybody(faces, options.threshold);
  return {
    faces: verification.faces,
    people: verification.people,
    threshold: options.threshold,
    toldApart: near.toldApart,
    genuinePairs: verification.genuinePairs,
    genuineWithin: near.genuineWithin,
    impostorPairs: verification.impostorPairs,
    impostorsWithin: near.impostorsWithin,
    rates: verification.rates.filter(({ far }) => isEnough(far, verification.impostorPairs)),
    roc: verification.roc,
    equalError: verification.equalError,
    distances: verification.distances,
    nearest: near.listNearest(options.mostPairs),
  };
}

function projectFaces(faces: LabeledEmbeddings, projection: Projection | null): LabeledEmbeddings {
  if (projection === null) return faces;
  return { ...faces, embeddings: projectEmbeddings(faces.embeddings, faces.length, projection), length: projection.outputLength };
}

function compareEverybody(faces: LabeledEmbeddings, threshold: number) {
  const names = [...new Set(faces.people)];
  const indices = new Map(names.map((name, index) => [name, index]));
  const persons = Int32Array.from(faces.people, (name) => indices.get(name)!);
  const faceCounts = new Int32Array(names.length);
  for (const person of persons) faceCounts[person]! += 1;
  const count = persons.length;
  const nearestOwn = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const nearestOther = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const pairs = new Map<number, { squared: number; firstFace: number; secondFace: number; within: number }>();
  const limit = threshold * threshold;
  let genuineWithin = 0;
  let impostorsWithin = 0;
  visitPairs(readRows(faces, 'cosine'), faces.length, (one, other, squared) => {
    const isWithin = squared <= limit;
    if (persons[one] === persons[other]) {
      nearestOwn[one] = Math.min(nearestOwn[one]!, squared);
      nearestOwn[other] = Math.min(nearestOwn[other]!, squared);
      if (isWithin) genuineWithin += 1;
      return;
    }
    nearestOther[one] = Math.min(nearestOther[one]!, squared);
    nearestOther[other] = Math.min(nearestOther[other]!, squared);
    if (isWithin) impostorsWithin += 1;
    const [first, second] = persons[one]! < persons[other]! ? [one, other] : [other, one];
    const key = persons[first]! * names.length + persons[second]!;
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { squared, firstFace: first, secondFace: second, within: isWithin ? 1 : 0 });
    else {
      if (isWithin) pair.within += 1;
      if (squared < pair.squared) Object.assign(pair, { squared, firstFace: first, secondFace: second });
    }
  });
  const toldApart = { right: 0, mistaken: 0, unsure: 0 };
  for (let face = 0; face < count; face++) {
    const [own, other] = [nearestOwn[face]!, nearestOther[face]!];
    if (own === Number.POSITIVE_INFINITY) continue;
    toldApart[Math.min(own, other) > limit ? 'unsure' : own < other ? 'right' : 'mistaken'] += 1;
  }
  const listNearest = (most: number): NearPeople[] =>
    [...pairs.values()]
      .sort((one, other) => one.squared - other.squared || one.firstFace - other.firstFace || one.secondFace - other.secondFace)
      .slice(0, most)
      .map(({ squared, firstFace, secondFace, within }) => ({
        first: names[persons[firstFace]!]!,
        second: names[persons[secondFace]!]!,
        firstFace,
        secondFace,
        distance: Math.sqrt(squared),
        pairs: faceCounts[persons[firstFace]!]! * faceCounts[persons[secondFace]!]!,
        pairsWithin: within,
      }));
  return { toldApart, genuineWithin, impostorsWithin, listNearest };
}
