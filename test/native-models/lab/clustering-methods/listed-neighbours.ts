/** Lists of neighbours written down pair by pair, for tests whose answers are worked out by hand. */

import type { NeighbourLists } from '../../../../electron/clustering/neighbours/neighbour-index.ts';

/** @param pairs [face, face, cosine similarity], each pair once */
export function listNeighbours(faceCount: number, pairs: readonly (readonly [number, number, number])[]): NeighbourLists {
  const both = pairs.flatMap(([one, other, similarity]) => [[one, other, similarity], [other, one, similarity]] as const);
  const ofFace = (face: number) => both.filter(([one]) => one === face);
  return {
    faceCount,
    countOf: (face) => ofFace(face).length,
    idsOf: (face) => Int32Array.from(ofFace(face), ([, other]) => other),
    similaritiesOf: (face) => Float32Array.from(ofFace(face), ([, , similarity]) => similarity),
    isTruncated: () => false,
    hidesFrom: () => false,
  };
}

/** All pairs of faces on a line, as similar as their distance says. */
export function listLine(places: readonly number[]): NeighbourLists {
  return listNeighbours(
    places.length,
    places.flatMap((place, one) =>
      places.slice(one + 1).map((other, after) => [one, one + 1 + after, 1 - (place - other) ** 2 / 2] as const),
    ),
  );
}

/** @returns groups of faces, by lowest face */
export function groupLabels(labels: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  labels.forEach((label, face) => groups.set(label, [...(groups.get(label) ?? []), face]));
  return [...groups.values()];
}
