import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import {
  act,
  assign,
  clusterInto,
  everyone,
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
openLibraryPerTest((opened) => {
  // Faces 0 and 1 are with somebody in every photo, the third of each photo is alone.
  library = fillLibrary(opened, 4, 3);
  store = library.store;
  clusterInto(library, [
    ...[0, 1].map((person) => library.faceIds.map((ids) => ids[person] as FaceId)),
    ...library.faceIds.map((ids) => [ids[2] as FaceId]),
  ]);
});

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function personAt(photo: number, person: number): PersonId {
  return personOf(library, faceOf(photo, person)) as PersonId;
}

function listShown(): PersonId[] {
  return store.listPeople(everyone).people.map((person) => person.id);
}

describe('setting strangers aside', () => {
  test('takes unnamed people with few faces, none of them confirmed, as one action', () => {
    act(store, 'people.name', { personId: personAt(0, 2), name: 'Anna' });
    act(store, 'faces.confirm', { faceIds: [faceOf(1, 2)] });
    expect(store.countStrangers({ maxFaces: 1 })).toEqual({ people: 2, faces: 2 });
    expect(store.countStrangers({ maxFaces: 4 })).toEqual({ people: 4, faces: 10 });
    expect(doAndUndo(library, () => act(store, 'people.ignoreStrangers', { maxFaces: 1 }))).toMatchObject({ people: 2, faces: 2 });
    expect(listShown()).toEqual([personAt(0, 0), personAt(0, 1), personAt(0, 2), personAt(1, 2)]);
    expect(store.countStrangers({ maxFaces: 1 })).toEqual({ people: 0, faces: 0 });
    expect(store.listJournal(everything).entries[0]).toMatchObject({ kind: 'ignore-strangers', parameters: { people: 2, faces: 2 } });
  });

  test('keeps them together as they are, until each is brought back', () => {
    const stranger = personAt(2, 2);
    act(store, 'people.ignoreStrangers', { maxFaces: 1 });
    expect(assign(library, [{ faceId: faceOf(2, 2), person: personAt(0, 0) }])).toEqual({ moved: 0, left: 1 });
    act(store, 'people.restore', { personIds: [stranger] });
    expect(listShown()).toContain(stranger);
    undoLast(store, 2);
    expect(listShown()).toHaveLength(6);
    // Nothing holds them any more; done again, it finds them even where a clustering has emptied them.
    assign(library, [{ faceId: faceOf(2, 2), person: personAt(0, 0) }]);
    redoLast(store, 2);
    expect(store.getPerson({ personId: stranger })).toMatchObject({ faceCount: 0, isIgnored: false });
    expect(personAt(2, 2)).toBe(personAt(0, 0));
  });

  test('writes nothing where there are none', () => {
    for (const photo of [0, 1, 2, 3]) act(store, 'people.name', { personId: personAt(photo, 2), name: `Anna ${photo}` });
    const { total } = store.listJournal(everything);
    expect(act(store, 'people.ignoreStrangers', { maxFaces: 3 })).toMatchObject({ people: 0, faces: 0 });
    expect(store.listJournal(everything).total).toBe(total);
  });
});

describe('"nobody else in this photo matters"', () => {
  test('sets aside faces without a name, and whoever is in no other photo', () => {
    const [anna, ben, alone] = [personAt(0, 0), personAt(0, 1), personAt(0, 2)];
    act(store, 'people.name', { personId: anna, name: 'Anna' });
    const photoId = library.photoIds[0] as PhotoId;
    expect(doAndUndo(library, () => act(store, 'photos.ignoreStrangers', { photoId }))).toMatchObject({ people: 1, faces: 2 });
    expect(store.getPhoto({ photoId }).faces.map((face) => face.isIgnored)).toEqual([false, true, false]);
    expect(store.getPerson({ personId: alone })).toMatchObject({ isIgnored: true, faceCount: 1 });
    expect(store.getPerson({ personId: ben })).toMatchObject({ isIgnored: false, faceCount: 3 });
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'ignore-strangers',
      parameters: { people: 1, faces: 2, photo: photoId },
    });
    // Once more there is nothing left to do.
    expect(act(store, 'photos.ignoreStrangers', { photoId })).toMatchObject({ people: 0, faces: 0 });
    act(store, 'faces.restore', { faceIds: [faceOf(0, 1)] });
    act(store, 'people.restore', { personIds: [alone] });
    expect(store.getPhoto({ photoId }).faces.map((face) => face.isIgnored)).toEqual([false, false, false]);
  });

  test('sets aside a face that no clustering has seen', () => {
    const { photoId, faceIds } = store.savePhoto(makePhoto('late', 2), library.analysis);
    expect(doAndUndo(library, () => act(store, 'photos.ignoreStrangers', { photoId }))).toMatchObject({ people: 0, faces: 2 });
    expect(store.readClusteringInput(library.analysis.packId).faceIds).not.toContain(faceIds[0]);
  });

  test('is refused of a photo that is not there', () => {
    const photoId = '00000000-0000-4000-8000-000000000000' as PhotoId;
    expect(() => act(store, 'photos.ignoreStrangers', { photoId })).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

test('a whole library of strangers is set aside in one entry that stays small', () => {
  const faceIds = Array.from({ length: 250 }, (_, photo) => store.savePhoto(makePhoto(`m${photo}`, 8), library.analysis).faceIds);
  clusterInto(library, faceIds.flat().map((faceId) => [faceId]));
  expect(doAndUndo(library, () => act(store, 'people.ignoreStrangers', { maxFaces: 1 }))).toMatchObject({ people: 2004, faces: 2004 });
  const bytes = library.connection.db.prepare<[], number>('SELECT max(length(changes)) FROM journal').pluck().get() ?? 0;
  // An id and its quotes each, and one pair of images for all.
  expect(bytes).toBeLessThan(2004 * 39 + 500);
});
