import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import {
  act,
  assign,
  clusterInto,
  everything,
  type FilledLibrary,
  fillLibrary,
  makePhoto,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';
import { doAndUndo, faceAt, openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
let store: FilledLibrary['store'];
let one: PersonId;
let two: PersonId;
let three: PersonId;
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 4, 3);
  store = library.store;
  [one, two, three] = library.personIds as [PersonId, PersonId, PersonId];
});

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

/** Pairs by id, as a clustering reads them. */
function readPairs(kind: 'rejections' | 'leftOpen'): [FaceId, PersonId][] {
  const input = store.readClusteringInput(library.analysis.packId);
  return input[kind].map(([face, person]) => [input.faceIds[face] as FaceId, input.people[person]?.id as PersonId]);
}

function isHeld(personId: PersonId): boolean | undefined {
  const { people } = store.readClusteringInput(library.analysis.packId);
  return people.find((person) => person.id === personId)?.isHeld;
}

describe('"no, these are two people"', () => {
  test('rules every face of the smaller one out of the other, and holds both', () => {
    act(store, 'faces.reject', { faceIds: [faceOf(0, 1), faceOf(1, 1)] });
    doAndUndo(library, () => act(store, 'review.answer', { first: one, second: two, answer: 'no' }));
    const rejections = readPairs('rejections').filter(([, person]) => person === one);
    expect(rejections.map(([face]) => face).sort()).toEqual([faceOf(2, 1), faceOf(3, 1)].sort());
    expect([one, two, three].map(isHeld)).toEqual([true, true, false]);
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'tell-apart',
      parameters: { person: one, name: null, other: two, otherName: null, faces: 2 },
    });
  });

  test('is kept by every clustering', () => {
    act(store, 'review.answer', { first: one, second: two, answer: 'no' });
    const everyFace = [0, 1, 2, 3].flatMap((photo) => [faceOf(photo, 0), faceOf(photo, 1)]);
    expect(assign(library, everyFace.map((faceId) => ({ faceId, person: 7 })))).toEqual({ moved: 0, left: 8 });
    expect(everyFace.map((faceId) => personOf(library, faceId))).toEqual([0, 1, 2, 3].flatMap(() => [one, two]));
  });

  test('writes nothing when it is said again, from either side', () => {
    act(store, 'review.answer', { first: one, second: two, answer: 'no' });
    const { total } = store.listJournal(everything);
    act(store, 'review.answer', { first: one, second: two, answer: 'no' });
    expect(store.listJournal(everything).total).toBe(total);
    expect(readPairs('rejections')).toHaveLength(4);
  });

  test('takes a side without faces as the one that the other is ruled out of', () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'faces.move', { faceIds: [0, 1, 2, 3].map((photo) => faceOf(photo, 0)), personId: three });
    doAndUndo(library, () => act(store, 'review.answer', { first: one, second: two, answer: 'no' }));
    expect(readPairs('rejections').filter(([, person]) => person === one)).toHaveLength(8);
    act(store, 'people.name', { personId: two, name: 'Ben' });
    act(store, 'faces.move', { faceIds: [0, 1, 2, 3].map((photo) => faceOf(photo, 1)), personId: three });
    expect(() => act(store, 'review.answer', { first: one, second: two, answer: 'no' })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  test('is refused of one and the same person', () => {
    act(store, 'people.merge', { target: one, sources: [two] });
    for (const answer of ['yes', 'no', 'not-sure'] as const) {
      expect(() => act(store, 'review.answer', { first: one, second: two, answer })).toThrow(
        expect.objectContaining({ code: 'bad-argument' }),
      );
    }
  });

  test('puts aside faces that a clustering has brought together while it was undone', () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'review.answer', { first: one, second: two, answer: 'no' });
    undoLast(store);
    assign(library, [{ faceId: faceOf(0, 1), person: one }]);
    expect(personOf(library, faceOf(0, 1))).toBe(one);
    redoLast(store);
    expect(personOf(library, faceOf(0, 1))).not.toBe(one);
  });
});

describe('"I cannot say"', () => {
  test('leaves the pair open and forbids nothing', () => {
    doAndUndo(library, () => act(store, 'review.answer', { first: one, second: two, answer: 'not-sure' }));
    expect(readPairs('leftOpen')).toEqual([[store.getPerson({ personId: two }).coverFaceId, one]]);
    expect(readPairs('rejections')).toEqual([]);
    expect([one, two].map(isHeld)).toEqual([false, false]);
    expect(store.listJournal(everything).entries[0]).toMatchObject({ kind: 'leave-open', parameters: { person: one, other: two } });
    const faces = [0, 1, 2, 3].map((photo) => ({ faceId: faceOf(photo, 1), person: one }));
    expect(assign(library, faces)).toEqual({ moved: 4, left: 0 });
  });

  test('is said once for both directions', () => {
    act(store, 'review.answer', { first: one, second: two, answer: 'not-sure' });
    act(store, 'review.answer', { first: two, second: one, answer: 'not-sure' });
    expect(store.listJournal(everything).total).toBe(1);
  });

  test.each(['yes', 'no'] as const)('is taken back by a later %s', (answer) => {
    act(store, 'review.answer', { first: one, second: two, answer: 'not-sure' });
    act(store, 'review.answer', { first: one, second: three, answer: 'not-sure' });
    doAndUndo(library, () => act(store, 'review.answer', { first: two, second: one, answer }));
    const target = answer === 'yes' ? two : one;
    expect(readPairs('leftOpen')).toEqual([[store.getPerson({ personId: three }).coverFaceId, target]]);
    undoLast(store);
    expect(readPairs('leftOpen')).toHaveLength(2);
  });

  test('is taken back by a merge of the two', () => {
    act(store, 'review.answer', { first: one, second: two, answer: 'not-sure' });
    doAndUndo(library, () => act(store, 'people.merge', { target: two, sources: [one] }));
    expect(readPairs('leftOpen')).toEqual([]);
  });

  test('outlives the row of its face without putting it anywhere', () => {
    const [faceId] = store.savePhoto(makePhoto('late', 1), library.analysis).faceIds as [FaceId];
    clusterInto(library, [[faceId]]);
    act(store, 'review.answer', { first: one, second: personOf(library, faceId) as PersonId, answer: 'not-sure' });
    library.connection.db.prepare('DELETE FROM faces WHERE uuid = ?').run(faceId);
    library.connection.db.prepare("DELETE FROM analyses WHERE photo_id = (SELECT id FROM photos ORDER BY id DESC LIMIT 1)").run();
    const again = store.savePhoto(makePhoto('late', 1), library.analysis).faceIds;
    expect(again).toEqual([faceId]);
    expect(personOf(library, faceId)).toBeNull();
    expect(readPairs('leftOpen')).toEqual([[faceId, one]]);
  });
});

describe('"yes, these are one person"', () => {
  test('merges the second into the first, which takes the name there is', () => {
    act(store, 'people.name', { personId: two, name: 'Ben' });
    act(store, 'faces.reject', { faceIds: [faceOf(0, 0)] });
    const alone = personOf(library, faceOf(0, 0)) as PersonId;
    doAndUndo(library, () => {
      expect(act(store, 'review.answer', { first: one, second: two, answer: 'yes' }).person).toMatchObject({ id: one, name: 'Ben', faceCount: 7 });
    });
    expect(store.listJournal(everything).entries[0]?.kind).toBe('merge-people');
    doAndUndo(library, () => act(store, 'review.answer', { first: one, second: alone, answer: 'yes' }));
    expect(readPairs('rejections')).toEqual([]);
  });

  test('takes back an earlier no', () => {
    act(store, 'review.answer', { first: one, second: two, answer: 'no' });
    doAndUndo(library, () => act(store, 'review.answer', { first: one, second: two, answer: 'yes' }));
    expect(readPairs('rejections')).toEqual([]);
  });
});

describe('people and faces by id', () => {
  test('come in the order asked for, forwards followed', () => {
    act(store, 'people.merge', { target: three, sources: [two] });
    expect(store.listPeopleByIds([two, one]).map((person) => person.id)).toEqual([three, one]);
    const faces = store.listFacesByIds([faceOf(2, 1), faceOf(0, 0), faceOf(2, 1)]);
    expect(faces.map((face) => [face.id, face.personId])).toEqual([
      [faceOf(2, 1), three],
      [faceOf(0, 0), one],
      [faceOf(2, 1), three],
    ]);
    expect(faces[0]).toEqual(store.listFaces({ personId: three, ...everything }).faces.find(({ id }) => id === faceOf(2, 1)));
  });

  test('are refused where one is unknown', () => {
    const notFound = expect.objectContaining({ code: 'not-found' });
    expect(() => store.listPeopleByIds([one, '00000000-0000-4000-8000-000000000000' as PersonId])).toThrow(notFound);
    expect(() => store.listFacesByIds(['00000000-0000-4000-8000-000000000000' as FaceId])).toThrow(notFound);
  });
});
