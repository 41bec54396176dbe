/** Turns lists of neighbours the other way round. */

import type { NeighbourLists } from './neighbour-index.ts';

export interface MirroredLists {
  /** [n + 1], where each face's part of the other two begins */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly similarities: Float32Array;
}

/** @returns for each face those whose lists name it with at least `minSimilarity` and that its own list does not name */
export function mirrorLists(lists: NeighbourLists, minSimilarity: number): MirroredLists {
  const starts = new Int32Array(lists.faceCount + 1);
  visit((_face, other) => (starts[other + 1]! += 1));
  for (let face = 0; face < lists.faceCount; face++) starts[face + 1]! += starts[face]!;
  const next = starts.slice();
  const ids = new Int32Array(starts[lists.faceCount]!);
  const similarities = new Float32Array(ids.length);
  visit((face, other, similarity) => {
    const to = next[other]!++;
    ids[to] = face;
    similarities[to] = similarity;
  });
  return { starts, ids, similarities };

  /** A list that is not cut short names all who name its face. */
  function visit(take: (face: number, other: number, similarity: number) => void): void {
    for (let face = 0; face < lists.faceCount; face++) {
      const named = lists.idsOf(face);
      const named2 = lists.similaritiesOf(face);
      const count = lists.countOf(face);
      for (let at = 0; at < count; at++) {
        if (named2[at]! >= minSimilarity && lists.hidesFrom(named[at]!, minSimilarity)) take(face, named[at]!, named2[at]!);
      }
    }
  }
}
