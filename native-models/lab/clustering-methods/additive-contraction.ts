/**
 * Clusters by greedy additive edge contraction with local moves: two groups are joined where the log-odds of all their
 * pairs, added up, speak most for one person, and faces then move to where they fit better while that pays.
 *
 * [Note: unseen pairs] All pairs count, listed or not: one that no list shows is less similar than the lists reach and
 * counts with the log-odds there, `unseenLogOdds`. So only what listed pairs have beyond that is stored, and the sum for
 * two groups is that plus the number of their pairs times `unseenLogOdds`.
 *
 * Source: Keuper, Levinkov, Bonneel, Lavoue, Brox and Andres 2015, algorithm 1; the moves are those of their
 * Kernighan-Lin heuristic, one face at a time.
 */

import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { buildNeighbourGraph, type NeighbourGraph } from './neighbour-graph.ts';

export interface ContractionOptions {
  /** The lists' reach; less similar pairs (cosine) are not read. */
  readonly minSimilarity: number;
  /** Log-odds of "one person" for a pair, rising with its cosine similarity. */
  readonly logOdds: (similarity: number) => number;
  /** Log-odds of a pair that no list shows: negative, and no more than those of any listed pair. */
  readonly unseenLogOdds: number;
}

/** Each round raises the sum over all pairs within groups, so it ends by itself; what is left after these is dust. */
const mostRounds = 20;
const smallestGain = 1e-9;

/** @returns [n], equal for faces of one cluster */
export function clusterByContraction(neighbours: NeighbourLists, options: ContractionOptions): Int32Array {
  const graph = buildNeighbourGraph(neighbours, options.minSimilarity);
  const surplus = Float64Array.from(graph.similarities, (similarity) => options.logOdds(similarity) - options.unseenLogOdds);
  let labels: Int32Array = Int32Array.from({ length: graph.nodeCount }, (_, node) => node);
  for (let round = 0; round < mostRounds; round++) {
    labels = contract(graph, surplus, options.unseenLogOdds, labels);
    if (!moveFaces(graph, surplus, options.unseenLogOdds, labels)) break;
  }
  return labels;
}

interface Candidate {
  readonly first: number;
  readonly second: number;
  readonly gain: number;
}

/** @param labels [n], the groups to begin with, numbered below n
 *  @returns [n], the groups that no joining improves any more */
function contract(graph: NeighbourGraph, surplus: Float64Array, unseenLogOdds: number, labels: Int32Array): Int32Array {
  const { nodeCount, starts, ids } = graph;
  const sizes = new Float64Array(nodeCount);
  const edges = Array.from({ length: nodeCount }, () => new Map<number, number>());
  for (let node = 0; node < nodeCount; node++) {
    const label = labels[node]!;
    sizes[label]! += 1;
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      const other = labels[ids[at]!]!;
      if (other !== label) edges[label]!.set(other, (edges[label]!.get(other) ?? 0) + surplus[at]!);
    }
  }
  const gainOf = (first: number, second: number): number =>
    edges[first]!.get(second)! + sizes[first]! * sizes[second]! * unseenLogOdds;
  const queue = new CandidateQueue();
  const offer = (first: number, second: number): void => {
    const gain = gainOf(first, second);
    if (gain > smallestGain) queue.push({ first: Math.min(first, second), second: Math.max(first, second), gain });
  };
  edges.forEach((others, label) => others.forEach((_, other) => other > label && offer(label, other)));
  const joinedInto = Int32Array.from({ length: nodeCount }, (_, node) => node);
  for (let next = queue.pop(); next !== null; next = queue.pop()) {
    const { first, second, gain } = next;
    // Groups that have changed since have newer candidates.
    if (joinedInto[first] !== first || joinedInto[second] !== second || gainOf(first, second) !== gain) continue;
    const [kept, gone] = edges[first]!.size >= edges[second]!.size ? [first, second] : [second, first];
    joinedInto[gone] = kept;
    edges[kept]!.delete(gone);
    for (const [other, weight] of edges[gone]!) {
      if (other === kept) continue;
      const sum = (edges[kept]!.get(other) ?? 0) + weight;
      edges[kept]!.set(other, sum);
      edges[other]!.delete(gone);
      edges[other]!.set(kept, sum);
    }
    sizes[kept]! += sizes[gone]!;
    edges[gone] = new Map();
    for (const other of edges[kept]!.keys()) offer(kept, other);
  }
  return labels.map((label) => {
    let into = label;
    while (joinedInto[into] !== into) into = joinedInto[into]!;
    return into;
  });
}

/** Moves each face to the group that speaks for it most, or into one of its own. Writes to `labels`.
 *  @returns whether any has moved */
function moveFaces(graph: NeighbourGraph, surplus: Float64Array, unseenLogOdds: number, labels: Int32Array): boolean {
  const { nodeCount, starts, ids } = graph;
  const sizes = new Float64Array(nodeCount);
  for (const label of labels) sizes[label]! += 1;
  let hasMoved = false;
  for (let node = 0; node < nodeCount; node++) {
    const present = labels[node]!;
    const sums = new Map<number, number>([[present, 0]]);
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      const label = labels[ids[at]!]!;
      sums.set(label, (sums.get(label) ?? 0) + surplus[at]!);
    }
    const worthOf = (label: number): number =>
      sums.get(label)! + (sizes[label]! - (label === present ? 1 : 0)) * unseenLogOdds;
    let best = { label: present, worth: worthOf(present) };
    for (const label of sums.keys()) {
      const worth = worthOf(label);
      if (worth > best.worth + smallestGain) best = { label, worth };
    }
    if (best.worth < -smallestGain && sizes[present]! > 1) best = { label: sizes.indexOf(0), worth: 0 };
    if (best.label === present) continue;
    sizes[present]! -= 1;
    sizes[best.label]! += 1;
    labels[node] = best.label;
    hasMoved = true;
  }
  return hasMoved;
}

/** A heap whose first is the largest gain; of equal ones that of the lowest groups. */
class CandidateQueue {
  readonly #heap: Candidate[] = [];

  push(candidate: Candidate): void {
    let at = this.#heap.push(candidate) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesFirst(candidate, this.#heap[parent]!)) break;
      this.#heap[at] = this.#heap[parent]!;
      at = parent;
    }
    this.#heap[at] = candidate;
  }

  pop(): Candidate | null {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return null;
    const count = this.#heap.length;
    if (count === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && comesFirst(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      if (!comesFirst(this.#heap[child]!, last)) break;
      this.#heap[at] = this.#heap[child]!;
      at = child;
    }
    this.#heap[at] = last;
    return first;
  }
}

function comesFirst(one: Candidate, other: Candidate): boolean {
  if (one.gain !== other.gain) return one.gain > other.gain;
  return one.first !== other.first ? one.first < other.first : one.second < other.second;
}
