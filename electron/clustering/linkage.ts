/**
 * Joins groups of faces by average linkage: two that resemble each other most on average, while they do so enough.
 *
 * [Note: exact averages] The average cosine similarity of all pairs of two groups is the dot product of the groups'
 * sums of unit vectors over the number of pairs, so no pair needs to be stored, and none counts with a guess. What the
 * list of neighbours is for is finding candidates: an average of t needs at least one pair of t, so groups without a
 * pair of neighbours cannot be joined. Joining keeps it so: the average of A and B to X is at least t only if that of
 * A or that of B is. Pairs of groups below t are therefore forgotten for good, and so are forbidden ones.
 *
 * [Note: no chaining] A cluster takes in another for the average of all pairs, not for one good pair: faces that form
 * a row, each like the next, do not become one person.
 *
 * [Note: hidden pairs] Where lists of neighbours are capped, two groups may have pairs that neither side's list shows,
 * each of a face whose list is full. When nothing is left to join, groups with such faces are compared once with each
 * other; after that every pair is known again, so at the end no two groups remain that could have been joined.
 */

import { joinRules, mayJoin, type JoinRule } from './join-rules.ts';
import type { NeighbourLists } from './neighbours.ts';
import { unwatched, type Watch } from './types.ts';

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
  /** Groups are joined while the average cosine similarity of their pairs is at least this. */
  readonly minSimilarity: number;
}

export interface LinkedGroup {
  /** Ascending. */
  readonly faces: readonly number[];
  readonly rule: JoinRule;
  /** [length], the sum of the unit vectors of the faces */
  readonly sum: Float64Array;
}

/**
 * [Note: chains] Joining always the most similar pair of all would need them sorted, anew after every step. Instead a
 * chain goes from a group to the one it resembles most, from there on likewise, until two resemble each other most; as
 * no joining can bring a third group closer to either than the two are, it makes no difference when they are joined.
 * Source: Benzecri 1982, Juan 1982; Murtagh 1983 shows that averages have that property.
 *
 * @returns the groups that are left, by lowest face. Chains start where groups are most alike, so that the result
 *   depends on the order of the faces only where similarities are equal to the last bit
 */
export function linkGroups(problem: LinkageProblem, watch: Watch = unwatched): LinkedGroup[] {
  return new Linkage(problem, watch).run();
}

/** @returns the average cosine similarity of all pairs of a face and a group's faces */
export function averageSimilarity(unit: Float32Array, group: LinkedGroup): number {
  return dotProduct(unit, 0, group.sum, 0, unit.length) / group.faces.length;
}

interface Partners {
  readonly groups: number[];
  readonly similarities: number[];
}

class Linkage {
  readonly #problem: LinkageProblem;
  readonly #watch: Watch;
  /** By group; a joined group gets a number of its own. */
  readonly #faces: number[][];
  readonly #rules: JoinRule[];
  readonly #isAlive: Uint8Array;
  /** Null for a single face, whose unit vector serves. */
  readonly #sums: (Float64Array | null)[];
  /** Groups that are similar enough, some of them gone by now, and how similar. */
  readonly #partners: Partners[];
  readonly #lowestFaces: Int32Array;
  readonly #stamps: Int32Array;
  readonly #stampedSimilarities: Float64Array;

  constructor(problem: LinkageProblem, watch: Watch) {
    this.#problem = problem;
    this.#watch = watch;
    const { groups } = problem;
    const capacity = 2 * groups.length;
    this.#faces = groups.map((group) => [...group.faces]);
    this.#rules = groups.map((group) => group.rule);
    this.#isAlive = new Uint8Array(capacity).fill(1, 0, groups.length);
    this.#sums = groups.map((group) => (group.faces.length === 1 ? null : this.#sumFaces(group.faces)));
    this.#partners = groups.map(() => ({ groups: [], similarities: [] }));
    this.#lowestFaces = new Int32Array(capacity);
    groups.forEach((group, index) => (this.#lowestFaces[index] = group.faces[0]!));
    this.#stamps = new Int32Array(capacity).fill(-1);
    this.#stampedSimilarities = new Float64Array(capacity);
  }

  run(): LinkedGroup[] {
    this.#pairNeighbours();
    this.#joinChains();
    this.#pairTruncated();
    this.#joinChains();
    return this.#collect();
  }

  /** Every pair of groups with at least one pair of neighbours. */
  #pairNeighbours(): void {
    const { groups, neighbours, minSimilarity } = this.#problem;
    const groupOf = new Int32Array(neighbours.faceCount).fill(-1);
    groups.forEach((group, index) => {
      for (const face of group.faces) groupOf[face] = index;
    });
    const mirrored = mirrorLists(neighbours);
    for (let group = 0; group < groups.length; group++) {
      const consider = (other: number, similarity: number): void => {
        if (other <= group || this.#stamps[other] === group) return;
        this.#stamps[other] = group;
        const isSinglePair = this.#sums[group] === null && this.#sums[other] === null;
        const average = isSinglePair ? similarity : this.#measure(group, other);
        if (average >= minSimilarity) this.#addPair(group, other, average);
      };
      for (const face of this.#faces[group]!) {
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
    const { neighbours, minSimilarity } = this.#problem;
    const truncated: number[] = [];
    this.#faces.forEach((faces, group) => {
      if (this.#isAlive[group] && faces.some((face) => neighbours.isTruncated(face))) truncated.push(group);
    });
    truncated.forEach((group, index) => {
      this.#watch.throwIfCancelled();
      const known = new Set(this.#partners[group]!.groups);
      for (const other of truncated.slice(index + 1)) {
        if (known.has(other)) continue;
        const average = this.#measure(group, other);
        if (average >= minSimilarity) this.#addPair(group, other, average);
      }
    });
  }

  /** Joins until no group has a partner. */
  #joinChains(): void {
    const starts = this.#faces
      .map((_, group) => ({ group, best: this.#isAlive[group] ? this.#findBest(group, -1) : null }))
      .flatMap(({ group, best }) => (best === null ? [] : [{ group, similarity: best.similarity }]))
      .sort(
        (one, other) =>
          other.similarity - one.similarity || this.#lowestFaces[one.group]! - this.#lowestFaces[other.group]!,
      );
    for (const { group } of starts) {
      this.#watch.throwIfCancelled();
      if (this.#isAlive[group]) this.#followChain(group);
    }
  }

  /** See [Note: chains]. Ends when neither the start nor what it became a part of has a partner left. */
  #followChain(start: number): void {
    const chain = [start];
    while (chain.length > 0) {
      const last = chain.at(-1)!;
      const before = chain.at(-2) ?? -1;
      const best = this.#findBest(last, before);
      if (best === null) {
        chain.pop();
      } else if (best.partner !== before) {
        // Lists that are cut short may show a pair late: the chain then goes on from where it has been before.
        const visited = chain.indexOf(best.partner);
        if (visited >= 0) chain.length = visited + 1;
        else chain.push(best.partner);
      } else if (mayJoin(this.#rules[last]!, this.#rules[before]!)) {
        chain.length -= 2;
        const joined = this.#join(before, last);
        if (chain.length === 0) chain.push(joined);
      } else {
        // What an anchor's other groups have taken in since forbids what was allowed.
        this.#forgetPair(last, before);
      }
    }
  }

  /** @returns the partner most similar to the group, the preferred one before others and then by lowest face */
  #findBest(group: number, preferred: number): { partner: number; similarity: number } | null {
    const { groups, similarities } = this.#partners[group]!;
    let kept = 0;
    let partner = -1;
    let similarity = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < groups.length; at++) {
      const candidate = groups[at]!;
      if (this.#isAlive[candidate] === 0) continue;
      const value = similarities[at]!;
      groups[kept] = candidate;
      similarities[kept] = value;
      kept += 1;
      const isBetter =
        value > similarity ||
        (value === similarity &&
          partner !== preferred &&
          (candidate === preferred || this.#lowestFaces[candidate]! < this.#lowestFaces[partner]!));
      if (!isBetter) continue;
      partner = candidate;
      similarity = value;
    }
    groups.length = kept;
    similarities.length = kept;
    return partner < 0 ? null : { partner, similarity };
  }

  /** @returns the joined group */
  #join(first: number, second: number): number {
    const joined = this.#faces.length;
    this.#isAlive[first] = 0;
    this.#isAlive[second] = 0;
    this.#isAlive[joined] = 1;
    const weights = [this.#faces[first]!.length, this.#faces[second]!.length] as const;
    this.#lowestFaces[joined] = Math.min(this.#lowestFaces[first]!, this.#lowestFaces[second]!);
    this.#sums.push(this.#addSums(first, second));
    const [larger, smaller] = weights[0] >= weights[1] ? [first, second] : [second, first];
    this.#faces.push(appendFaces(this.#faces[larger]!, this.#faces[smaller]!));
    this.#rules.push(joinRules(this.#rules[first]!, this.#rules[second]!));
    this.#partners.push({ groups: [], similarities: [] });
    this.#inheritPartners(joined, first, second, weights);
    for (const gone of [first, second]) {
      this.#faces[gone] = [];
      this.#sums[gone] = null;
      this.#partners[gone] = { groups: [], similarities: [] };
    }
    return joined;
  }

  /** The joined group's partners are among those of its two parts. */
  #inheritPartners(joined: number, first: number, second: number, weights: readonly [number, number]): void {
    const { minSimilarity } = this.#problem;
    const total = weights[0] + weights[1];
    const ofFirst = this.#partners[first]!;
    const ofSecond = this.#partners[second]!;
    ofFirst.groups.forEach((partner, at) => {
      this.#stamps[partner] = joined;
      this.#stampedSimilarities[partner] = ofFirst.similarities[at]!;
    });
    ofSecond.groups.forEach((partner, at) => {
      if (this.#isAlive[partner] === 0) return;
      const isShared = this.#stamps[partner] === joined;
      const average = isShared
        ? (weights[0] * this.#stampedSimilarities[partner]! + weights[1] * ofSecond.similarities[at]!) / total
        : this.#measure(joined, partner);
      this.#stamps[partner] = -1;
      if (average >= minSimilarity) this.#addPair(joined, partner, average);
    });
    for (const partner of ofFirst.groups) {
      if (this.#isAlive[partner] === 0 || this.#stamps[partner] !== joined) continue;
      this.#stamps[partner] = -1;
      const average = this.#measure(joined, partner);
      if (average >= minSimilarity) this.#addPair(joined, partner, average);
    }
  }

  #addPair(one: number, other: number, similarity: number): void {
    if (!mayJoin(this.#rules[one]!, this.#rules[other]!)) return;
    addPartner(this.#partners[one]!, other, similarity);
    addPartner(this.#partners[other]!, one, similarity);
  }

  #forgetPair(one: number, other: number): void {
    removePartner(this.#partners[one]!, other);
    removePartner(this.#partners[other]!, one);
  }

  /** The average similarity of all pairs of two groups, see [Note: exact averages]. */
  #measure(one: number, other: number): number {
    const [left, leftStart] = this.#vectorOf(one);
    const [right, rightStart] = this.#vectorOf(other);
    const product = dotProduct(left, leftStart, right, rightStart, this.#problem.length);
    return product / (this.#faces[one]!.length * this.#faces[other]!.length);
  }

  #vectorOf(group: number): [Float32Array | Float64Array, number] {
    const sum = this.#sums[group]!;
    return sum === null ? [this.#problem.units, this.#faces[group]![0]! * this.#problem.length] : [sum, 0];
  }

  #sumFaces(faces: readonly number[]): Float64Array {
    const { units, length } = this.#problem;
    const sum = new Float64Array(length);
    for (const face of faces) {
      for (let at = 0, from = face * length; at < length; at++, from++) sum[at]! += units[from]!;
    }
    return sum;
  }

  /** Takes over the first group's array where it has one: that group ends here. */
  #addSums(first: number, second: number): Float64Array {
    const { length } = this.#problem;
    const sum = this.#sums[first] ?? this.#sumFaces(this.#faces[first]!);
    const [added, start] = this.#vectorOf(second);
    for (let at = 0; at < length; at++) sum[at]! += added[start + at]!;
    return sum;
  }

  #collect(): LinkedGroup[] {
    const left: LinkedGroup[] = [];
    this.#faces.forEach((faces, group) => {
      if (!this.#isAlive[group]) return;
      const sum = this.#sums[group] ?? this.#sumFaces(faces);
      left.push({ faces: faces.sort((one, other) => one - other), rule: this.#rules[group]!, sum });
    });
    return left.sort((one, other) => one.faces[0]! - other.faces[0]!);
  }
}

function addPartner(partners: Partners, group: number, similarity: number): void {
  partners.groups.push(group);
  partners.similarities.push(similarity);
}

function removePartner(partners: Partners, group: number): void {
  const at = partners.groups.indexOf(group);
  partners.groups.splice(at, 1);
  partners.similarities.splice(at, 1);
}

/** Lists the other way round: for each face those whose lists name it. */
export function mirrorLists(lists: NeighbourLists): { starts: Int32Array; ids: Int32Array; similarities: Float32Array } {
  const starts = new Int32Array(lists.faceCount + 1);
  for (let face = 0; face < lists.faceCount; face++) {
    const ids = lists.idsOf(face);
    for (let at = 0; at < lists.countOf(face); at++) starts[ids[at]! + 1]! += 1;
  }
  for (let face = 0; face < lists.faceCount; face++) starts[face + 1]! += starts[face]!;
  const next = starts.slice();
  const mirroredIds = new Int32Array(starts[lists.faceCount]!);
  const mirroredSimilarities = new Float32Array(mirroredIds.length);
  for (let face = 0; face < lists.faceCount; face++) {
    const ids = lists.idsOf(face);
    const similarities = lists.similaritiesOf(face);
    for (let at = 0; at < lists.countOf(face); at++) {
      const to = next[ids[at]!]!++;
      mirroredIds[to] = face;
      mirroredSimilarities[to] = similarities[at]!;
    }
  }
  return { starts, ids: mirroredIds, similarities: mirroredSimilarities };
}

/** Writes to the first array, whose group ends here. */
function appendFaces(faces: number[], added: readonly number[]): number[] {
  for (const face of added) faces.push(face);
  return faces;
}

function dotProduct(
  left: Float32Array | Float64Array,
  leftStart: number,
  right: Float32Array | Float64Array,
  rightStart: number,
  length: number,
): number {
  let even = 0;
  let odd = 0;
  let at = 0;
  // Two sums, as each addition waits for the one before it.
  for (; at + 1 < length; at += 2) {
    even += left[leftStart + at]! * right[rightStart + at]!;
    odd += left[leftStart + at + 1]! * right[rightStart + at + 1]!;
  }
  if (at < length) even += left[leftStart + at]! * right[rightStart + at]!;
  return even + odd;
}
