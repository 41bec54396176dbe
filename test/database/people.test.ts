import { describe, expect, test } from 'vitest';
import type { PeopleFilter } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { foldForSearch, listSearchKeys } from '../../electron/database/tables/search-keys.ts';
import {
  act,
  assign,
  clusterInto,
  everyone,
  everything,
  type FilledLibrary,
  fillLibrary,
  makeFace,
  makePhoto,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';
import { faceAt, openLibraryPerTest } from './library-per-test.ts';

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

const conflict = expect.objectContaining({ code: 'conflict' });

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function facesOf(personId: PersonId): FaceId[] {
  return store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
}

describe('the list of people', () => {
  test('is largest first, page by page', () => {
    act(store, 'faces.move', { faceIds: [faceOf(0, 0), faceOf(1, 0)], personId: three });
    act(store, 'faces.move', { faceIds: [faceOf(0, 1)], personId: three });
    const { total, people } = store.listPeople(everyone);
    expect(total).toBe(3);
    expect(people.map((person) => [person.id, person.faceCount, person.photoCount])).toEqual([
      [three, 7, 4],
      [two, 3, 3],
      [one, 2, 2],
    ]);
    const counts = { named: 0, unnamed: 3, ignored: 0 };
    expect(store.listPeople({ ...everyone, offset: 1, limit: 1 })).toEqual({ total: 3, people: [people[1]], counts });
    expect(store.listPeople({ ...everyone, offset: 9 })).toEqual({ total: 3, people: [], counts });
  });

  test('leaves out who has no face, unless they have a name', () => {
    const faceIds = facesOf(one);
    act(store, 'faces.move', { faceIds, personId: two });
    expect(store.listPeople(everyone).people.map((person) => person.id)).toEqual([two, three]);
    act(store, 'people.name', { personId: one, name: 'Anna' });
    expect(store.listPeople(everyone).people.map((person) => person.id)).toEqual([two, three, one]);
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 0, coverFaceId: null });
    expect(store.countLibrary()).toMatchObject({ people: 2, namedPeople: 1 });
  });

  test('is of everybody, the named, the unnamed or the ignored, and counts each', () => {
    act(store, 'people.ignore', { personIds: [one] });
    act(store, 'people.name', { personId: two, name: 'Ben' });
    const list = (filter: PeopleFilter) => {
      const { total, people, counts } = store.listPeople({ ...everyone, filter });
      expect(counts).toEqual({ named: 1, unnamed: 1, ignored: 1 });
      expect(total).toBe(people.length);
      return people.map(({ id }) => id);
    };
    expect(list('all')).toEqual([two, three]);
    expect(list('named')).toEqual([two]);
    expect(list('unnamed')).toEqual([three]);
    expect(list('ignored')).toEqual([one]);
    act(store, 'people.name', { personId: one, name: 'Anna' });
    expect(list('named')).toEqual([two]);
    expect(list('ignored')).toEqual([one]);
    act(store, 'people.restore', { personIds: [one] });
    expect(store.listPeople(everyone)).toMatchObject({ total: 3, counts: { named: 2, unnamed: 1, ignored: 0 } });
  });

  test('is of those whose name, or a word of it, starts with a text', () => {
    act(store, 'people.name', { personId: one, name: 'Anna Maria' });
    act(store, 'people.name', { personId: two, name: 'Marius' });
    act(store, 'people.name', { personId: three, name: '김지수' });
    act(store, 'people.ignore', { personIds: [two] });
    const find = (text: string, filter: PeopleFilter) => {
      const { people, ...rest } = store.listPeople({ ...everyone, filter, text });
      return { ids: people.map(({ id }) => id), ...rest };
    };
    const counts = { named: 1, unnamed: 0, ignored: 1 };
    expect(find(' mari', 'all')).toEqual({ ids: [one], total: 1, counts });
    expect(find('mari', 'named')).toEqual({ ids: [one], total: 1, counts });
    expect(find('mari', 'unnamed')).toEqual({ ids: [], total: 0, counts });
    expect(find('MARI', 'ignored')).toEqual({ ids: [two], total: 1, counts });
    expect(find('김ㅈ', 'all').ids).toEqual([three]);
    expect(find('aria', 'all')).toEqual({ ids: [], total: 0, counts: { named: 0, unnamed: 0, ignored: 0 } });
    expect(find('  ', 'all').total).toBe(2);
  });
});

describe('naming', () => {
  test('keeps the faces, still unconfirmed', () => {
    expect(act(store, 'people.name', { personId: one, name: '  Anna ' }).person).toMatchObject({
      id: one,
      name: 'Anna',
      faceCount: 4,
      confirmedCount: 0,
    });
    expect(act(store, 'people.name', { personId: one, name: null }).person.name).toBeNull();
    expect(store.listJournal(everything).entries.map((entry) => entry.parameters)).toEqual([
      { person: one, name: null, previousName: 'Anna', faces: 4 },
      { person: one, name: 'Anna', previousName: null, faces: 4 },
    ]);
  });

  test('lets several people have one name', () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'people.name', { personId: two, name: 'Anna' });
    expect(store.searchPeople({ query: 'anna', limit: 8 }).people).toHaveLength(2);
  });
});

describe('searching', () => {
  function search(query: string): (string | null)[] {
    return store.searchPeople({ query, limit: 8 }).people.map((person) => person.name);
  }

  test('finds a name by its start and by that of each of its words', () => {
    act(store, 'people.name', { personId: one, name: 'Anna Maria Kim-Schöne' });
    for (const query of ['a', 'ANNA', 'anna m', 'Maria K', 'kim', 'schö', 'SCHÖ', 'scho', 'kim schöne', '  anna  maria ']) {
      expect([query, search(query)]).toEqual([query, ['Anna Maria Kim-Schöne']]);
    }
    for (const query of ['nna', 'anna k', 'x']) expect([query, search(query)]).toEqual([query, []]);
  });

  test('finds Korean names while they are typed', () => {
    act(store, 'people.name', { personId: one, name: '김지수'.normalize('NFD') });
    expect(store.getPerson({ personId: one }).name).toBe('김지수');
    for (const query of ['ㄱ', '기', '김', '김ㅈ', '김지', '김지수', 'ㄱㅈ', 'ㄱㅈㅅ', '김지'.normalize('NFD')]) {
      expect([query, search(query)]).toEqual([query, ['김지수']]);
    }
    for (const query of ['지', 'ㅈ', '김수', 'ㄱㅅ', '이']) expect([query, search(query)]).toEqual([query, []]);
  });

  test('gives those with most faces first, and nobody without a name', () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'people.name', { personId: two, name: 'Annabel' });
    act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: two });
    expect(search('ann')).toEqual(['Annabel', 'Anna']);
    expect(search('')).toEqual(['Annabel', 'Anna']);
    expect(store.searchPeople({ query: 'ann', limit: 1 }).people).toHaveLength(1);
    act(store, 'people.merge', { target: two, sources: [one] });
    expect(search('ann')).toEqual(['Annabel']);
    act(store, 'people.name', { personId: two, name: null });
    expect(search('ann')).toEqual([]);
  });

  test('takes characters that patterns would treat specially as they are', () => {
    act(store, 'people.name', { personId: one, name: '100% _*?' });
    expect(search('100%')).toEqual(['100% _*?']);
    expect(search('%')).toEqual([]);
  });

  test('folds case, spaces and composition alike in names and queries', () => {
    expect(foldForSearch(' É  b ')).toBe(foldForSearch('e\u0301 B'));
    expect(listSearchKeys('   ')).toEqual([]);
    expect(listSearchKeys('A b')).toEqual(['a b', 'b']);
  });
});

describe('merging', () => {
  test('brings all faces to the target, whose id then answers for all', () => {
    act(store, 'faces.confirm', { faceIds: [faceOf(0, 1)] });
    act(store, 'people.merge', { target: two, sources: [three] });
    const merged = act(store, 'people.merge', { target: one, sources: [two] }).person;
    expect(merged).toMatchObject({ id: one, faceCount: 12, photoCount: 4, confirmedCount: 1 });
    expect(store.getPerson({ personId: three })).toEqual(merged);
    expect(facesOf(two)).toEqual(facesOf(one));
    expect(store.listPeople(everyone)).toMatchObject({ total: 1 });
    act(store, 'people.name', { personId: three, name: 'Anna' });
    expect(store.getPerson({ personId: one }).name).toBe('Anna');
  });

  test('keeps the name there is', () => {
    act(store, 'people.name', { personId: two, name: 'Ben' });
    expect(act(store, 'people.merge', { target: one, sources: [two, three] }).person.name).toBe('Ben');
    undoLast(store);
    act(store, 'people.name', { personId: one, name: 'Anna' });
    expect(act(store, 'people.merge', { target: one, sources: [two] }).person.name).toBe('Anna');
    undoLast(store, 2);
    act(store, 'people.name', { personId: three, name: 'Carla' });
    expect(act(store, 'people.merge', { target: one, sources: [two, three] }).person.name).toBeNull();
    undoLast(store);
    expect(store.getPerson({ personId: three }).name).toBe('Carla');
  });

  test('is refused where all are one person already', () => {
    const badArgument = expect.objectContaining({ code: 'bad-argument' });
    expect(() => act(store, 'people.merge', { target: one, sources: [one] })).toThrow(badArgument);
    act(store, 'people.merge', { target: one, sources: [two] });
    expect(() => act(store, 'people.merge', { target: two, sources: [one, two] })).toThrow(badArgument);
    expect(act(store, 'people.merge', { target: two, sources: [one, three] }).person).toMatchObject({ id: one, faceCount: 12 });
  });

  test('makes rejections follow to the person merged into', () => {
    act(store, 'faces.reject', { faceIds: [faceOf(0, 0)] });
    act(store, 'people.merge', { target: two, sources: [one] });
    expect(assign(library, [{ faceId: faceOf(0, 0), person: two }])).toEqual({ moved: 0, left: 1 });
    const { rejections, people, faceIds } = store.readClusteringInput(library.analysis.packId);
    expect(rejections).toHaveLength(1);
    const [[faceIndex, personIndex]] = rejections as [[number, number]];
    expect([faceIds[faceIndex], people[personIndex]]).toEqual([
      faceOf(0, 0),
      expect.objectContaining({ id: two, isHeld: true }),
    ]);
  });

  test('counts more than an earlier rejection, until it is undone', () => {
    act(store, 'faces.reject', { faceIds: [faceOf(0, 0)] });
    const alone = personOf(library, faceOf(0, 0)) as PersonId;
    act(store, 'people.merge', { target: one, sources: [alone] });
    expect(store.readClusteringInput(library.analysis.packId).rejections).toEqual([]);
    undoLast(store);
    expect(store.readClusteringInput(library.analysis.packId).rejections).toHaveLength(1);
  });
});

describe('the cover', () => {
  test('is the best face, confirmed ones first, and stays while it can', () => {
    const { analysis } = library;
    const faces = [0.2, 0.9, 0.4].map((quality, index) => makeFace(index, { quality }));
    const { faceIds } = store.savePhoto(makePhoto('graded', 0, { faces }), analysis);
    const [low, high, middle] = faceIds as [FaceId, FaceId, FaceId];
    clusterInto(library, [[low, middle]]);
    const personId = personOf(library, low) as PersonId;
    const cover = () => store.getPerson({ personId }).coverFaceId;
    expect(cover()).toBe(middle);
    assign(library, [{ faceId: high, person: personId }]);
    expect(cover()).toBe(middle);
    act(store, 'faces.ignore', { faceIds: [middle] });
    expect(cover()).toBe(high);
    act(store, 'faces.confirm', { faceIds: [low] });
    expect(cover()).toBe(high);
    act(store, 'faces.reject', { faceIds: [high] });
    expect(cover()).toBe(low);
    act(store, 'faces.ignore', { faceIds: [low] });
    expect(cover()).toBeNull();
    undoLast(store, 3);
    expect(cover()).toBe(high);
  });

  test('is the chosen one as long as it is there', () => {
    const faceId = faceOf(2, 0);
    expect(store.getPerson({ personId: one })).toMatchObject({ isCoverChosen: false });
    const { faces } = store.listFaces({ personId: one, ...everything });
    const { pictureNumber } = faces.find((face) => face.id === faceId)!;
    expect(act(store, 'people.chooseCover', { personId: one, faceId }).person).toMatchObject({
      coverFaceId: faceId,
      coverPictureNumber: pictureNumber,
      isCoverChosen: true,
    });
    const { total } = store.listJournal(everything);
    act(store, 'people.chooseCover', { personId: one, faceId });
    expect(store.listJournal(everything).total).toBe(total);
    act(store, 'faces.move', { faceIds: [faceId], personId: two });
    expect(store.getPerson({ personId: one })).toMatchObject({ coverFaceId: faceOf(0, 0), isCoverChosen: false });
    undoLast(store);
    expect(store.getPerson({ personId: one })).toMatchObject({ coverFaceId: faceId, isCoverChosen: true });
  });

  test("is refused where it is somebody else's face or an ignored one", () => {
    expect(() => act(store, 'people.chooseCover', { personId: one, faceId: faceOf(0, 1) })).toThrow(conflict);
    act(store, 'faces.ignore', { faceIds: [faceOf(0, 0)] });
    expect(() => act(store, 'people.chooseCover', { personId: one, faceId: faceOf(0, 0) })).toThrow(conflict);
  });
});

describe('moving faces', () => {
  test('confirms them there and rules them out where they were', () => {
    const faceIds = [faceOf(0, 0), faceOf(0, 0), faceOf(1, 0)];
    expect(act(store, 'faces.move', { faceIds, personId: two }).person).toMatchObject({ id: two, faceCount: 6, confirmedCount: 2 });
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 2, photoCount: 2 });
    expect(store.readClusteringInput(library.analysis.packId).rejections).toHaveLength(2);
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'move-faces',
      parameters: { person: two, name: null, faces: 2, isNew: false },
    });
  });

  test('to nobody makes a new person', () => {
    const created = act(store, 'faces.move', { faceIds: [faceOf(0, 0), faceOf(0, 1)], personId: null }).person;
    expect(created).toMatchObject({ name: null, faceCount: 2, photoCount: 1, confirmedCount: 2 });
    expect(store.listPeople(everyone).total).toBe(4);
    undoLast(store);
    expect(store.listPeople(everyone).total).toBe(3);
    expect(() => store.getPerson({ personId: created.id })).toThrow(expect.objectContaining({ code: 'not-found' }));
    redoLast(store);
    expect(store.getPerson({ personId: created.id })).toEqual(created);
  });

  test('and back takes the rejection away', () => {
    act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: two });
    act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: one });
    const { rejections, people } = store.readClusteringInput(library.analysis.packId);
    expect(rejections.map(([, person]) => people[person]?.id)).toEqual([two]);
  });

  test('brings ignored faces back', () => {
    act(store, 'faces.ignore', { faceIds: [faceOf(0, 0)] });
    act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: two });
    expect(facesOf(two)).toContain(faceOf(0, 0));
  });

  test('changes nothing where one face is unknown', () => {
    const faceIds = [faceOf(0, 0), '00000000-0000-4000-8000-000000000000' as FaceId];
    expect(() => act(store, 'faces.move', { faceIds, personId: two })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(store.listJournal(everything).total).toBe(0);
    expect(store.getPerson({ personId: one }).faceCount).toBe(4);
  });
});

describe('confirming, rejecting and ignoring faces', () => {
  test('confirms them where they are', () => {
    act(store, 'faces.confirm', { faceIds: [faceOf(0, 0), faceOf(1, 0), faceOf(0, 1)] });
    expect(store.getPerson({ personId: one }).confirmedCount).toBe(2);
    expect(store.listFaces({ personId: one, ...everything }).faces.map((face) => face.isConfirmed)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    undoLast(store);
    expect(store.getPerson({ personId: one }).confirmedCount).toBe(0);
  });

  test('rejects each into a person of its own', () => {
    act(store, 'faces.reject', { faceIds: [faceOf(0, 0), faceOf(1, 0)] });
    const [first, second] = [personOf(library, faceOf(0, 0)), personOf(library, faceOf(1, 0))];
    expect(new Set([first, second, one]).size).toBe(3);
    expect(store.getPerson({ personId: first as PersonId })).toMatchObject({ name: null, faceCount: 1, confirmedCount: 0 });
    expect(store.getPerson({ personId: one }).faceCount).toBe(2);
  });

  test('is refused for faces that are with nobody', () => {
    const { faceIds } = store.savePhoto(makePhoto('new', 1), library.analysis);
    expect(() => act(store, 'faces.confirm', { faceIds })).toThrow(conflict);
    expect(() => act(store, 'faces.reject', { faceIds })).toThrow(conflict);
    act(store, 'faces.ignore', { faceIds: [faceOf(0, 0)] });
    expect(() => act(store, 'faces.confirm', { faceIds: [faceOf(0, 0)] })).toThrow(conflict);
  });

  test('takes ignored faces out of lists, counts and clusterings, and back', () => {
    const faceId = faceOf(0, 0);
    const before = store.listPeople(everyone);
    act(store, 'faces.ignore', { faceIds: [faceId] });
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 3, photoCount: 3 });
    expect(facesOf(one)).not.toContain(faceId);
    expect(store.listPhotos({ personId: one, ...everything }).total).toBe(3);
    expect(store.listFaces({ personId: null, ...everything })).toMatchObject({ total: 11 });
    expect(store.listFaces({ personId: null, ...everything }).faces).toHaveLength(11);
    expect(store.countLibrary().faces).toBe(11);
    expect(store.readClusteringInput(library.analysis.packId).faceIds).not.toContain(faceId);
    const photo = store.getPhoto({ photoId: library.photoIds[0] as never });
    expect(photo.faces.find((face) => face.id === faceId)).toMatchObject({ isIgnored: true });
    expect(assign(library, [{ faceId, person: two }])).toEqual({ moved: 0, left: 1 });
    act(store, 'faces.restore', { faceIds: [faceId] });
    expect(store.listPeople(everyone)).toMatchObject({ total: before.total });
    expect(facesOf(one)).toContain(faceId);
  });
});
