import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import {
  assign,
  clusterInto,
  createClock,
  dumpLibrary,
  everyone,
  everything,
  fillLibrary,
  findBrokenRules,
  makeFolder,
  makePhoto,
  openLibrary,
  personOf,
  type OpenLibrary,
} from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

function pickSome<Item>(random: Random, items: readonly Item[], most: number): Item[] {
  const count = 1 + Math.floor(random() * most);
  return Array.from({ length: count }, () => pick(random, items));
}

function listPersonIds({ connection }: OpenLibrary): PersonId[] {
  return connection.db.prepare<[], PersonId>('SELECT uuid FROM people ORDER BY id').pluck().all();
}

function listFaceIds({ connection }: OpenLibrary): FaceId[] {
  return connection.db.prepare<[], FaceId>('SELECT uuid FROM faces ORDER BY id').pluck().all();
}

/** @param otherwise for a person without faces */
function facesOf(library: OpenLibrary, personId: PersonId, otherwise: readonly FaceId[]): readonly FaceId[] {
  const faceIds = library.store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
  return faceIds.length > 0 ? faceIds : otherwise;
}

/** Something that a user may do; refused actions are part of it. */
function actAtRandom(library: OpenLibrary, random: Random): void {
  const { store } = library;
  const people = listPersonIds(library);
  const faces = listFaceIds(library);
  const personId = pick(random, people);
  const faceIds = pickSome(random, faces, 4);
  const actions: (() => unknown)[] = [
    () => store.namePerson({ personId, name: pick(random, ['Anna', 'Ben', '김지수', 'Anna Maria', null]) }),
    () => store.mergePeople({ target: personId, sources: pickSome(random, people, 2) }),
    () => store.moveFaces({ faceIds, personId }),
    () => store.moveFaces({ faceIds, personId: null }),
    () => store.confirmFaces({ faceIds }),
    () => store.rejectFaces({ faceIds }),
    () => store.ignoreFaces({ faceIds }),
    () => store.restoreFaces({ faceIds }),
    () => store.ignorePerson({ personId }),
    () => store.restorePerson({ personId }),
    () => store.chooseCover({ personId, faceId: pick(random, faces) }),
    () => store.answerReview({ first: personId, second: pick(random, people), answer: 'no' }),
    () => store.answerReview({ first: personId, second: pick(random, people), answer: 'not-sure' }),
    () => store.answerReview({ first: personId, second: pick(random, people), answer: 'yes' }),
    () => store.splitPerson({ personId, groups: [pickSome(random, facesOf(library, personId, faces), 2)] }),
    () => {
      const leaving = random() < 0.5 ? [pickSome(random, facesOf(library, personId, faces), 2)] : [];
      return store.reclusterPerson({ personId, leaving, joining: [pick(random, faces)] });
    },
    () => store.setBorn({ personId, born: pick(random, ['1999', '2027-03', null]) }),
    () => store.ignoreStrangers({ maxFaces: 1 }),
    () => store.ignoreStrangersInPhoto({ photoId: store.listFacesByIds([pick(random, faces)])[0]!.photoId }),
  ];
  try {
    pick(random, actions)();
  } catch (error) {
    if (!isAppError(error, 'conflict') && !isAppError(error, 'bad-argument')) throw error;
  }
}

/** A clustering that knows nothing of the rules. */
function clusterAtRandom(library: OpenLibrary, random: Random): void {
  const people = listPersonIds(library);
  const assignments = pickSome(random, listFaceIds(library), 15).map((faceId) => ({
    faceId,
    person: random() < 0.7 ? pick(random, people) : Math.floor(random() * 3),
  }));
  assign(library, assignments);
}

/** Where the faces are that no clustering may touch. */
function listSettledFaces({ connection }: OpenLibrary): unknown[] {
  return connection.db
    .prepare(
      `SELECT m.face_id, m.person_id, m.is_confirmed FROM memberships m JOIN people p ON p.id = m.person_id
       WHERE m.is_confirmed OR p.is_held OR m.is_ignored ORDER BY m.face_id`,
    )
    .all();
}

describe('the journal', () => {
  test.each([1, 2, 3, 4, 5, 6])('restores every row exactly, in any session (seed %i)', (seed) => {
    const random = createRandom(seed);
    const clock = createClock();
    let library: OpenLibrary = fillLibrary(openLibrary(folder.path, clock), 8, 5);
    const reopen = () => {
      library.store.close();
      library = openLibrary(folder.path, clock);
    };
    const states = [dumpLibrary(library)];
    while (states.length <= 40) {
      const before = library.store.listJournal(everything).total;
      actAtRandom(library, random);
      const state = dumpLibrary(library);
      if (library.store.listJournal(everything).total > before) states.push(state);
      else expect(state).toEqual(states.at(-1));
      expect(findBrokenRules(library)).toEqual([]);
      if (random() < 0.1) reopen();
    }
    let position = states.length - 1;
    for (let step = 0; step < 60; step++) {
      if (random() < 0.1) reopen();
      const count = 1 + Math.floor(random() * 4);
      const isUndo = position > 0 && (position === states.length - 1 || random() < 0.6);
      const entries = isUndo ? library.store.undo(count) : library.store.redo(count);
      position += isUndo ? -entries.length : entries.length;
      expect(dumpLibrary(library)).toEqual(states[position]);
      expect(findBrokenRules(library)).toEqual([]);
    }
    if (position > 0) library.store.undo(states.length);
    expect(dumpLibrary(library)).toEqual(states[0]);
    library.store.redo(states.length);
    expect(dumpLibrary(library)).toEqual(states.at(-1));
    library.store.close();
  });

  test.each([11, 12, 13, 14, 15, 16, 17, 18])('holds its rules with clusterings in between (seed %i)', (seed) => {
    const random = createRandom(seed);
    const clock = createClock();
    let library: OpenLibrary = fillLibrary(openLibrary(folder.path, clock), 6, 5);
    for (let step = 0; step < 150; step++) {
      const roll = random();
      if (roll < 0.3) {
        const settled = listSettledFaces(library);
        const names = dumpLibrary(library).searchKeys;
        clusterAtRandom(library, random);
        expect(listSettledFaces(library)).toEqual(expect.arrayContaining(settled));
        expect(dumpLibrary(library).searchKeys).toEqual(names);
      } else if (roll < 0.45 && library.store.countLibrary().canUndo) {
        library.store.undo(1 + Math.floor(random() * 3));
      } else if (roll < 0.55 && library.store.countLibrary().canRedo) {
        library.store.redo(1 + Math.floor(random() * 3));
      } else if (roll < 0.6) {
        library.store.savePhoto(makePhoto(`late${step}`, 2), library.analysis);
      } else if (roll < 0.65) {
        library.store.close();
        library = openLibrary(folder.path, clock);
      } else {
        actAtRandom(library, random);
      }
      expect(findBrokenRules(library)).toEqual([]);
    }
    library.store.close();
  });

  test('undoes in a later session, newest first, and lists what was undone', () => {
    const first = fillLibrary(openLibrary(folder.path), 2, 2);
    const [anna, ben] = first.personIds as [PersonId, PersonId];
    first.store.namePerson({ personId: anna, name: 'Anna' });
    first.store.mergePeople({ target: anna, sources: [ben] });
    first.store.close();
    const { store } = openLibrary(folder.path);
    expect(store.undo(5).map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', true],
      ['name-person', true],
    ]);
    expect(store.listJournal(everything).entries.map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', true],
      ['name-person', true],
    ]);
    expect(store.countLibrary()).toMatchObject({ canUndo: false, canRedo: true, people: 2, namedPeople: 0 });
    expect(store.redo(5).map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', false],
      ['name-person', false],
    ]);
    expect(store.countLibrary()).toMatchObject({ canUndo: true, canRedo: false, people: 1, namedPeople: 1 });
    store.close();
  });

  test('says when there is nothing to undo or to redo', () => {
    const { store } = openLibrary(folder.path);
    expect(() => store.undo(1)).toThrow(expect.objectContaining({ code: 'nothing-to-undo' }));
    expect(() => store.redo(1)).toThrow(expect.objectContaining({ code: 'nothing-to-redo' }));
    store.close();
  });

  test('forgets what was undone once something else is done', () => {
    const { store, personIds } = fillLibrary(openLibrary(folder.path), 2, 2);
    const [anna, ben] = personIds as [PersonId, PersonId];
    store.namePerson({ personId: anna, name: 'Anna' });
    store.undo(1);
    store.namePerson({ personId: ben, name: 'Ben' });
    expect(() => store.redo(1)).toThrow(expect.objectContaining({ code: 'nothing-to-redo' }));
    expect(store.listJournal(everything)).toMatchObject({ total: 1, entries: [{ kind: 'name-person' }] });
    store.close();
  });

  test('writes no entry for an action that changes nothing', () => {
    const library = fillLibrary(openLibrary(folder.path), 2, 2);
    const { store } = library;
    const [anna] = library.personIds as [PersonId];
    const faceIds = [library.faceIds[0]?.[0] as FaceId];
    store.namePerson({ personId: anna, name: 'Anna' });
    store.moveFaces({ faceIds, personId: anna });
    store.ignorePerson({ personId: anna });
    const { total } = store.listJournal(everything);
    store.namePerson({ personId: anna, name: ' Anna ' });
    store.moveFaces({ faceIds, personId: anna });
    store.confirmFaces({ faceIds });
    store.ignorePerson({ personId: anna });
    store.restoreFaces({ faceIds });
    expect(store.listJournal(everything).total).toBe(total);
    store.close();
  });

  test('puts back faces that a clustering has moved since', () => {
    const library = fillLibrary(openLibrary(folder.path), 3, 3);
    const { store } = library;
    const [one, two, three] = library.personIds as [PersonId, PersonId, PersonId];
    const faceId = library.faceIds[0]?.[0] as FaceId;
    store.rejectFaces({ faceIds: [faceId] });
    assign(library, [{ faceId, person: three }]);
    expect(personOf(library, faceId)).toBe(three);
    assign(library, library.faceIds.map((ids) => ({ faceId: ids[1] as FaceId, person: three })));
    store.undo(1);
    expect(personOf(library, faceId)).toBe(one);
    expect(store.listPeople(everyone).people.map((person) => person.id)).toEqual([three, one]);
    // Nothing speaks of the person that the clustering emptied.
    expect(() => store.getPerson({ personId: two })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(findBrokenRules(library)).toEqual([]);
    store.close();
  });

  test('keeps a person whom a clustering gave faces when the action that made it is undone', () => {
    const library = fillLibrary(openLibrary(folder.path), 3, 2);
    const { store } = library;
    const [moved, other] = library.faceIds[0] as [FaceId, FaceId];
    const [one] = library.personIds as [PersonId];
    const created = store.moveFaces({ faceIds: [moved], personId: null });
    assign(library, [{ faceId: other, person: created.id }]);
    store.undo(1);
    expect(personOf(library, moved)).toBe(one);
    expect(store.getPerson({ personId: created.id })).toMatchObject({ name: null, faceCount: 1, coverFaceId: other });
    store.redo(1);
    expect(store.getPerson({ personId: created.id })).toMatchObject({ faceCount: 2, confirmedCount: 1 });
    expect(findBrokenRules(library)).toEqual([]);
    store.close();
  });

  test('puts a face that was ruled out of one of two people aside when their merge is done again', () => {
    const library = fillLibrary(openLibrary(folder.path), 3, 3);
    const { store } = library;
    const [one, two] = library.personIds as [PersonId, PersonId];
    const faceId = library.faceIds[0]?.[0] as FaceId;
    store.rejectFaces({ faceIds: [faceId] });
    store.mergePeople({ target: two, sources: [one] });
    store.undo(1);
    assign(library, [{ faceId, person: two }]);
    expect(personOf(library, faceId)).toBe(two);
    store.redo(1);
    expect(personOf(library, faceId)).not.toBe(two);
    expect(findBrokenRules(library)).toEqual([]);
    store.close();
  });

  test('undoes a merge of thousands of faces', () => {
    const library = openLibrary(folder.path);
    const { store, analysis } = library;
    const faceIds: FaceId[] = [];
    for (let index = 0; index < 1000; index++) {
      faceIds.push(...store.savePhoto(makePhoto(`m${index}`, 4), analysis).faceIds);
    }
    clusterInto(library, [faceIds.slice(0, 2000), faceIds.slice(2000)]);
    const [one, two] = store.listPeople(everyone).people.map((person) => person.id) as [PersonId, PersonId];
    const before = dumpLibrary(library);
    expect(store.mergePeople({ target: one, sources: [two] })).toMatchObject({ faceCount: 4000, photoCount: 1000 });
    store.undo(1);
    expect(dumpLibrary(library)).toEqual(before);
    store.close();
  });
});
