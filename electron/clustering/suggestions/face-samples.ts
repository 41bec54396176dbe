/** Draws some of a person's faces so that whoever else may be among them is drawn too. */

import type { LibraryView } from './types.ts';
import { averageSimilarity, sumFaces } from './vectors.ts';

/** @param faces at least one
 *  @returns all where there are no more than `count`; else half of it those least like the rest, as a second person of a
 *    few faces is found there, and the others spread evenly. Ascending */
export function sampleFaces({ units, input }: LibraryView, faces: readonly number[], count: number): number[] {
  if (faces.length <= count) return [...faces];
  const length = input.embeddingLength;
  const sum = sumFaces(units, length, faces);
  const byLikeness = faces
    .map((face) => ({ face, likeness: averageSimilarity({ values: units, start: face * length, count: 1 }, sum, length) }))
    .sort((one, other) => one.likeness - other.likeness || one.face - other.face)
    .map(({ face }) => face);
  const oddOnes = Math.floor(count / 2);
  const others = spreadEvenly(byLikeness.slice(oddOnes), count - oddOnes);
  return [...byLikeness.slice(0, oddOnes), ...others].sort((one, other) => one - other);
}

/** @returns `count` of the faces, or all of fewer, in their order */
export function spreadEvenly(faces: readonly number[], count: number): number[] {
  if (faces.length <= count) return [...faces];
  return Array.from({ length: count }, (_, index) => faces[Math.floor((index * faces.length) / count)]!);
}
