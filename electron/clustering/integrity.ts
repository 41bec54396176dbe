/** Refuses to cluster over faces that cannot be right: missing, duplicate or meaningless ones. */

import { AppError, type ErrorParameters } from '../base/errors.ts';
import type { ClusteringOptions } from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

/**
 * @param brought faces whose embeddings the input brings, ascending
 * @throws AppError "bad-argument" where lengths or indices do not fit together, "library-damaged" (with how many faces
 *   it concerns, and the first of them) for embeddings that are not finite or all zeros, qualities that are not
 *   finite, and faces that occur twice
 */
export function checkClusteringInput(input: ClusteringInput, brought: Int32Array): void {
  checkLengths(input, brought.length);
  checkIndices(input);
  const seen = new Set<string>();
  report('faces-twice', input, (index) => seen.size === seen.add(input.faceIds[index]!).size);
  const isWrong = new Uint8Array(input.faceIds.length);
  brought.forEach((face, at) => (isWrong[face] = hasDirection(input, at) ? 0 : 1));
  report('embeddings-without-direction', input, (index) => isWrong[index] === 1);
  report('qualities-not-finite', input, (index) => !Number.isFinite(input.qualities[index]!));
}

/** @throws AppError "bad-argument" */
export function checkClusteringOptions(options: ClusteringOptions): void {
  const { maxDistance, maxAttachDistance, minSeedQuality, maxNeighbours } = options;
  for (const [name, distance] of Object.entries({ maxDistance, maxAttachDistance })) {
    // Vectors at right angles are 1.414 apart: from there on every two faces would be neighbours.
    if (!(distance > 0 && distance < Math.SQRT2)) refuse(name, 'a distance above 0 and below 1.414', distance);
  }
  if (!(maxAttachDistance <= maxDistance)) refuse('maxAttachDistance', `at most ${maxDistance}`, maxAttachDistance);
  if (!Number.isFinite(minSeedQuality)) refuse('minSeedQuality', 'a number', minSeedQuality);
  if (!(Number.isInteger(maxNeighbours) && maxNeighbours > 0)) refuse('maxNeighbours', 'a count', maxNeighbours);
  if (!(options.neighbourReach >= 1)) refuse('neighbourReach', '1 at least', options.neighbourReach);
  for (const name of ['evidenceGrowth', 'crowding', 'photoPenalty'] as const) {
    const share = options[name];
    if (!(share >= 0 && share < 1)) refuse(name, 'a share', share);
  }
}

function checkLengths(input: ClusteringInput, broughtCount: number): void {
  const count = input.faceIds.length;
  if (!(Number.isInteger(input.embeddingLength) && input.embeddingLength > 0)) {
    refuse('embeddingLength', 'a count', input.embeddingLength);
  }
  const lengths = {
    embeddingRows: [input.embeddingRows.length, count],
    embeddings: [input.embeddings.length, broughtCount * input.embeddingLength],
    captureDays: [input.captureDays.length, count],
    qualities: [input.qualities.length, count],
    photoIndices: [input.photoIndices.length, count],
    personIndices: [input.personIndices.length, count],
    confirmed: [input.confirmed.length, count],
  } as const;
  for (const [name, [length, expected]] of Object.entries(lengths)) {
    if (length !== expected) refuse(name, `${expected} numbers`, length);
  }
}

function checkIndices(input: ClusteringInput): void {
  const { faceIds, people, personIndices, rejections } = input;
  const isPerson = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < people.length;
  for (const index of personIndices) {
    if (index !== -1 && !isPerson(index)) refuse('personIndices', `-1 to ${people.length - 1}`, index);
  }
  for (const [face, person] of rejections) {
    if (!(Number.isInteger(face) && face >= 0 && face < faceIds.length)) refuse('rejections', 'a face index', face);
    if (!isPerson(person)) refuse('rejections', 'a person index', person);
  }
}

function hasDirection(input: ClusteringInput, at: number): boolean {
  const start = at * input.embeddingLength;
  let squares = 0;
  for (let index = start; index < start + input.embeddingLength; index++) squares += input.embeddings[index]! ** 2;
  return Number.isFinite(squares) && squares > 1e-12;
}

function report(problem: string, input: ClusteringInput, isWrong: (index: number) => boolean): void {
  let faces = 0;
  let firstFaceId: string | null = null;
  for (let index = 0; index < input.faceIds.length; index++) {
    if (!isWrong(index)) continue;
    faces += 1;
    firstFaceId ??= input.faceIds[index]!;
  }
  if (faces === 0) return;
  const parameters: ErrorParameters = { problem, faces, firstFaceId };
  throw new AppError('library-damaged', `Expected sound faces to cluster but received ${faces} with ${problem}`, {
    parameters,
  });
}

function refuse(name: string, expected: string, received: number): never {
  throw new AppError('bad-argument', `Expected ${expected} for ${name} but received ${received}`, {
    parameters: { name },
  });
}
