/**
 * Clusters as HDBSCAN does: the hierarchy that DBSCAN gives over all distances, of which the clusters are taken that
 * last longest.
 *
 * [Note: forest] The neighbour graph ends at `maxDistance`, so its minimum spanning tree is a forest. Each tree is a
 * hierarchy of its own that begins at `maxDistance` as one cluster, and may stay one.
 * Source: Campello, Moulavi and Sander 2013: mutual reachability, stability and its excess of mass.
 */

import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { similarityAtDistance } from '../../../electron/clustering/types.ts';
import { DisjointSets } from '../../../electron/clustering/disjoint-sets.ts';
import { buildNeighbourGraph, distanceAtSimilarity, type NeighbourGraph } from './neighbour-graph.ts';

export interface HdbscanOptions {
  /** Euclidean distance of unit vectors beyond which faces are nobody's neighbours. */
  readonly maxDistance: number;
  /** A face's core distance is that to so many faces, itself among them; at least 1. */
  readonly minFaces: number;
  /** Smaller clusters are noise; at least 2. */
  readonly minClusterSize: number;
}

interface Merge {
  /** Below the number of faces a face, else the merge of that number above it. */
  readonly left: number;
  readonly right: number;
  readonly distance: number;
  readonly size: number;
}

/** Copies of one photo lie at no distance, where density would be infinite. */
const smallestDistance = 1e-6;

/** @returns [n], equal for faces of one cluster; noise has a cluster of its own */
export function clusterByHdbscan(neighbours: NeighbourLists, options: HdbscanOptions): Int32Array {
  const graph = buildNeighbourGraph(neighbours, similarityAtDistance(options.maxDistance));
  const { merges, roots } = mergeByReachability(graph, options.minFaces);
  const labels = Int32Array.from({ length: graph.nodeCount }, (_, node) => node);
  for (const root of roots) {
    for (const cluster of selectClusters(root, merges, graph.nodeCount, options)) {
      const faces = listFaces(cluster, merges, graph.nodeCount);
      const label = Math.min(...faces);
      for (const face of faces) labels[face] = label;
    }
  }
  return labels;
}

/** Joins along the edges of the minimum spanning forest, the shortest first. */
function mergeByReachability(graph: NeighbourGraph, minFaces: number): { merges: Merge[]; roots: number[] } {
  const { nodeCount } = graph;
  const sets = new DisjointSets(nodeCount);
  const topOf = Int32Array.from({ length: nodeCount }, (_, node) => node);
  const merges: Merge[] = [];
  const sizeOf = (node: number): number => (node < nodeCount ? 1 : merges[node - nodeCount]!.size);
  for (const { first, second, distance } of listEdges(graph, minFaces)) {
    const one = sets.find(first);
    const other = sets.find(second);
    if (one === other) continue;
    const left = topOf[one]!;
    const right = topOf[other]!;
    merges.push({ left, right, distance, size: sizeOf(left) + sizeOf(right) });
    sets.unite(one, other);
    topOf[one] = nodeCount + merges.length - 1;
  }
  const tops = new Set(Array.from({ length: nodeCount }, (_, node) => topOf[sets.find(node)]!));
  return { merges, roots: [...tops].filter((top) => top >= nodeCount) };
}

/** @returns edges by mutual reachability distance: the largest of the distance and both ends' core distances */
function listEdges(
  graph: NeighbourGraph,
  minFaces: number,
): { first: number; second: number; distance: number }[] {
  const { nodeCount, starts, ids, similarities } = graph;
  const coreDistances = Float64Array.from({ length: nodeCount }, (_, node) => {
    if (minFaces <= 1) return 0;
    const sorted = similarities.slice(starts[node], starts[node + 1]).sort();
    const similarity = sorted[sorted.length - (minFaces - 1)];
    return similarity === undefined ? Number.POSITIVE_INFINITY : distanceAtSimilarity(similarity);
  });
  const edges: { first: number; second: number; distance: number }[] = [];
  for (let first = 0; first < nodeCount; first++) {
    for (let at = starts[first]!; at < starts[first + 1]!; at++) {
      const second = ids[at]!;
      if (second < first) continue;
      const distance = Math.max(distanceAtSimilarity(similarities[at]!), coreDistances[first]!, coreDistances[second]!);
      if (Number.isFinite(distance)) edges.push({ first, second, distance });
    }
  }
  return edges.sort((one, other) => one.distance - other.distance || one.first - other.first || one.second - other.second);
}

interface Condensed {
  /** Where in the hierarchy the cluster begins. */
  readonly node: number;
  readonly parent: number;
  /** Inverse distance at which it begins. */
  readonly birth: number;
  stability: number;
}

/** @returns the nodes of the clusters that last longest, none above another */
function selectClusters(root: number, merges: readonly Merge[], faceCount: number, options: HdbscanOptions): number[] {
  const condensed = condense(root, merges, faceCount, options);
  // Children come after their parents: read backwards, what a cluster's children are worth is known before its turn.
  const worthOfChildren = new Float64Array(condensed.length);
  const isTaken = new Uint8Array(condensed.length);
  for (let at = condensed.length - 1; at >= 0; at--) {
    const { parent, stability } = condensed[at]!;
    isTaken[at] = stability >= worthOfChildren[at]! ? 1 : 0;
    if (parent >= 0) worthOfChildren[parent]! += Math.max(stability, worthOfChildren[at]!);
  }
  const isCovered = new Uint8Array(condensed.length);
  return condensed.flatMap(({ node, parent }, at) => {
    if (parent >= 0 && isCovered[parent] === 1) isCovered[at] = 1;
    if (isCovered[at] === 1 || isTaken[at] === 0) return [];
    isCovered[at] = 1;
    return [node];
  });
}

/** Leaves out of the hierarchy what only loses faces one by one: that is a cluster that goes on. */
function condense(root: number, merges: readonly Merge[], faceCount: number, options: HdbscanOptions): Condensed[] {
  const { maxDistance, minClusterSize } = options;
  if (merges[root - faceCount]!.size < minClusterSize) return [];
  const clusters: Condensed[] = [{ node: root, parent: -1, birth: 1 / maxDistance, stability: 0 }];
  const open = [{ node: root, cluster: 0 }];
  while (open.length > 0) {
    const { node, cluster } = open.pop()!;
    const { left, right, distance } = merges[node - faceCount]!;
    const death = 1 / Math.max(distance, smallestDistance);
    const owner = clusters[cluster]!;
    const sizes = [left, right].map((child) => (child < faceCount ? 1 : merges[child - faceCount]!.size));
    const isSplit = sizes.every((size) => size >= minClusterSize);
    [left, right].forEach((child, side) => {
      const goesOn = sizes[side]! >= minClusterSize;
      if (!goesOn || isSplit) owner.stability += sizes[side]! * (death - owner.birth);
      if (!goesOn) return;
      if (isSplit) clusters.push({ node: child, parent: cluster, birth: death, stability: 0 });
      open.push({ node: child, cluster: isSplit ? clusters.length - 1 : cluster });
    });
  }
  return clusters;
}

function listFaces(top: number, merges: readonly Merge[], faceCount: number): number[] {
  const faces: number[] = [];
  const open = [top];
  while (open.length > 0) {
    const node = open.pop()!;
    if (node < faceCount) faces.push(node);
    else open.push(merges[node - faceCount]!.left, merges[node - faceCount]!.right);
  }
  return faces;
}
