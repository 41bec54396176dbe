/** Joins groups that are alike where they are near in time: the same person at another age. */

import { dotProduct } from '../../geometry/vectors.ts';
import { countSharedPhotos, joinRules, mayJoin } from './join-rules.ts';
import type { LinkageProblem, LinkedGroup } from './linkage.ts';
import { PairQueue } from './pair-queue.ts';
import { unknownDay } from '../../terms/capture-day.ts';

export interface BridgeProblem extends Pick<LinkageProblem, 'units' | 'length' | 'neighbours' | 'demand'> {
  /** Together with every face in at most one. */
  readonly groups: readonly LinkedGroup[];
  /** [n], days since 1970-01-01, or unknownDay */
  readonly captureDays: Int32Array;
}

const daysOfYear = 365.25;

/**
 * [Note: prototypes over time] Faces change with age: of a person photographed for twenty years the first faces and the
 * last may be as unlike as strangers', so that the average over all pairs keeps them apart, while a sibling of the same
 * age is about as alike at any time. So each group has a prototype a year, the sum of its faces of that year, and two
 * groups are also compared by the pairs of the same year and of neighbouring years alone: what is demanded of an average
 * over so many pairs is demanded of these. The groups that result may span decades, each step being one of years.
 *
 * @returns the groups, some of them joined, by lowest face; faces without a date change nothing
 */
export function bridgeTime(problem: BridgeProblem): LinkedGroup[] {
  return new Bridges(problem).run();
}

interface Prototype {
  readonly sum: Float32Array;
  count: number;
}

class Bridges {
  readonly #problem: BridgeProblem;
  readonly #groups: LinkedGroup[];
  /** By group, of those that have a partner. */
  readonly #prototypes = new Map<number, Map<number, Prototype>>();
  /** By group; most have none. */
  readonly #partners = new Map<number, Set<number>>();
  readonly #isAlive: boolean[];
  readonly #lowestFaces: Int32Array;
  readonly #queue: PairQueue;

  constructor(problem: BridgeProblem) {
    this.#problem = problem;
    this.#groups = [...problem.groups];
    this.#isAlive = this.#groups.map(() => true);
    this.#lowestFaces = new Int32Array(2 * this.#groups.length);
    this.#groups.forEach(({ faces }, group) => (this.#lowestFaces[group] = faces[0]!));
    this.#queue = new PairQueue(this.#lowestFaces);
  }

  run(): LinkedGroup[] {
    this.#findPartners();
    for (const [group, partners] of this.#partners) {
      for (const partner of partners) if (partner > group) this.#offer(group, partner);
    }
    while (!this.#queue.isEmpty) {
      const { one, other } = this.#queue;
      this.#queue.removeFirst();
      if (this.#isAlive[one] && this.#isAlive[other] && this.#measureMargin(one, other) >= 0) this.#join(one, other);
    }
    const left = this.#groups.filter((_, group) => this.#isAlive[group]);
    return left.sort((one, other) => one.faces[0]! - other.faces[0]!);
  }

  /** Groups with a pair of neighbours that are near in time: an average needs at least one pair as alike. */
  #findPartners(): void {
    const { neighbours, captureDays, demand } = this.#problem;
    const groupOf = new Int32Array(captureDays.length).fill(-1);
    this.#groups.forEach(({ faces }, group) => {
      for (const face of faces) groupOf[face] = group;
    });
    for (let face = 0; face < neighbours.faceCount; face++) {
      const group = groupOf[face]!;
      if (group < 0 || captureDays[face] === unknownDay) continue;
      const ids = neighbours.idsOf(face);
      const similarities = neighbours.similaritiesOf(face);
      for (let at = 0; at < ids.length; at++) {
        const other = groupOf[ids[at]!]!;
        if (other < 0 || other === group || similarities[at]! < demand.floor || !this.#areNear(face, ids[at]!)) continue;
        this.#addPartner(group, other);
        this.#addPartner(other, group);
      }
    }
    for (const group of this.#partners.keys()) this.#prototypes.set(group, this.#sumYears(group));
  }

  #addPartner(group: number, partner: number): void {
    const partners = this.#partners.get(group);
    if (partners) partners.add(partner);
    else this.#partners.set(group, new Set([partner]));
  }

  #sumYears(group: number): Map<number, Prototype> {
    const { units, length, captureDays } = this.#problem;
    const prototypes = new Map<number, Prototype>();
    for (const face of this.#groups[group]!.faces) {
      if (captureDays[face] === unknownDay) continue;
      const year = Math.floor(captureDays[face]! / daysOfYear);
      const prototype = prototypes.get(year) ?? { sum: new Float32Array(length), count: 0 };
      for (let at = 0; at < length; at++) prototype.sum[at]! += units[face * length + at]!;
      prototype.count += 1;
      prototypes.set(year, prototype);
    }
    return prototypes;
  }

  #areNear(one: number, other: number): boolean {
    const { captureDays } = this.#problem;
    if (captureDays[other] === unknownDay) return false;
    return Math.abs(Math.floor(captureDays[one]! / daysOfYear) - Math.floor(captureDays[other]! / daysOfYear)) <= 1;
  }

  #offer(one: number, other: number): void {
    const margin = this.#measureMargin(one, other);
    if (margin >= 0) this.#queue.add(one, other, margin);
  }

  /** @returns how much more alike the two are than is demanded, of pairs near in time alone */
  #measureMargin(one: number, other: number): number {
    const [rule, otherRule] = [this.#groups[one]!.rule, this.#groups[other]!.rule];
    if (!mayJoin(rule, otherRule)) return Number.NEGATIVE_INFINITY;
    let pairs = 0;
    let sum = 0;
    for (const [year, prototype] of this.#prototypes.get(one)!) {
      for (const near of [year - 1, year, year + 1]) {
        const partner = this.#prototypes.get(other)!.get(near);
        if (partner === undefined) continue;
        sum += dotProduct(prototype.sum, partner.sum);
        pairs += prototype.count * partner.count;
      }
    }
    if (pairs === 0) return Number.NEGATIVE_INFINITY;
    return sum / pairs - this.#problem.demand.similarityFor(pairs, countSharedPhotos(rule, otherRule));
  }

  #join(one: number, other: number): void {
    const joined = this.#groups.length;
    const [first, second] = [this.#groups[one]!, this.#groups[other]!];
    const faces = [...first.faces, ...second.faces].sort((a, b) => a - b);
    this.#groups.push({ faces, rule: joinRules(first.rule, second.rule) });
    this.#lowestFaces[joined] = faces[0]!;
    this.#isAlive[one] = false;
    this.#isAlive[other] = false;
    this.#isAlive.push(true);
    this.#prototypes.set(joined, unitePrototypes(this.#prototypes.get(one)!, this.#prototypes.get(other)!));
    const partners = [...this.#partners.get(one)!, ...this.#partners.get(other)!].filter((partner) => this.#isAlive[partner]);
    for (const partner of new Set(partners)) {
      this.#addPartner(joined, partner);
      this.#addPartner(partner, joined);
      this.#offer(joined, partner);
    }
  }
}

/** Writes to the first, whose group ends here. */
function unitePrototypes(first: Map<number, Prototype>, second: ReadonlyMap<number, Prototype>): Map<number, Prototype> {
  for (const [year, { sum, count }] of second) {
    const kept = first.get(year);
    if (kept === undefined) {
      first.set(year, { sum, count });
      continue;
    }
    for (let at = 0; at < sum.length; at++) kept.sum[at]! += sum[at]!;
    kept.count += count;
  }
  return first;
}
