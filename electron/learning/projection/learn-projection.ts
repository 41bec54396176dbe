/** Learns a projection from the people of a library, measures it on held-out faces, and says whether it is worth having. */

import { groupBy } from '../../base/group-by.ts';
import { createRandom, drawSome } from '../../base/random.ts';
import { findSubspace } from '../../clustering/neighbours/subspace.ts';
import { normalizeVector } from '../../geometry/vectors.ts';
import { measureOnHeldOut, type Gain, type HoldOutResult, type LabelledPhotoVectors } from './hold-out.ts';
import { pickRows, trainProjection, type ProjectionTraining } from './train-projection.ts';

export interface LearningInput {
  /** Numbers of an embedding. */
  readonly length: number;
  /** [n, length], any length but zero */
  readonly embeddings: Float32Array;
  /** [n], who the user says each face shows; -1 where the user has not said */
  readonly labels: Int32Array;
  /** [n], whom each face is taken for, the user's word or not; faces of different people are strangers to each other */
  readonly people: Int32Array;
  /** [n], equal for faces of one photo */
  readonly photos: Int32Array;
  /** The pack's, Euclidean, of unit vectors. */
  readonly sameDistance: number;
  readonly seed: number;
}

export interface LearningOptions {
  readonly steps: number;
  readonly learningRate: number;
  readonly marginShare: number;
  readonly preservation: number;
  /** Nothing is learnt from fewer. */
  readonly leastPeople: number;
  readonly leastFaces: number;
  /** Faces of one person beyond so many teach little more. */
  readonly mostFacesPerPerson: number;
  /** Faces of the library whose distances are preserved. */
  readonly backgroundFaces: number;
}

/** too-few: too few people or faces to learn from or to measure on. no-gain: VAL on held-out faces did not rise by more than
 *  its standard error. spoils-others: people that were not trained on are told apart worse, by more than two. */
export type Refusal = 'too-few' | 'no-gain' | 'spoils-others';

/** What its worker thread is given. */
export interface LearningTask {
  readonly input: LearningInput;
  readonly options: LearningOptions;
}

export interface LearningOutcome {
  readonly refusal: Refusal | null;
  readonly peopleCount: number;
  readonly faceCount: number;
  /** Null where nothing could be measured. */
  readonly heldOut: HoldOutResult | null;
  /** Null where it was refused. */
  readonly learnt: {
    /** [outputLength, length] */
    readonly matrix: Float32Array;
    readonly outputLength: number;
    /** What the pack's distance has to be multiplied by to let as many strangers pass as before. */
    readonly distanceScale: number;
  } | null;
}

/** A squared length that may be lost of a vector, as clustering does; see [Note: subspace]. */
const subspaceTolerance = 5e-4;
const othersErrors = 2;
/** All pairs of them are compared, twice for each fold. */
const mostStrangers = 800;

/** Deterministic for the same input.
 *  @param onProgress told the share that is done, 0 to 1 */
export function learnProjection(input: LearningInput, options: LearningOptions, onProgress: (done: number) => void): LearningOutcome {
  const random = createRandom(input.seed);
  const chosen = chooseFaces(input, options, random);
  const peopleCount = new Set(chosen.map((face) => input.labels[face]!)).size;
  const counts = { peopleCount, faceCount: chosen.length };
  const refuse = (refusal: Refusal, heldOut: HoldOutResult | null): LearningOutcome => ({ ...counts, refusal, heldOut, learnt: null });
  if (peopleCount < options.leastPeople || chosen.length < options.leastFaces) return refuse('too-few', null);
  const background = drawSome([...input.labels.keys()], options.backgroundFaces, random);
  const { basis, dimensions, write } = enterSubspace(input);
  const strangers = background.filter((face) => input.labels[face]! < 0).slice(0, mostStrangers);
  const labelled: LabelledPhotoVectors = {
    units: write(chosen),
    length: dimensions,
    people: Int32Array.from(chosen, (face) => input.labels[face]!),
    photos: Int32Array.from(chosen, (face) => input.photos[face]!),
    strangers: { units: write(strangers), people: strangers.map((face) => input.people[face]!) },
  };
  const ofBackground = write(background);
  const training: Omit<ProjectionTraining, 'random'> = {
    ...options,
    background: ofBackground,
    sameDistance: input.sameDistance,
  };
  const heldOut = measureOnHeldOut(labelled, training, { seed: input.seed, onProgress: (done) => onProgress(0.8 * done) });
  if (heldOut === null) return refuse('too-few', null);
  if (!isBeyondError(heldOut.faces)) return refuse('no-gain', heldOut);
  if (heldOut.others !== null && spoils(heldOut.others)) return refuse('spoils-others', heldOut);
  const square = trainProjection(labelled, { ...training, random });
  onProgress(1);
  const matrix = multiply(square, basis, dimensions, input.length);
  return { ...counts, refusal: null, heldOut, learnt: { matrix, outputLength: dimensions, distanceScale: heldOut.distanceScale } };
}

/** @returns faces of people with at least two, so many of each at most */
function chooseFaces({ labels }: LearningInput, { mostFacesPerPerson }: LearningOptions, random: () => number): number[] {
  const labelled = [...labels.keys()].filter((face) => labels[face]! >= 0);
  const several = [...groupBy(labelled, (face) => labels[face]!).values()].filter(({ length }) => length > 1);
  return several.flatMap((faces) => drawSome(faces, mostFacesPerPerson, random)).sort((one, other) => one - other);
}

/** Where embeddings use few of their dimensions, a projection of those is smaller, and learnt sooner. */
function enterSubspace({ embeddings, length, labels }: LearningInput): {
  basis: Float32Array;
  dimensions: number;
  write: (faces: readonly number[]) => Float32Array;
} {
  const pickUnit = (face: number): Float32Array => normalizeVector(embeddings.subarray(face * length, (face + 1) * length));
  const sample = new Float32Array(labels.length * length);
  labels.forEach((_, face) => sample.set(pickUnit(face), face * length));
  const subspace = findSubspace(sample, length, subspaceTolerance);
  if (subspace === null) return { basis: identity(length), dimensions: length, write: (faces) => pickRows(sample, length, faces) };
  const { dimensions, basis } = subspace;
  const write = (faces: readonly number[]): Float32Array => {
    const written = new Float32Array(faces.length * dimensions);
    faces.forEach((face, row) => subspace.write(sample.subarray(face * length, (face + 1) * length), written, row * dimensions));
    return written;
  };
  return { basis, dimensions, write };
}

function isBeyondError({ valBefore, valAfter, standardError }: Gain): boolean {
  return valAfter - valBefore > standardError;
}

function spoils({ valBefore, valAfter, standardError }: Gain): boolean {
  return valBefore - valAfter > othersErrors * standardError;
}

/** @param left [rows, inner] @param right [inner, columns] */
function multiply(left: Float32Array, right: Float32Array, inner: number, columns: number): Float32Array {
  const rows = left.length / inner;
  const product = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < inner; at++) {
      const factor = left[row * inner + at]!;
      for (let column = 0; column < columns; column++) product[row * columns + column]! += factor * right[at * columns + column]!;
    }
  }
  return product;
}

function identity(length: number): Float32Array {
  const matrix = new Float32Array(length * length);
  for (let at = 0; at < length; at++) matrix[at * length + at] = 1;
  return matrix;
}
