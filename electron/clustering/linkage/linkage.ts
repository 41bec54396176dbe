/**
 * Joins groups of faces by average linkage: those that exceed most what is demanded of them, while any do.
 *
 * [Note: exact averages] The average cosine similarity of all pairs of two groups is the dot product of the groups'
 * sums of unit vectors over the number of pairs, so no pair needs to be stored, and none counts with a guess. What the
 * list of neighbours is for is finding candidates: an average of t needs at least one pair of t, so groups without a
 * pair of neighbours cannot be joined. Joining keeps it so: the average of A and B to X is at least t only if that of
 * A or that of B is. Pairs of groups below the lowest demand of all are therefore forgotten for good, and so are
 * forbidden ones.
 *
 * [Note: no chaining] A cluster takes in another for the average of all pairs, not for one good pair: faces that form
 * a row, each like the next, do not become one person.
 *
 * [Note: hidden pairs] Where lists of neighbours are capped, two groups may have pairs that neither side's list shows,
 * each of a face whose list is full. When nothing is left to join, groups with such faces are compared once with each
 * other; after that every pair is known again, so at the end no two groups remain that could have been joined.
 */

import type { Demand } from './demand.ts';
import { countSharedPhotos, joinRules, mayJoin, type JoinRule } from './join-rules.ts';
import { GroupSums } from './group-sums.ts';
import { mirrorLists } from '../neighbours/mirror-lists.ts';
import type { NeighbourLists } from '../neighbours/neighbour-index.ts';
import { PairQueue } from './pair-queue.ts';
import { unwatched, type Watch } from '../types.ts';

export interface LinkageGroup {
  /** Ascending, at least one. */
  readonly faces: readonly number[];
  readonly rule: JoinRule;
}

export interface LinkageProblem {
  /** No face in two of them; faces in none are left out. */
  readonly groups: readonly LinkageGroup[];
  /** [n, length], unit vectors by face */
  readonly units: Float32Array;
  readonly length: number;
  readonly neighbours: NeighbourLists;
  readonly demand: Demand;
}

export interface LinkedGroup {
  /** Ascending. */
  readonly faces: readonly number[];
  readonly rule: JoinRule;
}

/**
 * [Note: order of joining] Of all pairs the one with the largest margin goes first: its average similarity less what is
 * demanded of groups of their sizes; of equal ones that with the lowest faces. Both change only when one of the two has
 * grown, which makes it another pair, so that a queue in which gone pairs stay until they come up is always right.
 *
 * [Note: bounds] When A and B become one and X was a partner of A alone, then B's average to X is below the lowest demand,
 * and the new average at most what that gives. It is measured when the pair comes up, which it mostly never does, and for
 * all partners each time a group has doubled, so that those it has grown away from are forgotten.
 *
 * @returns the groups that are left, by lowest face; a function of the problem alone
 */
export function linkGroups(problem: LinkageProblem, watch: Watch = unwatched): LinkedGroup[] {
  return new Linkage(problem, watch).run();
}

/** Groups that a group might be joined with, some of them gone by now, and how similar they are at most. */
/**
 * [Note: independent faces] Twenty pictures of one second say no more than one. How many a group counts for is taken from
 * how alike its faces are among each other: those closer than one person's usually are share what they say, and identical
 * ones count as one. n faces count as n / (1 + (n - 1) r), with r from 0, at half the squared distance that is demanded of
 * a pair and beyond, to 1, at none.
 */
interface Partners {
  readonly groups: number[];
  readonly similarities: number[];
}

const noPartners: Partners = { groups: [], similarities: [] };
/** Steps between two looks at whether somebody has cancelled. */
const stepsPerLook = 4096;
/** By so much the same average may differ, summed up in another order. */
const rounding = 1e-6;

class Linkage {
  readonly #problem: LinkageProblem;
  readonly #watch: Watch;
  /** By group; a joined group gets a number of its own. */
  readonly #faces: (readonly number[])[];
  readonly #rules: JoinRule[];
  readonly #isAlive: Uint8Array;
  readonly #partners: Partners[];
  readonly #lowestFaces: Int32Array;
  /** By group, the similarities of all pairs of its faces, each with itself too. */
  readonly #selfSimilarities: Float64Array;
  /** By group, see [Note: independent faces]. */
  readonly #weights: Float64Array;
  readonly #sums: GroupSums;
  readonly #queue: PairQueue;
  readonly #stamps: Int32Array;
  readonly #stampedSimilarities: Float64Array;

  constructor(problem: LinkageProblem, watch: Watch) {
    this.#problem = problem;
    this.#watch = watch;
    const { groups, units, length } = problem;
    const capacity = 2 * groups.length;
    this.#faces = groups.map((group) => group.faces);
    this.#rules = groups.map((group) => group.rule);
    this.#isAlive = new Uint8Array(capacity).fill(1, 0, groups.length);
    this.#partners = groups.map(() => noPartners);
    this.#lowestFaces = new Int32Array(capacity);
    groups.forEach((group, index) => (this.#lowestFaces[index] = group.faces[0]!));
    this.#sums = new GroupSums(units, length, this.#faces);
    this.#selfSimilarities = new Float64Array(capacity);
    this.#weights = new Float64Array(capacity);
    groups.forEach(({ faces }, group) => {
      const isSingle = faces.length === 1;
      this.#selfSimilarities[group] = isSingle ? 1 : this.#sums.averageSimilarity(group, group) * faces.length ** 2;
      this.#weights[group] = this.#weigh(group);
    });
    this.#queue = new PairQueue(this.#lowestFaces);
    this.#stamps = new Int32Array(capacity).fill(-1);
    this.#stampedSimilarities = new Float64Array(capacity);
  }

  run(): LinkedGroup[] {
    this.#pairNeighbours();
    this.#joinPairs();
    this.#pairTruncated();
    this.#joinPairs();
    return this.#collect();
  }

  /** Every pair of groups with at least one pair of neighbours. */
  #pairNeighbours(): void {
    const { groups, neighbours, demand } = this.#problem;
    const groupOf = new Int32Array(neighbours.faceCount).fill(-1);
    groups.forEach((group, index) => {
      for (const face of group.faces) groupOf[face] = index;
    });
    const mirrored = mirrorLists(neighbours, demand.floor);
    for (let group = 0; group < groups.length; group++) {
      const isSingle = groups[group]!.faces.length === 1;
      const consider = (other: number, similarity: number): void => {
        if (other <= group || similarity < demand.floor || this.#stamps[other] === group) return;
        this.#stamps[other] = group;
        const average = isSingle && groups[other]!.faces.length === 1 ? similarity : this.#sums.averageSimilarity(group, other);
        if (average >= demand.floor) this.#addPair(group, other, average);
      };
      for (const face of groups[group]!.faces) {
        const ids = neighbours.idsOf(face);
        const similarities = neighbours.similaritiesOf(face);
        for (let at = 0; at < neighbours.countOf(face); at++) consider(groupOf[ids[at]!]!, similarities[at]!);
        for (let at = mirrored.starts[face]!; at < mirrored.starts[face + 1]!; at++) {
          consider(groupOf[mirrored.ids[at]!]!, mirrored.similarities[at]!);
        }
      }
    }
    this.#stamps.fill(-1);
  }

  /** See [Note: hidden pairs]. */
  #pairTruncated(): void {
    const { neighbours, demand } = this.#problem;
    const truncated: number[] = [];
    this.#faces.forEach((faces, group) => {
      if (this.#isAlive[group] && faces.some((face) => neighbours.hidesFrom(face, demand.floor))) truncated.push(group);
    });
    truncated.forEach((group, index) => {
      this.#watch.throwIfCancelled();
      const known = new Set(this.#partners[group]!.groups);
      for (const other of truncated.slice(index + 1)) {
        if (known.has(other)) continue;
        const average = this.#sums.averageSimilarity(group, other);
        if (average >= demand.floor) this.#addPair(group, other, average);
      }
    });
  }

  #joinPairs(): void {
    const queue = this.#queue;
    for (let steps = 0; !queue.isEmpty; steps++) {
      if (steps % stepsPerLook === 0) this.#watch.throwIfCancelled();
      const { one, other, margin } = queue;
      queue.removeFirst();
      if (this.#isAlive[one] === 0 || this.#isAlive[other] === 0) continue;
      // Less than it was queued with where that was a bound, or where an anchor's other groups have taken in more since.
      const similarity = this.#sums.averageSimilarity(one, other);
      const measured = this.#measureMargin(one, other, similarity);
      if (measured >= margin - rounding) this.#join(one, other, similarity);
      else if (measured >= 0) queue.add(one, other, measured);
    }
  }

  /** See [Note: independent faces]. */
  #weigh(group: number): number {
    const count = this.#faces[group]!.length;
    if (count === 1) return 1;
    const within = (this.#selfSimilarities[group]! - count) / (count * (count - 1));
    const shared = Math.max(0, 1 - (1 - within) / ((1 - this.#problem.demand.base) / 2));
    return count / (1 + (count - 1) * shared);
  }

  #join(first: number, second: number, similarity: number): void {
    const joined = this.#faces.length;
    this.#isAlive[first] = 0;
    this.#isAlive[second] = 0;
    this.#isAlive[joined] = 1;
    this.#lowestFaces[joined] = Math.min(this.#lowestFaces[first]!, this.#lowestFaces[second]!);
    const weights = [this.#faces[first]!.length, this.#faces[second]!.length] as const;
    this.#faces.push([...this.#faces[first]!, ...this.#faces[second]!]);
    this.#sums.join(first, second);
    const between = 2 * similarity * weights[0] * weights[1];
    this.#selfSimilarities[joined] = this.#selfSimilarities[first]! + this.#selfSimilarities[second]! + between;
    this.#weights[joined] = this.#weigh(joined);
    this.#rules.push(joinRules(this.#rules[first]!, this.#rules[second]!));
    this.#partners.push({ groups: [], similarities: [] });
    this.#inheritPartners(joined, first, second, weights);
    for (const gone of [first, second]) {
      this.#faces[gone] = [];
      this.#partners[gone] = noPartners;
    }
  }

  /** The joined group's partners are among those of its two parts. */
  #inheritPartners(joined: number, first: number, second: number, weights: readonly [number, number]): void {
    const { floor } = this.#problem.demand;
    const total = weights[0] + weights[1];
    // See [Note: bounds].
    const isMeasured = Math.clz32(total) < Math.clz32(Math.max(...weights));
    const ofFirst = this.#partners[first]!;
    const ofSecond = this.#partners[second]!;
    const add = (partner: number, bound: number): void => {
      const average = isMeasured ? this.#sums.averageSimilarity(joined, partner) : bound;
      if (average >= floor) this.#addPair(joined, partner, average);
    };
    ofFirst.groups.forEach((partner, at) => {
      this.#stamps[partner] = joined;
      this.#stampedSimilarities[partner] = ofFirst.similarities[at]!;
    });
    ofSecond.groups.forEach((partner, at) => {
      if (this.#isAlive[partner] === 0) return;
      const fromFirst = this.#stamps[partner] === joined ? this.#stampedSimilarities[partner]! : floor;
      this.#stamps[partner] = -1;
      add(partner, (weights[0] * fromFirst + weights[1] * ofSecond.similarities[at]!) / total);
    });
    ofFirst.groups.forEach((partner, at) => {
      if (this.#isAlive[partner] === 0 || this.#stamps[partner] !== joined) return;
      this.#stamps[partner] = -1;
      add(partner, (weights[0] * ofFirst.similarities[at]! + weights[1] * floor) / total);
    });
  }

  #addPair(one: number, other: number, similarity: number): void {
    if (!mayJoin(this.#rules[one]!, this.#rules[other]!)) return;
    this.#addPartner(one, other, similarity);
    this.#addPartner(other, one, similarity);
    const margin = this.#measureMargin(one, other, similarity);
    if (margin >= 0) this.#queue.add(one, other, margin);
  }

  /** @returns how much more alike the two are than is demanded */
  #measureMargin(one: number, other: number, similarity: number): number {
    const [rule, otherRule] = [this.#rules[one]!, this.#rules[other]!];
    if (!mayJoin(rule, otherRule)) return Number.NEGATIVE_INFINITY;
    const pairs = this.#weights[one]! * this.#weights[other]!;
    return similarity - this.#problem.demand.similarityFor(pairs, countSharedPhotos(rule, otherRule));
  }

  #addPartner(group: number, partner: number, similarity: number): void {
    let partners = this.#partners[group]!;
    if (partners === noPartners) partners = this.#partners[group] = { groups: [], similarities: [] };
    partners.groups.push(partner);
    partners.similarities.push(similarity);
  }

  #collect(): LinkedGroup[] {
    const left: LinkedGroup[] = [];
    this.#faces.forEach((faces, group) => {
      if (this.#isAlive[group]) left.push({ faces: [...faces].sort((one, other) => one - other), rule: this.#rules[group]! });
    });
    return left.sort((one, other) => one.faces[0]! - other.faces[0]!);
  }
}
