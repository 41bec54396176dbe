/** Pairs of a face and a person of whom the user has said something. */

import type { FaceKey } from './faces.ts';
import type { PersonKey } from './people.ts';

export interface DecidedPair {
  readonly faceKey: FaceKey;
  readonly personKey: PersonKey;
}

/** @param forwards of people who were merged: where each leads
 *  @returns people that were decided on for each face */
export function groupByFace(
  decided: readonly DecidedPair[],
  forwards: ReadonlyMap<PersonKey, PersonKey>,
): ReadonlyMap<FaceKey, ReadonlySet<PersonKey>> {
  const peopleOf = new Map<FaceKey, Set<PersonKey>>();
  for (const { faceKey, personKey } of decided) {
    const targets = peopleOf.get(faceKey) ?? new Set();
    targets.add(forwards.get(personKey) ?? personKey);
    peopleOf.set(faceKey, targets);
  }
  return peopleOf;
}
