/** What a user can do by hand in any program: name, join by name, select and assign, take out, set aside. */

import type { ActionCosts, LabelledLibrary } from './labelled-library.ts';
import { selectItems, sumGains, type BatchItem, type Offer } from './offer.ts';
import type { Goal, Makeup, Standing, Truth } from './truth.ts';

export interface Situation {
  readonly library: LabelledLibrary;
  readonly truth: Truth;
  readonly goal: Goal;
  readonly costs: ActionCosts;
  /** People that are not set aside. */
  readonly makeups: readonly Makeup[];
  readonly standing: Standing;
  /** By name, the person who has it; the one with the most faces. */
  readonly namedPeople: ReadonlyMap<string, string>;
}

/** The user knows everybody, and finds every card and face without looking for it: what is counted is the hand alone. */
export function listHandOffers(situation: Situation): Offer[] {
  return [...listNamings(situation), ...listAssignments(situation), ...listCleanings(situation), ...listSettingAside(situation)];
}

/** Cards that show somebody with a name, mostly. */
function listNamings({ library, truth, costs, makeups, namedPeople }: Situation): Offer[] {
  return makeups.flatMap(({ person, byIdentity, count }): Offer[] => {
    const identity = byIdentity[0]?.[0];
    const gain = byIdentity[0]?.[1].length ?? 0;
    if (person.name !== null || identity === undefined || !truth.named.has(identity) || 2 * gain <= count) return [];
    const known = namedPeople.get(identity);
    if (known === undefined) {
      return [{ kind: 'name', cost: 1, gain, cleans: 0, perform: () => library.name(person.id, identity) }];
    }
    // Lone faces are selected and assigned together.
    if (person.faces.length === 1) return [];
    return [{ kind: 'merge', cost: costs.joinByName, gain, cleans: 0, perform: () => library.merge(known, person.id) }];
  });
}

/** Faces of people with names that lie alone or among others: each is clicked on, then a name chosen or typed for all. */
function listAssignments({ library, truth, makeups, namedPeople, standing }: Situation): Offer[] {
  const waiting = new Map<string, { items: BatchItem[]; cleans: number }>();
  for (const { person, byIdentity, count } of makeups) {
    for (const [identity, faces] of byIdentity) {
      if (!truth.named.has(identity) || person.name === identity) continue;
      const isOwnCard = person.name === null && person.faces.length > 1 && 2 * faces.length > count;
      if (isOwnCard) continue;
      const entry = waiting.get(identity) ?? { items: [], cleans: 0 };
      waiting.set(identity, entry);
      for (const face of faces) entry.items.push({ target: face, gain: 1 });
      if (person.name !== null) entry.cleans += faces.length;
    }
  }
  return [...waiting].flatMap(([identity, { items, cleans }]): Offer[] => {
    const known = namedPeople.get(identity);
    const selected = selectItems(items, standing.missing > 0 ? standing.missing : Number.POSITIVE_INFINITY);
    const faces = selected.map(({ target }) => target);
    const perform = (): Promise<void> => (known === undefined ? library.moveToNew(faces, identity) : library.move(faces, known));
    return [{ kind: 'assign', cost: selected.length + 1, gain: selected.length, cleans, perform }];
  });
}

/** Strangers among somebody's faces: each is clicked on, then all are set aside. */
function listCleanings({ library, truth, makeups }: Situation): Offer[] {
  return makeups.flatMap(({ person, byIdentity }): Offer[] => {
    if (person.name === null) return [];
    const strangers = byIdentity.flatMap(([identity, faces]) => (truth.named.has(identity) ? [] : faces));
    if (strangers.length === 0) return [];
    const size = strangers.length;
    return [{ kind: 'clean', cost: size + 1, gain: size, cleans: size, perform: () => library.ignoreFaces(strangers) }];
  });
}

/** Cards of strangers alone: each is clicked on, then all are set aside. */
function listSettingAside({ library, truth, goal, makeups, standing }: Situation): Offer[] {
  const items = makeups.flatMap(({ person, byIdentity, count }): BatchItem[] => {
    if (person.name !== null || byIdentity.length === 0) return [];
    if (byIdentity.some(([identity]) => truth.named.has(identity))) return [];
    const isRight = goal === 'tolerant' && byIdentity.length === 1;
    return isRight ? [] : [{ target: person.id, gain: count }];
  });
  const selected = selectItems(items, standing.missing);
  if (selected.length === 0) return [];
  const perform = (): Promise<void> => library.ignorePeople(selected.map(({ target }) => target));
  return [{ kind: 'ignore', cost: selected.length + 1, gain: sumGains(selected), cleans: 0, perform }];
}
