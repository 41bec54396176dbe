/**
 * Measures what a projection does to faces and people that it was not trained on.
 *
 * [Note: held out] Faces of every person are dealt into as many folds as there are, photo by photo; each fold's faces are
 * measured with a projection trained on the others'. And people are dealt into two halves; each half's are measured with
 * a projection trained on the other's: what is learnt from some must not spoil others.
 *
 * [Note: matched distances] A projection moves people apart who were confused, and others less. So the distance that lets one
 * in a thousand pairs of different people pass is measured before and after, on what a library gets next: held-out faces
 * of its people, and strangers. Faces that were trained on would be further apart than any new one will be.
 *
 * [Note: gain beyond its error] VAL is taken at the smallest FAR that at least `leastImpostors` impostor pairs of a fold stand
 * behind. Before and after are measured on the same pairs, so their difference is bootstrapped as a whole: a round draws
 * people with replacement, as [Note: bootstrap over people] says, and takes both anew. Its standard error is the standard
 * deviation over the rounds. A gain counts where it is larger than that.
 */

import { createRandom, shuffle, type Random } from '../../base/random.ts';
import { dotProductAt } from '../../geometry/vectors.ts';
import { measurePairs, type MeasuredPairs } from '../verification/face-pairs.ts';
import { standardDeviation } from '../verification/spread.ts';
import { validate } from '../verification/verification.ts';
import { mapToUnits, pickRows, trainProjection, type LabelledVectors, type ProjectionTraining } from './train-projection.ts';

export interface Gain {
  readonly far: number;
  /** 0 to 1, means over the folds. */
  readonly valBefore: number;
  readonly valAfter: number;
  /** Of their difference. */
  readonly standardError: number;
}

/** Of two people, held-out pairs of a face of each that are closer than the threshold of the fold's FAR. */
export interface Confusion {
  readonly people: readonly [number, number];
  readonly before: number;
  readonly after: number;
}

export interface HoldOutResult {
  /** Of held-out faces of the people that were trained on. */
  readonly faces: Gain;
  /** Of people that were not; null where there are too few for halves. */
  readonly others: Gain | null;
  /** See [Note: matched distances]. */
  readonly distanceScale: number;
  /** Where fewer pairs are confused than before, the largest change first. */
  readonly toldApart: readonly Confusion[];
}

export interface LabelledPhotoVectors extends LabelledVectors {
  /** Faces that nobody has labelled, and whom they are taken for. */
  readonly strangers: { readonly units: Float32Array; readonly people: readonly number[] };
  /** [n], equal for faces of one photo */
  readonly photos: Int32Array;
}

type TrainingOptions = Omit<ProjectionTraining, 'random'>;

interface Fold {
  readonly distanceScale: number;
  readonly before: MeasuredPairs;
  readonly after: MeasuredPairs;
}

const faceFolds = 3;
const rates = [1e-4, 1e-3];
const leastImpostors = 3;
const bootstrapRounds = 200;
const matchedFar = 1e-3;
/** Enough for a resample's threshold, see verification.ts. */
const keptShare = 0.1;
const leastPeopleForHalves = 8;

/** @param onProgress told the share that is done, 0 to 1
 *  @returns null where the faces give too few pairs to measure anything */
export function measureOnHeldOut(
  labelled: LabelledPhotoVectors,
  training: TrainingOptions,
  { seed, onProgress }: { readonly seed: number; readonly onProgress: (done: number) => void },
): HoldOutResult | null {
  const random = createRandom(seed);
  const byFace = dealPhotos(labelled.photos, random);
  const peopleCount = new Set(labelled.people).size;
  const trainings = faceFolds + (peopleCount >= leastPeopleForHalves ? 2 : 0);
  let done = 0;
  const measure = (parts: Int32Array, part: number): Fold | null => {
    const fold = measureFold(labelled, parts, part, { ...training, random });
    onProgress(++done / trainings);
    return fold;
  };
  const folds = Array.from({ length: faceFolds }, (_, part) => measure(byFace, part)).filter((fold) => fold !== null);
  const faces = measureGain(folds, createRandom(seed + 1));
  if (faces === null) return null;
  const halves = peopleCount < leastPeopleForHalves ? [] : [0, 1].map((part) => measure(dealPeople(labelled.people, createRandom(seed + 2)), part));
  const others = measureGain(halves.filter((fold) => fold !== null), createRandom(seed + 3));
  const distanceScale = folds.reduce((sum, fold) => sum + fold.distanceScale, 0) / folds.length;
  return { faces, others, distanceScale, toldApart: listToldApart(folds, faces.far) };
}

/** @returns null where the part holds no pairs of one person or of two */
function measureFold(labelled: LabelledPhotoVectors, parts: Int32Array, part: number, training: ProjectionTraining): Fold | null {
  const { units, length, people } = labelled;
  const all = Array.from(people, (_, face) => face);
  const trained = all.filter((face) => parts[face] !== part);
  const heldOut = all.filter((face) => parts[face] === part);
  const names = heldOut.map((face) => String(people[face]!));
  const hasBoth = new Set(names).size > 1 && new Set(names).size < names.length;
  if (!hasBoth) return null;
  const matrix = trainProjection(
    { units: pickRows(units, length, trained), length, people: Int32Array.from(trained, (face) => people[face]!) },
    training,
  );
  const embeddings = pickRows(units, length, heldOut);
  const measure = (rows: Float32Array): MeasuredPairs => measurePairs({ embeddings: rows, length, people: names }, 'cosine', keptShare);
  const after = mapToUnits(embeddings, matrix, length).embeddings;
  const { strangers } = labelled;
  const shown = [...heldOut.map((face) => people[face]!), ...strangers.people];
  const distanceScale = compareDistances(
    join(embeddings, strangers.units),
    join(after, mapToUnits(strangers.units, matrix, length).embeddings),
    shown,
    length,
  );
  return { distanceScale, before: measure(embeddings), after: measure(after) };
}

/** @returns by how much the distance grows that lets the same share of pairs of different people pass, see
 *    [Note: matched distances] */
function compareDistances(before: Float32Array, after: Float32Array, people: readonly number[], length: number): number {
  const [near, nearAfter] = [before, after].map((units) => listStrangersDistances(units, length, people)) as [Float64Array, Float64Array];
  const passing = Math.floor(near.length * matchedFar);
  const scale = Math.sqrt(nearAfter[passing]! / near[passing]!);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

/** @returns squared distances of all pairs of two people, ascending */
function listStrangersDistances(units: Float32Array, length: number, people: readonly number[]): Float64Array {
  const distances: number[] = [];
  for (let one = 0; one < people.length; one++) {
    for (let other = one + 1; other < people.length; other++) {
      if (people[one] === people[other]) continue;
      distances.push(2 - 2 * dotProductAt(units, one * length, units, other * length, length));
    }
  }
  return Float64Array.from(distances).sort();
}

function join(one: Float32Array, other: Float32Array): Float32Array {
  const both = new Float32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** See [Note: gain beyond its error]. */
function measureGain(folds: readonly Fold[], random: Random): Gain | null {
  const far = rates.find((rate) => folds.every(({ before }) => before.impostorCount * rate >= leastImpostors));
  if (folds.length === 0 || far === undefined) return null;
  const names = [...new Set(folds.flatMap(({ before }) => before.people))].sort();
  const once = new Map(names.map((name) => [name, 1]));
  const whole = averageRates(folds, once, far);
  if (whole === null) return null;
  const differences: number[] = [];
  for (let round = 0; round < bootstrapRounds; round++) {
    const weights = new Map(names.map((name) => [name, 0]));
    for (let draw = 0; draw < names.length; draw++) {
      const name = names[Math.floor(random() * names.length)]!;
      weights.set(name, weights.get(name)! + 1);
    }
    const drawn = averageRates(folds, weights, far);
    // Of a handful of people a draw may hold one alone: it says nothing.
    if (drawn !== null) differences.push(drawn.after - drawn.before);
  }
  return { far, valBefore: whole.before, valAfter: whole.after, standardError: standardDeviation(differences) ?? Number.POSITIVE_INFINITY };
}

function averageRates(folds: readonly Fold[], weights: ReadonlyMap<string, number>, far: number): { before: number; after: number } | null {
  let before = 0;
  let after = 0;
  for (const fold of folds) {
    const ofFold = Float64Array.from(fold.before.people, (name) => weights.get(name) ?? 0);
    const rate = (pairs: MeasuredPairs): number => validate(pairs, ofFold, [far])?.[0]?.val ?? Number.NaN;
    before += rate(fold.before) / folds.length;
    after += rate(fold.after) / folds.length;
  }
  return Number.isFinite(before) && Number.isFinite(after) ? { before, after } : null;
}

function listToldApart(folds: readonly Fold[], far: number): Confusion[] {
  const counts = new Map<string, { people: [number, number]; before: number; after: number }>();
  for (const fold of folds) {
    const once = new Float64Array(fold.before.people.length).fill(1);
    // One distance for both: where they are confused less at the same distance, they are told apart better.
    const threshold = validate(fold.before, once, [far * 10])?.[0]?.threshold ?? 0;
    for (const side of ['before', 'after'] as const) {
      const { impostors, people } = fold[side];
      for (let at = 0; at < impostors.squaredDistances.length && impostors.squaredDistances[at]! < threshold ** 2; at++) {
        const pair = [impostors.firstPeople[at]!, impostors.secondPeople[at]!].map((index) => Number(people[index]));
        const [one, other] = pair.sort((first, second) => first - second) as [number, number];
        const count = counts.get(`${one} ${other}`) ?? { people: [one, other], before: 0, after: 0 };
        count[side] += 1;
        counts.set(`${one} ${other}`, count);
      }
    }
  }
  const better = [...counts.values()].filter(({ before, after }) => after < before);
  return better.sort((one, other) => other.before - other.after - (one.before - one.after));
}

/** @returns [n], the part of each face: one for all faces of a photo */
function dealPhotos(photos: Int32Array, random: Random): Int32Array {
  return dealOutEvenly(photos, faceFolds, random);
}

function dealPeople(people: Int32Array, random: Random): Int32Array {
  return dealOutEvenly(people, 2, random);
}

/** Each value gets a part, all parts nearly as many values. */
function dealOutEvenly(values: Int32Array, parts: number, random: Random): Int32Array {
  const distinct = shuffle([...new Set(values)], random);
  const partOf = new Map(distinct.map((value, index) => [value, index % parts]));
  return Int32Array.from(values, (value) => partOf.get(value)!);
}
