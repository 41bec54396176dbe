/** Clusters as immich does: faces come one by one, and one with enough faces near it starts a person. */

import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { buildNeighbourGraph } from './neighbour-graph.ts';

export interface IncrementalDbscanOptions {
  /** Faces at least this similar (cosine) are near. */
  readonly minSimilarity: number;
  /** A face with so many near it, itself among them, is sure enough to start a person. */
  readonly minFaces: number;
}

/**
 * A face with enough others near it joins the person of the most similar of them that has one, and else starts one. Faces
 * with too few near them wait until all are there, and then join whoever is near them with a person.
 * @returns [n], equal for faces of one person; a face without a person has a label of its own
 * Source: immich's documentation of facial recognition, "How it works", and the rule as its server of 2025 applies it.
 */
export function clusterByIncrementalDbscan(neighbours: NeighbourLists, options: IncrementalDbscanOptions): Int32Array {
  const { nodeCount, starts, ids, similarities } = buildNeighbourGraph(neighbours, options.minSimilarity);
  const labels = new Int32Array(nodeCount).fill(-1);
  const ask = (face: number, present: number): void => {
    const near: { id: number; similarity: number }[] = [];
    for (let at = starts[face]!; at < starts[face + 1]!; at++) {
      if (ids[at]! < present) near.push({ id: ids[at]!, similarity: similarities[at]! });
    }
    const isCore = near.length + 1 >= options.minFaces;
    if (!isCore && present < nodeCount) return;
    near.sort((one, other) => other.similarity - one.similarity || one.id - other.id);
    const joined = near.find(({ id }) => labels[id]! >= 0);
    if (joined !== undefined) labels[face] = labels[joined.id]!;
    else if (isCore) labels[face] = face;
  };
  for (let face = 0; face < nodeCount; face++) ask(face, face);
  for (let face = 0; face < nodeCount; face++) if (labels[face]! < 0) ask(face, nodeCount);
  return labels.map((label, face) => (label < 0 ? face : label));
}
