/** Measures the distances of all pairs of faces and keeps those that decide: every genuine one, and the impostors that come close. */

import { AppError } from '../../base/errors.ts';
import { normalizeVector } from '../../geometry/vectors.ts';
import { blockRows, createSimilarityKernel } from '../../clustering/neighbours/similarity-kernel.ts';

export interface LabeledEmbeddings {
  /** [n, length] */
  readonly embeddings: Float32Array;
  readonly length: number;
  /** [n], whose face each is. */
  readonly people: readonly string[];
}

/** euclidean: of the embeddings as they are. cosine: of the embeddings made unit vectors, whose Euclidean distance is
 *  sqrt(2 - 2 cos). */
export type PairMetric = 'euclidean' | 'cosine';

export interface FacePairs {
  /** Squared Euclidean distances, ascending. */
  readonly squaredDistances: Float32Array;
  /** The two people of each pair, as indices; equal for a genuine pair. */
  readonly firstPeople: Int32Array;
  readonly secondPeople: Int32Array;
}

export interface MeasuredPairs {
  /** Names by the indices that the pairs use. */
  readonly people: readonly string[];
  /** [people], how many faces each has. */
  readonly faceCounts: Int32Array;
  /** All of them. */
  readonly genuine: FacePairs;
  /** Those that come closer than any that was left out. */
  readonly impostors: FacePairs;
  readonly impostorCount: number;
  readonly distances: DistanceCounts;
}

/** How the Euclidean distances of all pairs are spread. */
export interface DistanceCounts {
  /** Every distance lies from 0 to this; the bins cut it into equal parts. */
  readonly highest: number;
  /** [bins] */
  readonly genuine: readonly number[];
  readonly impostors: readonly number[];
}

/** Impostor pairs looked at for where to cut: so many that a share of one in a hundred is known to a few per cent. */
const sampledPairs = 200_000;
/** Below this many pairs all are kept, whatever share is asked for: sampling would cost more. */
const keptAnyway = 1_000_000;
const distanceBins = 200;

/**
 * @param keepShare 0 to 1: about this share of the impostor pairs is kept, the closest ones
 * @throws AppError "bad-argument" for lists that do not fit, fewer than two people or no person with two faces
 */
export function measurePairs(faces: LabeledEmbeddings, metric: PairMetric, keepShare: number): MeasuredPairs {
  const { people, personIndices, faceCounts } = indexPeople(faces);
  const genuineCount = sum(faceCounts, (count) => (count * (count - 1)) / 2);
  const faceCount = personIndices.length;
  const impostorCount = (faceCount * (faceCount - 1)) / 2 - genuineCount;
  if (genuineCount === 0 || impostorCount === 0) {
    throw new AppError(
      'bad-argument',
      `Expected pairs of one person and of two but received ${genuineCount} and ${impostorCount}`,
    );
  }
  const rows = readRows(faces, metric);
  const cut = impostorCount <= keptAnyway || keepShare >= 1 ? Number.POSITIVE_INFINITY : sampleCut(rows, personIndices, keepShare);
  const genuine = new PairList();
  const impostors = new PairList();
  const counts = { genuine: new Float64Array(distanceBins), impostors: new Float64Array(distanceBins) };
  const highest = 2 * longestRow(rows);
  const binsPerUnit = highest === 0 ? 0 : distanceBins / highest;
  visitPairs(rows, faces.length, (first, second, squaredDistance) => {
    const firstPerson = personIndices[first]!;
    const secondPerson = personIndices[second]!;
    const bin = Math.min(distanceBins - 1, Math.floor(Math.sqrt(squaredDistance) * binsPerUnit));
    counts[firstPerson === secondPerson ? 'genuine' : 'impostors'][bin]! += 1;
    if (firstPerson === secondPerson) genuine.add(squaredDistance, firstPerson, secondPerson);
    else if (squaredDistance <= cut) impostors.add(squaredDistance, firstPerson, secondPerson);
  });
  const distances = { highest, genuine: Array.from(counts.genuine), impostors: Array.from(counts.impostors) };
  return { people, faceCounts, genuine: genuine.sort(), impostors: impostors.sort(), impostorCount, distances };
}

function indexPeople(faces: LabeledEmbeddings): {
  people: readonly string[];
  personIndices: Int32Array;
  faceCounts: Int32Array;
} {
  const faceCount = faces.people.length;
  if (!Number.isInteger(faces.length) || faces.length < 1 || faces.embeddings.length !== faceCount * faces.length) {
    throw new AppError(
      'bad-argument',
      `Expected ${faceCount} embeddings of ${faces.length} numbers but received ${faces.embeddings.length} numbers`,
    );
  }
  const indices = new Map<string, number>();
  for (const person of faces.people) if (!indices.has(person)) indices.set(person, indices.size);
  const personIndices = Int32Array.from(faces.people, (person) => indices.get(person)!);
  const faceCounts = new Int32Array(indices.size);
  for (const person of personIndices) faceCounts[person]! += 1;
  return { people: [...indices.keys()], personIndices, faceCounts };
}

/** @returns the embeddings as the metric compares them, by face */
export function readRows({ embeddings, length, people }: LabeledEmbeddings, metric: PairMetric): Float32Array[] {
  return people.map((_, index) => {
    const row = embeddings.subarray(index * length, (index + 1) * length);
    return metric === 'cosine' ? normalizeVector(row) : row;
  });
}

function longestRow(rows: readonly Float32Array[]): number {
  const squares = rows.map((row) => row.reduce((total, value) => total + value * value, 0));
  return Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
}

/** @returns the squared distance that about `share` of the impostor pairs stay below, from pairs spread evenly */
function sampleCut(rows: readonly Float32Array[], personIndices: Int32Array, share: number): number {
  const faceCount = rows.length;
  const pairCount = (faceCount * (faceCount - 1)) / 2;
  // Coprime to most counts, so that the pairs do not fall into a pattern of rows.
  const stride = Math.max(1, Math.floor(pairCount / sampledPairs)) | 1;
  const sampled: number[] = [];
  let first = 0;
  let second = 1;
  for (let taken = 0; taken < pairCount; taken += stride) {
    if (personIndices[first] !== personIndices[second]) sampled.push(squaredDistance(rows[first]!, rows[second]!));
    second += stride;
    while (second >= faceCount && first < faceCount - 2) {
      first += 1;
      second = second - faceCount + first + 1;
    }
    if (second >= faceCount) break;
  }
  const sorted = Float64Array.from(sampled).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length))] ?? Number.POSITIVE_INFINITY;
}

function squaredDistance(first: Float32Array, second: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < first.length; at++) squares += (first[at]! - second[at]!) ** 2;
  return squares;
}

/** Calls `visit` once for every two rows, block by block: |a - b|^2 = |a|^2 + |b|^2 - 2 a b. */
export function visitPairs(
  rows: readonly Float32Array[],
  length: number,
  visit: (first: number, second: number, squaredDistance: number) => void,
): void {
  const kernel = createSimilarityKernel(length);
  const squares = Float64Array.from(rows, (row) => row.reduce((total, value) => total + value * value, 0));
  for (let left = 0; left < rows.length; left += blockRows) {
    const leftCount = Math.min(blockRows, rows.length - left);
    kernel.loadLeft((row) => rows[left + row]!, leftCount);
    for (let right = left; right < rows.length; right += blockRows) {
      const rightCount = Math.min(blockRows, rows.length - right);
      kernel.loadRight((row) => rows[right + row]!, rightCount);
      const products = kernel.multiply();
      for (let row = 0; row < leftCount; row++) {
        const first = left + row;
        const firstSquare = squares[first]!;
        for (let column = right === left ? row + 1 : 0; column < rightCount; column++) {
          const second = right + column;
          const distance = firstSquare + squares[second]! - 2 * products[row * blockRows + column]!;
          // Equal embeddings come out a hair below nothing.
          visit(first, second, distance > 0 ? distance : 0);
        }
      }
    }
  }
}

/** Pairs as they come, in arrays that grow; millions of objects would not do. */
class PairList {
  #squaredDistances = new Float32Array(1024);
  #firstPeople = new Int32Array(1024);
  #secondPeople = new Int32Array(1024);
  #count = 0;

  add(squaredDistance: number, firstPerson: number, secondPerson: number): void {
    if (this.#count === this.#squaredDistances.length) this.#grow();
    this.#squaredDistances[this.#count] = squaredDistance;
    this.#firstPeople[this.#count] = firstPerson;
    this.#secondPeople[this.#count] = secondPerson;
    this.#count += 1;
  }

  /** @returns the pairs by distance; of equal ones the first that came is the first */
  sort(): FacePairs {
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    const distances = this.#squaredDistances;
    order.sort((one, other) => distances[one]! - distances[other]! || one - other);
    return {
      squaredDistances: Float32Array.from(order, (index) => distances[index]!),
      firstPeople: Int32Array.from(order, (index) => this.#firstPeople[index]!),
      secondPeople: Int32Array.from(order, (index) => this.#secondPeople[index]!),
    };
  }

  #grow(): void {
    const capacity = this.#count * 2;
    const distances = new Float32Array(capacity);
    distances.set(this.#squaredDistances);
    this.#squaredDistances = distances;
    const first = new Int32Array(capacity);
    first.set(this.#firstPeople);
    this.#firstPeople = first;
    const second = new Int32Array(capacity);
    second.set(this.#secondPeople);
    this.#secondPeople = second;
  }
}

function sum(values: Int32Array, term: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += term(value);
  return total;
}
