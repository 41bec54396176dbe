/** Takes a person's faces apart into those who seem to be one person each. */

import { sampleFaces, spreadEvenly } from './face-samples.ts';
import { growTree } from './face-tree.ts';
import { probabilityAt } from './likelihood.ts';
import type { PersonFaces } from './people-faces.ts';
import type { LibraryView } from './types.ts';
import { averageSimilarity, sumFaces } from './vectors.ts';

export interface PersonParts {
  /** Each ascending; the first holds all confirmed faces, or else is the largest; the others by size. */
  readonly parts: readonly (readonly number[])[];
  /** That there are at least two people, 0 to 1. */
  readonly probability: number;
}

/** Faces that are compared pair by pair; 384 take 0.1 s. */
const facesCompared = 288;
const confirmedCompared = 96;

/**
 * @param prior log-odds of two people before the faces were looked at, 0 where nobody has asked
 * @returns parts which, each two, are likelier two people than one
 */
export function takeApart(view: LibraryView, own: PersonFaces, prior: number): PersonParts {
  const { confirmed } = view.input;
  const settled = own.faces.filter((face) => confirmed[face] === 1);
  const free = own.shown.filter((face) => confirmed[face] === 0);
  const core = spreadEvenly(settled, confirmedCompared);
  const singles = free.length === 0 ? [] : sampleFaces(view, free, facesCompared).map((face) => [face]);
  const { groups, steps } = growTree(view, core.length > 0 ? [core, ...singles] : singles, ({ oddsOfTwo }) => oddsOfTwo + prior < 0);
  const placed = placeOthers(view, own.faces, groups, settled);
  const parts = placed.sort((one, other) => {
    const holds = (part: readonly number[]): number => Number(settled.length > 0 && confirmed[part[0]!] === 1);
    return holds(other) - holds(one) || other.length - one.length || one[0]! - other[0]!;
  });
  const odds = steps.at(-1)?.oddsOfTwo ?? Number.NEGATIVE_INFINITY;
  return { parts: parts.map((part) => [...part].sort((one, other) => one - other)), probability: probabilityAt(odds + prior) };
}

/** Puts every face with the group it resembles most, confirmed ones with each other. @returns confirmed faces first */
function placeOthers(
  { units, input }: LibraryView,
  faces: readonly number[],
  groups: readonly (readonly number[])[],
  settled: readonly number[],
): number[][] {
  const length = input.embeddingLength;
  const sums = groups.map((group) => sumFaces(units, length, group));
  const groupOf = new Map(groups.flatMap((group, index) => group.map((face) => [face, index] as const)));
  const settledGroup = settled.length === 0 ? -1 : groupOf.get(settled[0]!)!;
  const placed = groups.map((): number[] => []);
  for (const face of settled) placed[settledGroup]!.push(face);
  for (const face of faces) {
    if (input.confirmed[face] === 1) continue;
    let best = groupOf.get(face) ?? -1;
    if (best < 0) {
      const single = { values: units, start: face * length, count: 1 };
      const likeness = sums.map((sum) => averageSimilarity(single, sum, length));
      best = likeness.indexOf(Math.max(...likeness));
    }
    placed[best]!.push(face);
  }
  return placed;
}
