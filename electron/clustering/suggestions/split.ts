/** Proposes how to split a person: what its faces seem to fall into. */

import { gatherPerson } from './people-faces.ts';
import { takeApart } from './person-parts.ts';
import type { LibraryView, SplitGroups } from './types.ts';

/** Whoever asks for a split has seen two people. Of 378 people of LFW, each put together with whom they resemble most, the
 *  standard pack leaves 4, 2 and 0 whole at 0, 1 and 2, and takes 23, 24 and 27 of the same people alone apart; classic 11,
 *  8 and 7, and 73, 86 and 101. */
const oddsOfAsking = 1;

/** @returns one group where the person looks like one person, none for somebody without faces */
export function proposeSplit(view: LibraryView, person: number): SplitGroups {
  const own = gatherPerson(view, person);
  if (own === null) return { groups: [], probability: 0 };
  const { parts, probability } = takeApart(view, own, oddsOfAsking);
  return { groups: parts, probability };
}
