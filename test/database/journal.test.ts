import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaceId, JournalEntryId, PersonId } from '../../electron/base/ids.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import {
  act,
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
  type OpenLibrary,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';
import { actAtRandom, listFaceIds, listPersonIds, pick, pickSome } from './random-actions.ts';

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

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
      const entries = isUndo ? undoLast(library.store, count) : redoLast(library.store, count);
      position += isUndo ? -entries.length : entries.length;
      expect(dumpLibrary(library)).toEqual(states[position]);
      expect(findBrokenRules(library)).toEqual([]);
    }
    if (position > 0) undoLast(library.store, states.length);
    expect(dumpLibrary(library)).toEqual(states[0]);
    redoLast(library.store, states.length);
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
      } else if (roll < 0.45 && library.store.countLibrary().lastDone !== null) {
        undoLast(library.store, 1 + Math.floor(random() * 3));
      } else if (roll < 0.55 && library.store.countLibrary().lastUndone !== null) {
        redoLast(library.store, 1 + Math.floor(random() * 3));
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
    act(first.store, 'people.name', { personId: anna, name: 'Anna' });
    act(first.store, 'people.merge', { target: anna, sources: [ben] });
    first.store.close();
    const { store } = openLibrary(folder.path);
    expect(undoLast(store, 5).map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', true],
      ['name-person', true],
    ]);
    expect(store.listJournal(everything).entries.map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', true],
      ['name-person', true],
    ]);
    expect(store.countLibrary()).toMatchObject({ lastDone: null, lastUndone: { kind: 'name-person' }, people: 2, namedPeople: 0 });
    expect(redoLast(store, 5).map((entry) => [entry.kind, entry.isUndone])).toEqual([
      ['merge-people', false],
      ['name-person', false],
    ]);
    expect(store.countLibrary()).toMatchObject({ lastDone: { kind: 'merge-people' }, lastUndone: null, people: 1, namedPeople: 1 });
    store.close();
  });

  test('refuses an entry that is not there, is undone already or is done', () => {
    const { store, personIds } = fillLibrary(openLibrary(folder.path), 2, 2);
    const entryId = act(store, 'people.name', { personId: personIds[0]!, name: 'Anna' }).entry!.id;
    const refuse = (direction: 'undo' | 'redo', id: string, code: string) => {
      expect(() => store[direction]({ entryId: id as JournalEntryId, withDependents: false })).toThrow(expect.objectContaining({ code }));
    };
    refuse('undo', personIds[0]!, 'not-found');
    refuse('redo', personIds[0]!, 'not-found');
    refuse('redo', entryId, 'nothing-to-redo');
    undoLast(store);
    refuse('undo', entryId, 'nothing-to-undo');
    store.close();
  });

  test('keeps what was undone when something else is done, until that takes its place', () => {
    const { store, personIds } = fillLibrary(openLibrary(folder.path), 2, 2);
    const [anna, ben] = personIds as [PersonId, PersonId];
    const naming = act(store, 'people.name', { personId: anna, name: 'Anna' }).entry!;
    undoLast(store);
    act(store, 'people.name', { personId: ben, name: 'Ben' });
    expect(store.countLibrary().lastUndone).toMatchObject({ id: naming.id });
    const renaming = act(store, 'people.name', { personId: anna, name: 'Andrea' }).entry!;
    expect(store.countLibrary().lastUndone).toBe(null);
    const redo = (withDependents: boolean) => store.redo({ entryId: naming.id, withDependents }).result;
    expect(redo(false)).toEqual({ entries: [], dependents: [renaming] });
    expect(redo(true).entries.map(({ id, isUndone }) => [id, isUndone])).toEqual([[renaming.id, true], [naming.id, false]]);
    expect(store.getPerson({ personId: anna }).name).toBe('Anna');
    expect(store.redo({ entryId: renaming.id, withDependents: false }).result.dependents).toMatchObject([{ id: naming.id }]);
    store.close();
  });

  test('writes no entry for an action that changes nothing', () => {
    const library = fillLibrary(openLibrary(folder.path), 2, 2);
    const { store } = library;
    const [anna] = library.personIds as [PersonId];
    const faceIds = [library.faceIds[0]?.[0] as FaceId];
    act(store, 'people.name', { personId: anna, name: 'Anna' });
    act(store, 'faces.move', { faceIds, personId: anna });
    act(store, 'people.ignore', { personIds: [anna] });
    const { total } = store.listJournal(everything);
    act(store, 'people.name', { personId: anna, name: ' Anna ' });
    act(store, 'faces.move', { faceIds, personId: anna });
    act(store, 'faces.confirm', { faceIds });
    act(store, 'people.ignore', { personIds: [anna] });
    act(store, 'faces.restore', { faceIds });
    expect(store.listJournal(everything).total).toBe(total);
    store.close();
  });

  test('puts back faces that a clustering has moved since', () => {
    const library = fillLibrary(openLibrary(folder.path), 3, 3);
    const { store } = library;
    const [one, two, three] = library.personIds as [PersonId, PersonId, PersonId];
    const faceId = library.faceIds[0]?.[0] as FaceId;
    act(store, 'faces.reject', { faceIds: [faceId] });
    assign(library, [{ faceId, person: three }]);
    expect(personOf(library, faceId)).toBe(three);
    assign(library, library.faceIds.map((ids) => ({ faceId: ids[1] as FaceId, person: three })));
    undoLast(store);
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
    const created = act(store, 'faces.move', { faceIds: [moved], personId: null }).person;
    assign(library, [{ faceId: other, person: created.id }]);
    undoLast(store);
    expect(personOf(library, moved)).toBe(one);
    expect(store.getPerson({ personId: created.id })).toMatchObject({ name: null, faceCount: 1, coverFaceId: other });
    redoLast(store);
    expect(store.getPerson({ personId: created.id })).toMatchObject({ faceCount: 2, confirmedCount: 1 });
    expect(findBrokenRules(library)).toEqual([]);
    store.close();
  });

  test('puts a face that was ruled out of one of two people aside when their merge is done again', () => {
    const library = fillLibrary(openLibrary(folder.path), 3, 3);
    const { store } = library;
    const [one, two] = library.personIds as [PersonId, PersonId];
    const faceId = library.faceIds[0]?.[0] as FaceId;
    act(store, 'faces.reject', { faceIds: [faceId] });
    act(store, 'people.merge', { target: two, sources: [one] });
    undoLast(store);
    assign(library, [{ faceId, person: two }]);
    expect(personOf(library, faceId)).toBe(two);
    redoLast(store);
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
    expect(act(store, 'people.merge', { target: one, sources: [two] }).person).toMatchObject({ faceCount: 4000, photoCount: 1000 });
    undoLast(store);
    expect(dumpLibrary(library)).toEqual(before);
    store.close();
  });
});
