/** Clusters as ente does: faces come one by one, and each joins the cluster of the most similar one before it. */

import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { buildNeighbourGraph } from './neighbour-graph.ts';

/**
 * @param minSimilarity a face with nobody at least so similar (cosine) before it starts a cluster
 * @returns [n], equal for faces of one cluster
 * Source: the rule of ente's desktop app of 2024, there with 0.76 for its own embeddings.
 */
export function clusterByNearestEarlier(neighbours: NeighbourLists, minSimilarity: number): Int32Array {
  const { nodeCount, starts, ids, similarities } = buildNeighbourGraph(neighbours, minSimilarity);
  const labels = new Int32Array(nodeCount);
  for (let face = 0; face < nodeCount; face++) {
    let nearest = face;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = starts[face]!; at < starts[face + 1]! && ids[at]! < face; at++) {
      if (similarities[at]! <= most) continue;
      nearest = ids[at]!;
      most = similarities[at]!;
    }
    labels[face] = nearest === face ? face : labels[nearest]!;
  }
  return labels;
}
