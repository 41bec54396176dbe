/** Makes of lists of neighbours an undirected graph, for the clusterings that average linkage is compared with. */

import { mirrorLists } from '../../../electron/clustering/neighbours/mirror-lists.ts';
import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';

/** Every edge stands at both of its ends. */
export interface NeighbourGraph {
  readonly nodeCount: number;
  /** [nodeCount + 1], where each node's edges begin in the other two */
  readonly starts: Int32Array;
  /** Ascending within a node. */
  readonly ids: Int32Array;
  /** Cosine similarities. */
  readonly similarities: Float32Array;
}

/** @returns an edge between two faces where either's list names the other and they are at least so similar */
export function buildNeighbourGraph(neighbours: NeighbourLists, minSimilarity: number): NeighbourGraph {
  const nodeCount = neighbours.faceCount;
  const mirrored = mirrorLists(neighbours, minSimilarity);
  const starts = new Int32Array(nodeCount + 1);
  const ids: number[] = [];
  const similarities: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    const edges = new Map<number, number>();
    const add = (other: number, similarity: number): void => {
      if (similarity >= minSimilarity) edges.set(other, similarity);
    };
    for (let at = 0; at < neighbours.countOf(node); at++) add(neighbours.idsOf(node)[at]!, neighbours.similaritiesOf(node)[at]!);
    for (let at = mirrored.starts[node]!; at < mirrored.starts[node + 1]!; at++) {
      add(mirrored.ids[at]!, mirrored.similarities[at]!);
    }
    for (const [other, similarity] of [...edges].sort(([one], [other]) => one - other)) {
      ids.push(other);
      similarities.push(similarity);
    }
    starts[node + 1] = ids.length;
  }
  return { nodeCount, starts, ids: Int32Array.from(ids), similarities: Float32Array.from(similarities) };
}

/** @returns the Euclidean distance of unit vectors of that cosine similarity: |a - b|^2 = 2 - 2 cos */
export function distanceAtSimilarity(similarity: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * similarity));
}
