import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { act, everything, type FilledLibrary, fillLibrary, undoLast } from './library-fixture.ts';
import { faceAt, openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
let store: FilledLibrary['store'];
let people: PersonId[];
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 5, 4);
  store = library.store;
  people = [...library.personIds];
});

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

/** By photo and name, the places of the faces. */
function list(page = everything): [number, string, number[]][] {
  const { doubles } = store.listDoubles(page);
  return doubles.map(({ photoId, name, faces }) => {
    const photo = library.photoIds.indexOf(photoId);
    return [photo, name, faces.map((face) => library.faceIds[photo]?.indexOf(face.id) ?? -1)];
  });
}

describe('doubles', () => {
  test('are photos in which one named person has two faces', () => {
    act(store, 'people.name', { personId: people[0] as PersonId, name: 'Anna' });
    expect(store.listDoubles(everything)).toEqual({ total: 0, doubles: [] });
    act(store, 'faces.move', { faceIds: [faceOf(3, 2), faceOf(1, 1), faceOf(1, 3)], personId: people[0] as PersonId });
    expect(list()).toEqual([
      [1, 'Anna', [0, 1, 3]],
      [3, 'Anna', [0, 2]],
    ]);
    expect(list({ offset: 1, limit: 1 })).toEqual([[3, 'Anna', [0, 2]]]);
    expect(store.listDoubles({ offset: 5, limit: 1 })).toEqual({ total: 2, doubles: [] });
  });

  test('are photos in which two people have one name', () => {
    act(store, 'people.name', { personId: people[0] as PersonId, name: 'Anna' });
    act(store, 'people.name', { personId: people[2] as PersonId, name: 'Anna' });
    act(store, 'people.name', { personId: people[1] as PersonId, name: 'Ben' });
    expect(list()).toEqual([0, 1, 2, 3, 4].map((photo) => [photo, 'Anna', [0, 2]]));
    act(store, 'faces.ignore', { faceIds: [faceOf(2, 0)] });
    expect(list().map(([photo]) => photo)).toEqual([0, 1, 3, 4]);
    act(store, 'people.ignore', { personIds: [people[2] as PersonId] });
    expect(list()).toEqual([]);
    undoLast(store);
    act(store, 'people.name', { personId: people[3] as PersonId, name: 'Ben' });
    expect(list().filter(([photo]) => photo < 2)).toEqual([
      [0, 'Anna', [0, 2]],
      [0, 'Ben', [1, 3]],
      [1, 'Anna', [0, 2]],
      [1, 'Ben', [1, 3]],
    ]);
  });

  test('are of nobody without a name, and end with a merge undone', () => {
    act(store, 'people.merge', { target: people[0] as PersonId, sources: [people[1] as PersonId] });
    expect(list()).toEqual([]);
    act(store, 'people.name', { personId: people[0] as PersonId, name: 'Anna' });
    expect(list()).toHaveLength(5);
    undoLast(store, 2);
    expect(list()).toEqual([]);
  });
});
