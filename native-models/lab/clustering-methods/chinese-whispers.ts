/** Clusters by Chinese whispers: each face takes the label that its neighbours, weighted by similarity, wear most. */

import { createRandom } from '../../../electron/base/random.ts';
import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { buildNeighbourGraph } from './neighbour-graph.ts';

export interface ChineseWhispersOptions {
  /** Faces at least this similar (cosine) hear each other. */
  readonly minSimilarity: number;
  /** A face is asked so many times on average. */
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Faces are drawn at random, with repetition, as dlib's chinese_whispers does; of equally heavy labels the lowest wins.
 * @returns [n], equal for faces of one cluster
 * Source: Biemann 2006, "Chinese Whispers"; the order in which faces are asked is that of dlib 19.
 */
export function clusterByChineseWhispers(neighbours: NeighbourLists, options: ChineseWhispersOptions): Int32Array {
  const { nodeCount, starts, ids, similarities } = buildNeighbourGraph(neighbours, options.minSimilarity);
  const random = createRandom(options.seed);
  const labels = Int32Array.from({ length: nodeCount }, (_, node) => node);
  const weights = new Map<number, number>();
  for (let turn = 0; turn < options.rounds * nodeCount; turn++) {
    const node = Math.floor(random() * nodeCount);
    weights.clear();
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      const label = labels[ids[at]!]!;
      weights.set(label, (weights.get(label) ?? 0) + similarities[at]!);
    }
    let best = labels[node]!;
    let most = Number.NEGATIVE_INFINITY;
    for (const [label, weight] of weights) {
      if (weight < most || (weight === most && label > best)) continue;
      best = label;
      most = weight;
    }
    labels[node] = best;
  }
  return labels;
}
