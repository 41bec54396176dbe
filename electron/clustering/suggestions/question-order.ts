/** Puts doubts about pairs of people into the order in which their answers settle most, without what others answer. */

import { DisjointSets } from '../disjoint-sets.ts';
import type { PersonFaces } from './people-faces.ts';
import { keyOfPair } from './person-pairs.ts';

/** A pair of people who may be one. */
export interface Doubt {
  readonly first: PersonFaces;
  readonly second: PersonFaces;
  /** 0 to 1 */
  readonly probability: number;
  /** Whether a yes gives the second the name of the first. */
  readonly isNaming: boolean;
  /** See [Note: what an answer settles]. */
  readonly settles: number;
}

/** From here on a yes is what is to be expected. */
const likely = 0.5;

/**
 * [Note: expected answers] Three parts of one person make three pairs, and two answers. So people whom likely yeses
 * connect count as one: of the pairs among them only a tree is asked, of the pairs of two such people the one that
 * settles most. When an answer comes out otherwise, the list is made anew, and what it left out comes up.
 *
 * @returns as many doubts as answers are expected to be needed, those that settle most first
 */
export function orderDoubts(doubts: readonly Doubt[], peopleCount: number): Doubt[] {
  // People who are one if all is as expected.
  const connected = new DisjointSets(peopleCount);
  const kept = [...doubts]
    .filter(({ probability }) => probability >= likely)
    .sort((one, other) => other.probability - one.probability || compareByWork(one, other))
    .filter(({ first, second }) => connected.unite(first.person, second.person));
  const asked = new Set<number>();
  for (const doubt of [...doubts].sort(compareByWork)) {
    if (doubt.probability >= likely) continue;
    const [first, second] = [connected.find(doubt.first.person), connected.find(doubt.second.person)];
    const key = keyOfPair(first, second, peopleCount);
    if (first === second || asked.has(key)) continue;
    asked.add(key);
    kept.push(doubt);
  }
  return kept.sort(compareByWork);
}

function compareByWork(one: Doubt, other: Doubt): number {
  return (
    other.settles - one.settles ||
    Number(other.isNaming) - Number(one.isNaming) ||
    one.first.person - other.first.person ||
    one.second.person - other.second.person
  );
}
