/** Finds every face's neighbours among the faces of an evaluation, exactly. */

import { NeighbourIndex, type NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';

export interface FaceVectors {
  readonly length: number;
  /** [n, length], any length but zero */
  readonly embeddings: Float32Array;
}

/** As many as the product's own lists hold. */
const maxNeighbours = 128;

/** @param minSimilarity cosine: less similar faces are no neighbours */
export function compareFaces({ embeddings, length }: FaceVectors, minSimilarity: number): NeighbourLists {
  const faceCount = embeddings.length / length;
  const index = new NeighbourIndex(length, { minSimilarity, maxNeighbours, exactUpTo: faceCount, exactFrom: minSimilarity, subspaceTolerance: 0 });
  index.update(
    Float64Array.from({ length: faceCount }, (_, face) => face),
    embeddings,
  );
  return index;
}
