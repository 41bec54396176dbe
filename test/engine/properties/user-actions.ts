/** What a user may do to a library, drawn at random, with what each action is a word about. */

import type { FaceId, PersonId } from '../../../electron/base/ids.ts';
import type { Random } from '../../../electron/base/random.ts';
import { act, everything } from '../../database/library-fixture.ts';
import type { LivingLibrary } from './living-library.ts';
import { addPairs, fail, follow, listChanged, removePairs, type Moment, type Promises } from './promises.ts';

/** An action that was accepted. */
export interface Deed {
  /** Faces that it was about: no others may change. */
  readonly spokenOf: ReadonlySet<FaceId>;
  /** What is promised from then on. */
  promise(promises: Promises, before: Moment, after: Moment): Promises;
  /** People whom nothing computed may take a face from, from then on. */
  readonly holds?: readonly PersonId[];
}

export type UserAction = (library: LivingLibrary, random: Random, before: Moment, promises: Promises) => Deed;

const asBefore = (promises: Promises): Promises => promises;

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  if (items.length === 0) fail('there is nothing to pick from');
  return items[Math.floor(random() * items.length)]!;
}

function pickPerson(library: LivingLibrary, random: Random): PersonId {
  const { people, shownPeople } = library.listIds();
  return pick(random, random() < 0.85 && shownPeople.length > 0 ? shownPeople : people);
}

/** Two people who look alike, or of whom a face of the one was ruled out of the other, or any two. */
function pickPair(library: LivingLibrary, random: Random, before: Moment, promises: Promises): [PersonId, PersonId] {
  const lookalikes = random() < 0.5 ? library.findLookalikes(random()) : null;
  if (lookalikes !== null) return lookalikes;
  if (random() < 0.5 || promises.size === 0) return [pickPerson(library, random), pickPerson(library, random)];
  const [faceId, personId] = pick(random, [...promises.values()]);
  const other = before.faces.get(faceId)?.person ?? personId;
  return random() < 0.5 ? [personId, other] : [other, personId];
}

/** One to `most` faces, of one person or of anybody. */
function pickFaces(library: LivingLibrary, random: Random, most: number): FaceId[] {
  const ofPerson = random() < 0.6 ? listFaces(library, pickPerson(library, random)) : [];
  const faces = ofPerson.length > 0 ? ofPerson : library.listIds().faces;
  const count = 1 + Math.floor(random() * most);
  return [...new Set(Array.from({ length: count }, () => pick(random, faces)))];
}

function listFaces({ store }: LivingLibrary, personId: PersonId): FaceId[] {
  return store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
}

/** Ignored ones too. */
function facesOf(moment: Moment, personId: PersonId): FaceId[] {
  const target = follow(moment, personId);
  return [...moment.faces].filter(([, { person }]) => person === target).map(([faceId]) => faceId);
}

/** Each face is ruled out of the person that it was with, if it went elsewhere. */
function ruleOutOld(promises: Promises, before: Moment, after: Moment, faceIds: Iterable<FaceId>): Promises {
  const pairs = [...faceIds].flatMap((faceId): [FaceId, PersonId][] => {
    const old = before.faces.get(faceId)?.person ?? null;
    return old === null || after.faces.get(faceId)?.person === old ? [] : [[faceId, old]];
  });
  return addPairs(promises, pairs);
}

function mergeDeed(before: Moment, target: PersonId, sources: readonly PersonId[]): Deed {
  return {
    spokenOf: new Set(sources.flatMap((source) => facesOf(before, source))),
    promise: (promises, _, after) =>
      removePairs(promises, after, (faceId, personId) => {
        return personId === follow(after, target) && after.faces.get(faceId)?.person === personId;
      }),
    holds: [target],
  };
}

/** Faces cut in two to four parts, the first of which may stay. */
function cut(faceIds: readonly FaceId[], random: Random): FaceId[][] {
  const parts = 2 + Math.floor(random() * 3);
  const groups = Array.from({ length: parts }, (): FaceId[] => []);
  for (const faceId of faceIds) pick(random, groups).push(faceId);
  return groups.slice(1).filter((group) => group.length > 0);
}

export const userActions: Readonly<Record<string, { readonly weight: number; readonly act: UserAction }>> = {
  name: {
    weight: 6,
    act: (library, random) => {
      const personId = pickPerson(library, random);
      act(library.store, 'people.name', { personId, name: pick(random, ['Anna', 'Ben', 'Carla', '김지수', 'Eve', null]) });
      return { spokenOf: new Set(), promise: asBefore };
    },
  },
  merge: {
    weight: 4,
    act: (library, random, before, promises) => {
      const [target, source] = pickPair(library, random, before, promises);
      const sources = [source, ...(random() < 0.3 ? [pickPerson(library, random)] : [])];
      act(library.store, 'people.merge', { target, sources });
      return mergeDeed(before, target, sources);
    },
  },
  answer: {
    weight: 12,
    act: (library, random, before, promises) => {
      const [first, second] = pickPair(library, random, before, promises);
      const answer = pick(random, ['yes', 'no', 'no', 'not-sure'] as const);
      act(library.store, 'review.answer', { first, second, answer });
      if (answer === 'yes') return mergeDeed(before, first, [second]);
      if (answer === 'not-sure') return { spokenOf: new Set(), promise: asBefore };
      const [one, other] = [follow(before, first), follow(before, second)];
      const [oneSize, otherSize] = [before.people.get(one)!.faceCount, before.people.get(other)!.faceCount];
      const isOneSmaller = otherSize === 0 || (oneSize > 0 && oneSize < otherSize);
      const [smaller, larger] = isOneSmaller ? [one, other] : [other, one];
      return {
        spokenOf: new Set(),
        promise: (earlier) => addPairs(earlier, facesOf(before, smaller).map((faceId) => [faceId, larger] as const)),
        holds: [one, other],
      };
    },
  },
  split: {
    weight: 4,
    act: (library, random) => {
      const personId = pickPerson(library, random);
      const groups = cut(listFaces(library, personId), random);
      const { people } = act(library.store, 'people.split', { personId, groups });
      return {
        spokenOf: new Set(groups.flat()),
        promise: (promises, before, after) => ruleOutOld(promises, before, after, groups.flat()),
        holds: [personId, ...people.map((person) => person.id)],
      };
    },
  },
  recluster: {
    weight: 4,
    act: (library, random) => {
      const personId = pickPerson(library, random);
      const leaving = random() < 0.6 ? cut(listFaces(library, personId), random).slice(0, 1) : [];
      const joining = random() < 0.6 ? pickFaces(library, random, 3) : [];
      act(library.store, 'people.recluster', { personId, leaving, joining });
      return {
        spokenOf: new Set([...leaving.flat(), ...joining]),
        promise: (promises, before, after) => ruleOutOld(promises, before, after, leaving.flat()),
      };
    },
  },
  move: {
    weight: 6,
    act: (library, random) => {
      const faceIds = pickFaces(library, random, 4);
      const { id } = act(library.store, 'faces.move', { faceIds, personId: random() < 0.8 ? pickPerson(library, random) : null }).person;
      return {
        spokenOf: new Set(faceIds),
        promise: (promises, before, after) => {
          const kept = removePairs(promises, after, (faceId, personId) => faceIds.includes(faceId) && personId === id);
          return ruleOutOld(kept, before, after, faceIds);
        },
        holds: [id],
      };
    },
  },
  confirm: {
    weight: 8,
    act: (library, random) => {
      const faceIds = pickFaces(library, random, 6);
      act(library.store, 'faces.confirm', { faceIds });
      return { spokenOf: new Set(faceIds), promise: asBefore };
    },
  },
  reject: {
    weight: 8,
    act: (library, random, before) => {
      const faceIds = pickFaces(library, random, 3);
      act(library.store, 'faces.reject', { faceIds });
      return {
        spokenOf: new Set(faceIds),
        promise: (promises, _, after) => ruleOutOld(promises, before, after, faceIds),
        holds: faceIds.map((faceId) => before.faces.get(faceId)!.person!),
      };
    },
  },
  ignoreFaces: {
    weight: 3,
    act: (library, random) => {
      const faceIds = pickFaces(library, random, 4);
      act(library.store, 'faces.ignore', { faceIds });
      return { spokenOf: new Set(faceIds), promise: asBefore };
    },
  },
  restoreFaces: {
    weight: 3,
    act: (library, random, before) => {
      const hidden = [...before.faces].filter(([, face]) => face.isIgnored).map(([faceId]) => faceId);
      const faceIds = hidden.length > 0 ? [pick(random, hidden)] : pickFaces(library, random, 2);
      act(library.store, 'faces.restore', { faceIds });
      return { spokenOf: new Set(faceIds), promise: asBefore };
    },
  },
  ignorePerson: {
    weight: 2,
    act: (library, random) => {
      const personId = pickPerson(library, random);
      act(library.store, 'people.ignore', { personIds: [personId] });
      return { spokenOf: new Set(), promise: asBefore };
    },
  },
  restorePerson: {
    weight: 2,
    act: (library, random) => {
      act(library.store, 'people.restore', { personIds: [pick(random, library.listIds().people)] });
      return { spokenOf: new Set(), promise: asBefore };
    },
  },
  ignoreStrangers: {
    weight: 1,
    act: (library) => {
      act(library.store, 'people.ignoreStrangers', { maxFaces: 1 });
      return { spokenOf: new Set(), promise: asBefore };
    },
  },
  ignoreStrangersInPhoto: {
    weight: 3,
    act: (library, random) => {
      const photoId = pick(random, library.listIds().photos);
      act(library.store, 'photos.ignoreStrangers', { photoId });
      return { spokenOf: new Set(library.store.getPhoto({ photoId }).faces.map((face) => face.id)), promise: asBefore };
    },
  },
  chooseCover: {
    weight: 2,
    act: (library, random) => {
      const personId = pickPerson(library, random);
      act(library.store, 'people.chooseCover', { personId, faceId: pick(random, [...listFaces(library, personId), ...pickFaces(library, random, 1)]) });
      return { spokenOf: new Set(), promise: asBefore };
    },
  },
  setBorn: {
    weight: 3,
    act: (library, random, before) => {
      const personId = pickPerson(library, random);
      const born = random() < 0.15 ? null : `${1955 + Math.floor(random() * 40)}`;
      const early = facesOf(before, personId).filter((faceId) => !before.faces.get(faceId)!.isConfirmed);
      const { facesOut } = act(library.store, 'people.setBorn', { personId, born });
      return {
        spokenOf: new Set(early),
        promise: (promises, _, after) => {
          const gone = listChanged(before, after).filter((faceId) => early.includes(faceId));
          if (gone.length !== facesOut) fail(`a birth date took ${gone.length} faces out and told of ${facesOut}`);
          return ruleOutOld(promises, before, after, gone);
        },
        holds: born === null ? [] : [personId],
      };
    },
  },
};
