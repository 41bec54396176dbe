/**
 * Trains a square linear map on top of embeddings by triplets, starting from leaving them as they are.
 *
 * [Note: preserved distances] What a library demands of two faces is measured for the pack's distances, and most of its faces
 * nobody has labelled. So beside the triplets each step looks at pairs of any faces of the library: by how much their
 * distances differ from the pack's. The map turns and stretches where confirmed people need it and leaves the rest alone.
 * Squared distances are measured in units of the pack's own (`sameDistance` squared), as packs differ in scale.
 */

import type { Random } from '../../base/random.ts';
import { selectTriplets } from '../triplets/select-triplets.ts';
import { addTripletGradient } from '../triplets/triplet-gradient.ts';
import { drawBatch } from './draw-batch.ts';
import { addTransposedProduct, multiplyTransposed } from './matrices.ts';

export interface LabelledVectors {
  /** [n, length], unit vectors */
  readonly units: Float32Array;
  readonly length: number;
  /** [n], who each shows */
  readonly people: Int32Array;
}

export interface ProjectionTraining {
  /** [m, length], unit vectors of any faces of the library */
  readonly background: Float32Array;
  /** The pack's, Euclidean, of unit vectors. */
  readonly sameDistance: number;
  readonly steps: number;
  /** Falls to nothing in a straight line. */
  readonly learningRate: number;
  /** Of squared distances, as a share of the square of `sameDistance`. */
  readonly marginShare: number;
  /** Weight of [Note: preserved distances] beside the average active triplet. */
  readonly preservation: number;
  readonly random: Random;
}

/** Faces of one person in a batch, people in it, and faces of the library whose distances are kept in a step. */
const facesPerPerson = 8;
const peoplePerBatch = 32;
const preservedPerStep = 128;

/** @returns [length, length], to be multiplied from the left: row i makes number i of the new vector */
export function trainProjection(labelled: LabelledVectors, options: ProjectionTraining): Float32Array {
  const { length } = labelled;
  const matrix = new Float32Array(length * length);
  for (let at = 0; at < length; at++) matrix[at * length + at] = 1;
  for (let step = 0; step < options.steps; step++) {
    const gradient = new Float32Array(matrix.length);
    addTripletStep(matrix, labelled, options, gradient);
    addPreservation(matrix, length, options, gradient);
    const rate = options.learningRate * (1 - step / options.steps);
    for (let at = 0; at < matrix.length; at++) matrix[at]! -= rate * gradient[at]!;
  }
  return matrix;
}

function addTripletStep(matrix: Float32Array, labelled: LabelledVectors, options: ProjectionTraining, sum: Float32Array): void {
  const { length, units, people } = labelled;
  const { sameDistance, marginShare, random } = options;
  const faces = drawBatch(people, { facesPerPerson, peoplePerBatch }, random);
  const batch = pickRows(units, length, faces);
  const { embeddings, norms } = mapToUnits(batch, matrix, length);
  const squared = multiplyTransposed(embeddings, embeddings, length).map((cosine) => Math.max(0, 2 - 2 * cosine));
  const margin = marginShare * sameDistance ** 2;
  const batchPeople = Int32Array.from(faces, (face) => people[face]!);
  const triplets = selectTriplets(squared, batchPeople, { negatives: 'semi-hard', positives: 'all', margin, random });
  if (triplets.anchors.length === 0) return;
  const gradient = new Float32Array(embeddings.length);
  addTripletGradient(embeddings, length, triplets, { margin, gradient });
  const share = 1 / triplets.anchors.length;
  addMapGradient({ batch, embeddings, norms, gradient: gradient.map((value) => value * share), length }, sum);
}

/** See [Note: preserved distances]. */
function addPreservation(matrix: Float32Array, length: number, options: ProjectionTraining, sum: Float32Array): void {
  const { background, sameDistance, preservation, random } = options;
  const count = background.length / length;
  if (count < 2) return;
  const faces = Array.from({ length: Math.min(preservedPerStep, count) }, () => Math.floor(random() * count));
  const batch = pickRows(background, length, faces);
  const { embeddings, norms } = mapToUnits(batch, matrix, length);
  const before = multiplyTransposed(batch, batch, length);
  const difference = multiplyTransposed(embeddings, embeddings, length).map((cosine, at) => cosine - before[at]!);
  // Of the mean squared difference of squared distances, in units of the pack's distance to the fourth power; times its
  // square, as the triplets' loss is in units of that.
  const weight = (4 * 4 * preservation) / (sameDistance ** 2 * faces.length ** 2);
  const transposed = transpose(embeddings, length);
  const gradient = multiplyTransposed(difference, transposed, faces.length).map((value) => value * weight);
  addMapGradient({ batch, embeddings, norms, gradient, length }, sum);
}

/** From the gradient by unit vectors to that by the matrix: what only changes their lengths changes nothing. */
function addMapGradient(
  { batch, embeddings, norms, gradient, length }: {
    readonly batch: Float32Array;
    readonly embeddings: Float32Array;
    readonly norms: Float32Array;
    readonly gradient: Float32Array;
    readonly length: number;
  },
  sum: Float32Array,
): void {
  const tangent = new Float32Array(gradient.length);
  norms.forEach((norm, row) => {
    const start = row * length;
    let along = 0;
    for (let at = 0; at < length; at++) along += gradient[start + at]! * embeddings[start + at]!;
    for (let at = 0; at < length; at++) tangent[start + at] = (gradient[start + at]! - along * embeddings[start + at]!) / norm;
  });
  addTransposedProduct(tangent, length, batch, length, sum);
}

/** @returns what the map makes of the rows, as unit vectors, and their lengths before */
export function mapToUnits(batch: Float32Array, matrix: Float32Array, length: number): { embeddings: Float32Array; norms: Float32Array } {
  const embeddings = multiplyTransposed(batch, matrix, length);
  const norms = new Float32Array(embeddings.length / length);
  norms.forEach((_, row) => {
    const mapped = embeddings.subarray(row * length, (row + 1) * length);
    let squares = 0;
    for (const value of mapped) squares += value * value;
    const norm = Math.sqrt(squares);
    norms[row] = norm;
    for (let at = 0; at < length; at++) mapped[at]! /= norm;
  });
  return { embeddings, norms };
}

export function pickRows(units: Float32Array, length: number, faces: readonly number[]): Float32Array {
  const rows = new Float32Array(faces.length * length);
  faces.forEach((face, row) => rows.set(units.subarray(face * length, (face + 1) * length), row * length));
  return rows;
}

function transpose(rows: Float32Array, length: number): Float32Array {
  const count = rows.length / length;
  return Float32Array.from(rows, (_, index) => rows[(index % count) * length + Math.floor(index / count)]!);
}
