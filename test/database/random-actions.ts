/** What a user may do to a library, drawn at random; refused actions are part of it. */

import { isAppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { Random } from '../../electron/base/random.ts';
import { act, everything, type OpenLibrary } from './library-fixture.ts';

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

export function pickSome<Item>(random: Random, items: readonly Item[], most: number): Item[] {
  const count = 1 + Math.floor(random() * most);
  return Array.from({ length: count }, () => pick(random, items));
}

export function listPersonIds({ connection }: OpenLibrary): PersonId[] {
  return connection.db.prepare<[], PersonId>('SELECT uuid FROM people ORDER BY id').pluck().all();
}

export function listFaceIds({ connection }: OpenLibrary): FaceId[] {
  return connection.db.prepare<[], FaceId>('SELECT uuid FROM faces ORDER BY id').pluck().all();
}

/** @param otherwise for a person without faces */
function facesOf(library: OpenLibrary, personId: PersonId, otherwise: readonly FaceId[]): readonly FaceId[] {
  const faceIds = library.store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
  return faceIds.length > 0 ? faceIds : otherwise;
}

/** Something that a user may do; refused actions are part of it. */
export function actAtRandom(library: OpenLibrary, random: Random): void {
  const { store } = library;
  const people = listPersonIds(library);
  const faces = listFaceIds(library);
  const personId = pick(random, people);
  const faceIds = pickSome(random, faces, 4);
  const actions: (() => unknown)[] = [
    () => act(store, 'people.name', { personId, name: pick(random, ['Anna', 'Ben', '김지수', 'Anna Maria', null]) }),
    () => act(store, 'people.merge', { target: personId, sources: pickSome(random, people, 2) }),
    () => act(store, 'faces.move', { faceIds, personId }),
    () => act(store, 'faces.move', { faceIds, personId: null }),
    () => act(store, 'faces.confirm', { faceIds }),
    () => act(store, 'faces.reject', { faceIds }),
    () => act(store, 'faces.ignore', { faceIds }),
    () => act(store, 'faces.restore', { faceIds }),
    () => act(store, 'people.ignore', { personIds: pickSome(random, people, 3) }),
    () => act(store, 'people.confirm', { personIds: pickSome(random, people, 2) }),
    () => act(store, 'people.restore', { personIds: [personId] }),
    () => act(store, 'people.chooseCover', { personId, faceId: pick(random, faces) }),
    () => act(store, 'review.answer', { first: personId, second: pick(random, people), answer: 'no' }),
    () => act(store, 'review.answer', { first: personId, second: pick(random, people), answer: 'not-sure' }),
    () => act(store, 'review.answer', { first: personId, second: pick(random, people), answer: 'yes' }),
    () => act(store, 'people.split', { personId, groups: [pickSome(random, facesOf(library, personId, faces), 2)] }),
    () => {
      const leaving = random() < 0.5 ? [pickSome(random, facesOf(library, personId, faces), 2)] : [];
      return act(store, 'people.recluster', { personId, leaving, joining: [pick(random, faces)] }).person;
    },
    () => act(store, 'people.setBorn', { personId, born: pick(random, ['1999', '2027-03', null]) }),
    () => act(store, 'people.ignoreStrangers', { maxFaces: 1 }),
    () => act(store, 'photos.ignoreStrangers', { photoId: store.listFacesByIds([pick(random, faces)])[0]!.photoId }),
  ];
  try {
    pick(random, actions)();
  } catch (error) {
    if (!isAppError(error, 'conflict') && !isAppError(error, 'bad-argument')) throw error;
  }
}
