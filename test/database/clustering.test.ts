import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { createRandom } from '../../electron/base/random.ts';
import {
  act,
  assign,
  clusterInto,
  everyone,
  everything,
  type FilledLibrary,
  fillLibrary,
  findBrokenRules,
  hashOf,
  makeFace,
  makeFolder,
  makePhoto,
  openLibrary,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

function fill(photoCount: number, personCount: number): FilledLibrary {
  return fillLibrary(openLibrary(folder.path), photoCount, personCount);
}

function close(library: FilledLibrary): void {
  expect(findBrokenRules(library)).toEqual([]);
  library.store.close();
}

describe("a clustering's input", () => {
  test('is the same whatever the order of imports', () => {
    const names = Array.from({ length: 20 }, (_, index) => `photo ${index}`);
    const photos = names.map((name, index) =>
      makePhoto(name, 0, {
        faces: [2, 0, 1].map((place) =>
          makeFace(place, {
            quality: place / 10,
            embedding: Float32Array.from({ length: 8 }, (_, position) => index + place / 4 + position / 64),
          }),
        ),
      }),
    );
    const read = (seed: number) => {
      const other = makeFolder();
      const { store, analysis } = openLibrary(other.path);
      const random = createRandom(seed);
      for (const photo of [...photos].sort(() => random() - 0.5)) store.savePhoto(photo, analysis);
      const { faceIds, embeddingRows, ...input } = store.readClusteringInput(analysis.packId);
      const embeddings = store.readEmbeddings(analysis.packId, embeddingRows);
      const boxes = faceIds.map((faceId) => store.locateFace(faceId).box);
      store.close();
      other.remove();
      return { ...input, embeddings, boxes };
    };
    const first = read(1);
    expect(first.embeddings).toHaveLength(60 * 8);
    expect(first.boxes.slice(0, 3).map((box) => box?.x)).toEqual([0, 100, 200]);
    expect([...first.photoIndices.slice(0, 4)]).toEqual([0, 0, 0, 1]);
    expect(read(2)).toEqual(first);
    // By content, with each face's own numbers.
    const byHash = [...names].sort((one, other) => Buffer.compare(hashOf(one), hashOf(other)));
    const expected = byHash.flatMap((name) =>
      [0, 1, 2].map((place) => Number(name.slice('photo '.length)) + place / 4),
    );
    expect(Array.from({ length: 60 }, (_, row) => first.embeddings[row * 8])).toEqual(expected);
  });

  test('names people by index, with what the user has said', () => {
    const library = fill(2, 3);
    const { store, analysis, faceIds, personIds } = library;
    const [one, two, three] = personIds as [PersonId, PersonId, PersonId];
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'faces.confirm', { faceIds: [faceIds[0]?.[1] as FaceId] });
    act(store, 'faces.ignore', { faceIds: [faceIds[0]?.[2] as FaceId] });
    const late = store.savePhoto(makePhoto('late', 1), analysis).faceIds[0] as FaceId;
    const input = store.readClusteringInput(analysis.packId);
    const at = (faceId: FaceId | undefined) => {
      const index = input.faceIds.indexOf(faceId as FaceId);
      return [input.people[input.personIndices[index] ?? -1], input.confirmed[index]];
    };
    expect(input.faceIds).toHaveLength(6);
    expect(at(faceIds[0]?.[0])).toEqual([{ id: one, isHeld: true, name: 'Anna', isIgnored: false, bornDay: null }, 0]);
    expect(at(faceIds[0]?.[1])).toEqual([expect.objectContaining({ id: two, isHeld: false, name: null }), 1]);
    expect(at(faceIds[1]?.[2])).toEqual([expect.objectContaining({ id: three, isHeld: false }), 0]);
    expect(at(late)).toEqual([undefined, 0]);
    close(library);
  });

  test('of an unknown pack is refused, and of an empty library is empty', () => {
    const { store, analysis } = openLibrary(folder.path);
    expect(store.readClusteringInput(analysis.packId)).toMatchObject({ faceIds: [], people: [], rejections: [] });
    expect(() => store.readClusteringInput(99)).toThrow(expect.objectContaining({ code: 'not-found' }));
    store.close();
  });
});

describe('storing a clustering', () => {
  test('leaves confirmed faces, and those of people whom the user has worked on', () => {
    const library = fill(3, 6);
    const { store, faceIds, personIds } = library;
    const [named, merged, movedInto, ignored, confirmed, plain] = personIds as PersonId[];
    const face = (photo: number, person: number) => faceIds[photo]?.[person] as FaceId;
    act(store, 'people.name', { personId: named as PersonId, name: 'Anna' });
    const extra = store.savePhoto(makePhoto('extra', 2), library.analysis).faceIds as [FaceId, FaceId];
    clusterInto(library, [[extra[0]], [extra[1]]]);
    act(store, 'people.merge', { target: merged as PersonId, sources: [personOf(library, extra[0]) as PersonId] });
    act(store, 'faces.move', { faceIds: [extra[1]], personId: movedInto as PersonId });
    act(store, 'people.ignore', { personIds: [ignored as PersonId] });
    act(store, 'faces.confirm', { faceIds: [face(0, 4)] });
    const everyFace = [...faceIds.flat(), ...extra];
    const before = everyFace.map((faceId) => personOf(library, faceId));
    // Everybody is the plain person, says the clustering.
    const result = assign(library, everyFace.map((faceId) => ({ faceId, person: plain as PersonId })));
    expect(result).toEqual({ moved: 2, left: 3 * 4 + 2 + 1 });
    expect(everyFace.map((faceId) => personOf(library, faceId))).toEqual(
      everyFace.map((faceId, index) =>
        faceId === face(1, 4) || faceId === face(2, 4) ? plain : before[index],
      ),
    );
    expect(store.getPerson({ personId: confirmed as PersonId }).faceCount).toBe(1);
    close(library);
  });

  test('lets new faces join people whom the user has worked on, unconfirmed', () => {
    const library = fill(2, 2);
    const { store, personIds } = library;
    const [one] = personIds as [PersonId];
    act(store, 'people.name', { personId: one, name: 'Anna' });
    const [faceId] = store.savePhoto(makePhoto('new', 1), library.analysis).faceIds as [FaceId];
    expect(assign(library, [{ faceId, person: one }])).toEqual({ moved: 1, left: 0 });
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 3, confirmedCount: 0, name: 'Anna' });
    close(library);
  });

  test('joins no face with a person that it was rejected from, however the person is called', () => {
    const library = fill(2, 3);
    const { store, faceIds, personIds } = library;
    const [one, two] = personIds as [PersonId, PersonId];
    const faceId = faceIds[0]?.[0] as FaceId;
    act(store, 'faces.reject', { faceIds: [faceId] });
    expect(assign(library, [{ faceId, person: one }])).toEqual({ moved: 0, left: 1 });
    act(store, 'people.merge', { target: two, sources: [one] });
    expect(assign(library, [{ faceId, person: one }, { faceId, person: two }])).toEqual({ moved: 0, left: 2 });
    // Nor is there a way around: the person that it was rejected from keeps its faces.
    expect(store.readClusteringInput(library.analysis.packId).people).toContainEqual(
      expect.objectContaining({ id: two, isHeld: true }),
    );
    close(library);
  });

  test('holds a person as soon as a face was rejected from it', () => {
    const library = fill(3, 2);
    const { store, faceIds, personIds } = library;
    act(store, 'faces.reject', { faceIds: [faceIds[0]?.[0] as FaceId] });
    const rest = [faceIds[1]?.[0], faceIds[2]?.[0]] as FaceId[];
    expect(assign(library, rest.map((faceId) => ({ faceId, person: 1 })))).toEqual({ moved: 0, left: 2 });
    undoLast(store);
    expect(assign(library, rest.map((faceId) => ({ faceId, person: personIds[1] as PersonId })))).toEqual({
      moved: 2,
      left: 0,
    });
    close(library);
  });

  test('makes one new person of equal numbers, and none of numbers without faces', () => {
    const library = fill(3, 2);
    const { store, faceIds, personIds } = library;
    const face = (photo: number, person: number) => faceIds[photo]?.[person] as FaceId;
    act(store, 'people.name', { personId: personIds[1] as PersonId, name: 'Ben' });
    const result = assign(library, [
      { faceId: face(0, 0), person: 7 },
      { faceId: face(1, 0), person: 7 },
      { faceId: face(0, 1), person: 8 },
      { faceId: '00000000-0000-4000-8000-000000000000' as FaceId, person: 9 },
      { faceId: face(2, 0), person: '00000000-0000-4000-8000-000000000000' as PersonId },
    ]);
    expect(result).toEqual({ moved: 2, left: 3 });
    expect(personOf(library, face(0, 0))).toBe(personOf(library, face(1, 0)));
    expect(store.listPeople(everyone).people.map((person) => person.faceCount)).toEqual([3, 2, 1]);
    close(library);
  });

  test('removes people whom it empties, unless something speaks of them', () => {
    const library = fill(2, 3);
    const { store, faceIds, personIds, connection } = library;
    const [one, two, three] = personIds as [PersonId, PersonId, PersonId];
    act(store, 'faces.confirm', { faceIds: [faceIds[0]?.[1] as FaceId] });
    undoLast(store);
    assign(library, faceIds.flatMap((ids) => [0, 1].map((place) => ({ faceId: ids[place] as FaceId, person: three }))));
    const count = () => connection.db.prepare('SELECT count(*) FROM people').pluck().get();
    expect(count()).toBe(2);
    expect(() => store.getPerson({ personId: one })).toThrow(expect.objectContaining({ code: 'not-found' }));
    redoLast(store);
    expect(store.getPerson({ personId: two })).toMatchObject({ faceCount: 1, confirmedCount: 1 });
    close(library);
  });

  test('keeps the clusters of the last one', () => {
    const library = fill(2, 2);
    const { store, faceIds } = library;
    const all = faceIds.flat();
    const first = store.readClusters(all);
    expect(first[0]).toBe(first[2]);
    expect(first[0]).not.toBe(first[1]);
    clusterInto(library, [all.slice(0, 3)]);
    const second = store.readClusters(all);
    expect(new Set(second.slice(0, 3)).size).toBe(1);
    expect(second[3]).toBeNull();
    // Two of its three faces were together before.
    expect(second[0]).toBe(first[0]);
    clusterInto(library, [[all[3] as FaceId], all.slice(0, 2)]);
    const third = store.readClusters(all);
    expect(third.slice(0, 3)).toEqual([first[0], first[0], null]);
    expect(new Set([...first, ...second]).has(third[3] as never)).toBe(false);
    expect(library.connection.db.prepare('SELECT count(*) FROM clusters').pluck().get()).toBe(2);
    close(library);
  });

  test('stores all or nothing', () => {
    const library = fill(2, 2);
    const { store, faceIds, analysis } = library;
    const before = store.readClusters(faceIds.flat());
    const wrong = { packId: 99, algorithm: 'test', parameters: {}, clusters: [faceIds.flat()], assignments: [] };
    expect(() => store.saveClustering(wrong)).toThrow();
    expect(store.readClusters(faceIds.flat())).toEqual(before);
    expect(store.readClusteringInput(analysis.packId).faceIds).toHaveLength(4);
    expect(store.listJournal(everything).total).toBe(0);
    close(library);
  });
});
