/** Clusters by DBSCAN: faces with enough neighbours bring their neighbourhoods together, the others stay alone. */

import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { DisjointSets } from '../../../electron/clustering/disjoint-sets.ts';
import { buildNeighbourGraph } from './neighbour-graph.ts';

export interface DbscanOptions {
  /** Faces at least this similar (cosine) are neighbours. */
  readonly minSimilarity: number;
  /** A face with so many neighbours, itself among them, is a core. */
  readonly minFaces: number;
}

/**
 * @returns [n], equal for faces of one cluster; noise has a cluster of its own. A face that is no core goes to the most
 *   similar core near it, of equals the lowest: the paper leaves it to the order of the faces
 * Source: Ester, Kriegel, Sander and Xu 1996.
 */
export function clusterByDbscan(neighbours: NeighbourLists, options: DbscanOptions): Int32Array {
  const { nodeCount, starts, ids, similarities } = buildNeighbourGraph(neighbours, options.minSimilarity);
  const isCore = Uint8Array.from({ length: nodeCount }, (_, node) =>
    starts[node + 1]! - starts[node]! + 1 >= options.minFaces ? 1 : 0,
  );
  const sets = new DisjointSets(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    if (isCore[node] === 0) continue;
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      if (ids[at]! < node && isCore[ids[at]!] === 1) sets.unite(ids[at]!, node);
    }
  }
  return Int32Array.from({ length: nodeCount }, (_, node) => {
    if (isCore[node] === 1) return sets.find(node);
    let nearest = node;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      if (isCore[ids[at]!] === 0 || similarities[at]! <= most) continue;
      nearest = ids[at]!;
      most = similarities[at]!;
    }
    return sets.find(nearest);
  });
}
