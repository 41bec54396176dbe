/** Proposes how to split a person: what its faces seem to fall into. */

import { gatherPerson } from './people-faces.ts';
import { takeApart } from './person-parts.ts';
import type { LibraryView, SplitGroups } from './types.ts';

/** Whoever asks for a split has seen two people. [Note: split odds] */
const oddsOfAsking = 2;

/** @returns one group where the person looks like one person, none for somebody without faces */
export function proposeSplit(view: LibraryView, person: number): SplitGroups {
  const own = gatherPerson(view, person);
  if (own === null) return { groups: [], probability: 0 };
  const { parts, probability } = takeApart(view, own, oddsOfAsking);
  return { groups: parts, probability };
}
