/** Draws people who look alike, as relatives do: the ones that a pack confuses most. */

import { averageSimilarity, sumFaces, type VectorSum } from '../../../../electron/clustering/suggestions/vectors.ts';
import { normalizeVector } from '../../../../electron/geometry/vectors.ts';
import type { LabeledFaces } from '../labeled-faces.ts';

/** @param candidates by name, with their photos; the first is in
 *  @returns so many of them: each is, of those that are left, the one most alike to somebody who is in already, by the average
 *    similarity of their main faces */
export function drawAlike<Candidate extends readonly [string, readonly LabeledFaces[]]>(candidates: readonly Candidate[], count: number): Candidate[] {
  const sums = candidates.map(([, photos]) => sumMainFaces(photos));
  const left = new Set(candidates.keys());
  const drawn: number[] = [];
  const nearest = new Float64Array(candidates.length).fill(Number.NEGATIVE_INFINITY);
  while (drawn.length < count && left.size > 0) {
    let next = -1;
    for (const candidate of left) if (next === -1 || nearest[candidate]! > nearest[next]!) next = candidate;
    left.delete(next);
    drawn.push(next);
    for (const candidate of left) {
      const [one, other] = [sums[candidate], sums[next]];
      if (one == null || other == null) continue;
      nearest[candidate] = Math.max(nearest[candidate]!, averageSimilarity(one, other, one.values.length));
    }
  }
  return drawn.map((index) => candidates[index]!);
}

/** @returns null without a main face */
function sumMainFaces(photos: readonly LabeledFaces[]): VectorSum | null {
  const units = photos.flatMap(({ faces }) => faces.filter(({ isMain }) => isMain).map(({ embedding }) => normalizeVector(embedding)));
  const length = units[0]?.length;
  if (length === undefined) return null;
  const rows = new Float32Array(units.length * length);
  units.forEach((unit, index) => rows.set(unit, index * length));
  return sumFaces(rows, length, [...units.keys()]);
}
