import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import {
  act,
  assign,
  clusterInto,
  dumpLibrary,
  everything,
  type FilledLibrary,
  fillLibrary,
  makePhoto,
  personOf,
} from './library-fixture.ts';
import { doAndUndo, faceAt, openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
let store: FilledLibrary['store'];
let one: PersonId;
let two: PersonId;
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 6, 3);
  store = library.store;
  [one, two] = library.personIds as [PersonId, PersonId, PersonId];
});

const conflict = expect.objectContaining({ code: 'conflict' });
const badArgument = expect.objectContaining({ code: 'bad-argument' });

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function facesOf(personId: PersonId): FaceId[] {
  return store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
}

function isHeld(personId: PersonId): boolean | undefined {
  const { people } = store.readClusteringInput(library.analysis.packId);
  return people.find((person) => person.id === personId)?.isHeld;
}

describe('a split', () => {
  test('makes a held person of each group and rules its faces out of the old one', () => {
    const groups = [[faceOf(0, 0), faceOf(1, 0)], [faceOf(2, 0)]];
    const { people } = doAndUndo(library, () => act(store, 'people.split', { personId: one, groups }));
    expect(people.map((person) => [person.name, person.faceCount, person.confirmedCount])).toEqual([
      [null, 2, 0],
      [null, 1, 0],
    ]);
    const [first, second] = people.map((person) => person.id) as [PersonId, PersonId];
    expect([facesOf(first), facesOf(second)]).toEqual(groups);
    expect(facesOf(one)).toHaveLength(3);
    expect([one, first, second].map(isHeld)).toEqual([true, true, true]);
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'split-person',
      parameters: { person: one, name: null, groups: 2, faces: 3 },
    });
    // Neither a way back nor one around.
    expect(assign(library, groups.flat().map((faceId) => ({ faceId, person: one })))).toEqual({ moved: 0, left: 3 });
    expect(assign(library, facesOf(one).map((faceId) => ({ faceId, person: first })))).toEqual({ moved: 0, left: 3 });
    const { rejections } = store.readClusteringInput(library.analysis.packId);
    expect(rejections).toHaveLength(3);
  });

  test('lets confirmed faces go along, confirmed', () => {
    act(store, 'faces.move', { faceIds: [faceOf(0, 1)], personId: one });
    act(store, 'faces.confirm', { faceIds: [faceOf(0, 0)] });
    const groups = [[faceOf(0, 1), faceOf(0, 0), faceOf(1, 0)]];
    const { people } = doAndUndo(library, () => act(store, 'people.split', { personId: one, groups }));
    expect(people).toMatchObject([{ faceCount: 3, confirmedCount: 2 }]);
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 4, confirmedCount: 0 });
    // What was confirmed comes back confirmed in the new person after its photo was lost.
    library.connection.db.prepare('DELETE FROM faces WHERE uuid = ?').run(faceOf(0, 0));
    library.connection.db.prepare('DELETE FROM analyses').run();
    store.savePhoto(makePhoto('p0', 3), library.analysis);
    expect(personOf(library, faceOf(0, 0))).toBe(people[0]?.id);
  });

  test("is refused with somebody else's faces, with a face twice, and with all of them", () => {
    const before = dumpLibrary(library);
    expect(() => act(store, 'people.split', { personId: one, groups: [[faceOf(0, 0), faceOf(0, 1)]] })).toThrow(conflict);
    expect(() => act(store, 'people.split', { personId: one, groups: [[faceOf(0, 0)], [faceOf(0, 0)]] })).toThrow(badArgument);
    expect(() => act(store, 'people.split', { personId: one, groups: [facesOf(one)] })).toThrow(badArgument);
    expect(dumpLibrary(library)).toEqual(before);
    act(store, 'faces.ignore', { faceIds: [faceOf(0, 0)] });
    expect(() => act(store, 'people.split', { personId: one, groups: [[faceOf(0, 0)]] })).toThrow(conflict);
  });
});

describe('comparing a person anew', () => {
  test('lets faces out in computed groups, and unsettled ones in', () => {
    const leaving = [[faceOf(0, 0), faceOf(1, 0)]];
    const joining = [faceOf(2, 1), faceOf(3, 2)];
    const { person } = doAndUndo(library, () => act(store, 'people.recluster', { personId: one, leaving, joining }));
    expect(person).toMatchObject({ id: one, faceCount: 6, confirmedCount: 0 });
    expect(facesOf(one)).toEqual(expect.arrayContaining(joining));
    const group = personOf(library, faceOf(0, 0)) as PersonId;
    expect(facesOf(group)).toEqual(leaving[0]);
    expect([one, group].map(isHeld)).toEqual([true, false]);
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'recluster-person',
      parameters: { person: one, leaving: 2, joining: 2 },
    });
    expect(assign(library, [{ faceId: faceOf(0, 0), person: one }])).toEqual({ moved: 0, left: 1 });
    expect(assign(library, [{ faceId: faceOf(2, 1), person: two }])).toEqual({ moved: 0, left: 1 });
    expect(assign(library, leaving[0]!.map((faceId) => ({ faceId, person: two })))).toEqual({ moved: 2, left: 0 });
  });

  test('may give all of its faces for others', () => {
    const leaving = [[0, 1, 2, 3, 4, 5].map((photo) => faceOf(photo, 0))];
    expect(() => act(store, 'people.recluster', { personId: one, leaving, joining: [] })).toThrow(badArgument);
    doAndUndo(library, () => act(store, 'people.recluster', { personId: one, leaving, joining: [faceOf(0, 1)] }));
    expect(facesOf(one)).toEqual([faceOf(0, 1)]);
  });

  test('lets a face in that has no person yet', () => {
    const [faceId] = store.savePhoto(makePhoto('late', 1), library.analysis).faceIds as [FaceId];
    doAndUndo(library, () => act(store, 'people.recluster', { personId: one, leaving: [], joining: [faceId, faceId] }));
    expect(personOf(library, faceId)).toBe(one);
  });

  test('is refused where the user has settled otherwise', () => {
    act(store, 'faces.reject', { faceIds: [faceOf(0, 0)] });
    act(store, 'faces.confirm', { faceIds: [faceOf(1, 0), faceOf(0, 1)] });
    act(store, 'faces.ignore', { faceIds: [faceOf(1, 1)] });
    act(store, 'people.name', { personId: library.personIds[2] as PersonId, name: 'Anna' });
    const before = dumpLibrary(library);
    for (const joining of [[faceOf(0, 0)], [faceOf(0, 1)], [faceOf(1, 1)], [faceOf(2, 2)]]) {
      expect(() => act(store, 'people.recluster', { personId: one, leaving: [], joining })).toThrow(conflict);
    }
    expect(() => act(store, 'people.recluster', { personId: one, leaving: [[faceOf(1, 0)]], joining: [] })).toThrow(conflict);
    expect(() => act(store, 'people.recluster', { personId: one, leaving: [[faceOf(2, 1)]], joining: [] })).toThrow(conflict);
    expect(dumpLibrary(library)).toEqual(before);
  });

  test('changes nothing where nothing is to change', () => {
    const before = dumpLibrary(library);
    expect(act(store, 'people.recluster', { personId: one, leaving: [], joining: [] }).person).toMatchObject({ id: one, faceCount: 6 });
    expect(dumpLibrary(library)).toEqual(before);
    expect(store.listJournal(everything).total).toBe(0);
  });

  test('settles what was left open between the two', () => {
    const [faceId] = store.savePhoto(makePhoto('late', 1), library.analysis).faceIds as [FaceId];
    clusterInto(library, [[faceId]]);
    act(store, 'review.answer', { first: one, second: personOf(library, faceId) as PersonId, answer: 'not-sure' });
    doAndUndo(library, () => act(store, 'people.recluster', { personId: one, leaving: [], joining: [faceId] }));
    expect(store.readClusteringInput(library.analysis.packId).leftOpen).toEqual([]);
  });
});
