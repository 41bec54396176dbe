import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { foldForSearch, listSearchKeys } from '../../electron/database/tables/search-keys.ts';
import {
  assign,
  clusterInto,
  everyone,
  everything,
  fillLibrary,
  makeFace,
  makePhoto,
  personOf,
  type FilledLibrary,
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

const shown = { ...everything, includeIgnored: false, onlyNamed: false };
const conflict = expect.objectContaining({ code: 'conflict' });

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function facesOf(personId: PersonId): FaceId[] {
  return store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
}

describe('the list of people', () => {
  test('is largest first, page by page', () => {
    store.moveFaces({ faceIds: [faceOf(0, 0), faceOf(1, 0)], personId: three });
    store.moveFaces({ faceIds: [faceOf(0, 1)], personId: three });
    const { total, people } = store.listPeople(shown);
    expect(total).toBe(3);
    expect(people.map((person) => [person.id, person.faceCount, person.photoCount])).toEqual([
      [three, 7, 4],
      [two, 3, 3],
      [one, 2, 2],
    ]);
    expect(store.listPeople({ ...shown, offset: 1, limit: 1 })).toEqual({ total: 3, people: [people[1]] });
    expect(store.listPeople({ ...shown, offset: 9 })).toEqual({ total: 3, people: [] });
  });

  test('leaves out who has no face, unless they have a name', () => {
    const faceIds = facesOf(one);
    store.moveFaces({ faceIds, personId: two });
    expect(store.listPeople(shown).people.map((person) => person.id)).toEqual([two, three]);
    store.namePerson({ personId: one, name: 'Anna' });
    expect(store.listPeople(shown).people.map((person) => person.id)).toEqual([two, three, one]);
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 0, coverFaceId: null });
    expect(store.countLibrary()).toMatchObject({ people: 2, namedPeople: 1 });
  });

  test('leaves out ignored people where they are not asked for', () => {
    store.ignorePerson({ personId: one });
    store.namePerson({ personId: two, name: 'Ben' });
    const ids = (params: Parameters<typeof store.listPeople>[0]) => store.listPeople(params).people.map(({ id }) => id);
    expect(ids(shown)).toEqual([two, three]);
    expect(ids(everyone)).toEqual([one, two, three]);
    expect(ids({ ...shown, onlyNamed: true })).toEqual([two]);
    store.namePerson({ personId: one, name: 'Anna' });
    expect(ids({ ...everyone, onlyNamed: true })).toEqual([one, two]);
    expect(store.getPerson({ personId: one }).isIgnored).toBe(true);
    store.restorePerson({ personId: one });
    expect(ids(shown)).toEqual([one, two, three]);
  });
});

describe('naming', () => {
  test('keeps the faces, still unconfirmed', () => {
    expect(store.namePerson({ personId: one, name: '  Anna ' })).toMatchObject({
      id: one,
      name: 'Anna',
      faceCount: 4,
      confirmedCount: 0,
    });
    expect(store.namePerson({ personId: one, name: null }).name).toBeNull();
    expect(store.listJournal(everything).entries.map((entry) => entry.parameters)).toEqual([
      { person: one, name: null, previousName: 'Anna', faces: 4 },
      { person: one, name: 'Anna', previousName: null, faces: 4 },
    ]);
  });

  test('lets several people have one name', () => {
    store.namePerson({ personId: one, name: 'Anna' });
    store.namePerson({ personId: two, name: 'Anna' });
    expect(store.searchPeople({ query: 'anna', limit: 8 }).people).toHaveLength(2);
  });
});

describe('searching', () => {
  function search(query: string): (string | null)[] {
    return store.searchPeople({ query, limit: 8 }).people.map((person) => person.name);
  }

  test('finds a name by its start and by that of each of its words', () => {
    store.namePerson({ personId: one, name: 'Anna Maria Kim-Schöne' });
    for (const query of ['a', 'ANNA', 'anna m', 'Maria K', 'kim', 'schö', 'SCHÖ', 'scho', 'kim schöne', '  anna  maria ']) {
      expect([query, search(query)]).toEqual([query, ['Anna Maria Kim-Schöne']]);
    }
    for (const query of ['nna', 'anna k', 'x']) expect([query, search(query)]).toEqual([query, []]);
  });

  test('finds Korean names while they are typed', () => {
    store.namePerson({ personId: one, name: '김지수'.normalize('NFD') });
    expect(store.getPerson({ personId: one }).name).toBe('김지수');
    for (const query of ['ㄱ', '기', '김', '김ㅈ', '김지', '김지수', 'ㄱㅈ', 'ㄱㅈㅅ', '김지'.normalize('NFD')]) {
      expect([query, search(query)]).toEqual([query, ['김지수']]);
    }
    for (const query of ['지', 'ㅈ', '김수', 'ㄱㅅ', '이']) expect([query, search(query)]).toEqual([query, []]);
  });

  test('gives those with most faces first, and nobody without a name', () => {
    store.namePerson({ personId: one, name: 'Anna' });
    store.namePerson({ personId: two, name: 'Annabel' });
    store.moveFaces({ faceIds: [faceOf(0, 0)], personId: two });
    expect(search('ann')).toEqual(['Annabel', 'Anna']);
    expect(search('')).toEqual(['Annabel', 'Anna']);
    expect(store.searchPeople({ query: 'ann', limit: 1 }).people).toHaveLength(1);
    store.mergePeople({ target: two, sources: [one] });
    expect(search('ann')).toEqual(['Annabel']);
    store.namePerson({ personId: two, name: null });
    expect(search('ann')).toEqual([]);
  });

  test('takes characters that patterns would treat specially as they are', () => {
    store.namePerson({ personId: one, name: '100% _*?' });
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
    store.confirmFaces({ faceIds: [faceOf(0, 1)] });
    store.mergePeople({ target: two, sources: [three] });
    const merged = store.mergePeople({ target: one, sources: [two] });
    expect(merged).toMatchObject({ id: one, faceCount: 12, photoCount: 4, confirmedCount: 1 });
    expect(store.getPerson({ personId: three })).toEqual(merged);
    expect(facesOf(two)).toEqual(facesOf(one));
    expect(store.listPeople(shown)).toMatchObject({ total: 1 });
    store.namePerson({ personId: three, name: 'Anna' });
    expect(store.getPerson({ personId: one }).name).toBe('Anna');
  });

  test('keeps the name there is', () => {
    store.namePerson({ personId: two, name: 'Ben' });
    expect(store.mergePeople({ target: one, sources: [two, three] }).name).toBe('Ben');
    store.undo(1);
    store.namePerson({ personId: one, name: 'Anna' });
    expect(store.mergePeople({ target: one, sources: [two] }).name).toBe('Anna');
    store.undo(2);
    store.namePerson({ personId: three, name: 'Carla' });
    expect(store.mergePeople({ target: one, sources: [two, three] }).name).toBeNull();
    store.undo(1);
    expect(store.getPerson({ personId: three }).name).toBe('Carla');
  });

  test('is refused where all are one person already', () => {
    const badArgument = expect.objectContaining({ code: 'bad-argument' });
    expect(() => store.mergePeople({ target: one, sources: [one] })).toThrow(badArgument);
    store.mergePeople({ target: one, sources: [two] });
    expect(() => store.mergePeople({ target: two, sources: [one, two] })).toThrow(badArgument);
    expect(store.mergePeople({ target: two, sources: [one, three] })).toMatchObject({ id: one, faceCount: 12 });
  });

  test('makes rejections follow to the person merged into', () => {
    store.rejectFaces({ faceIds: [faceOf(0, 0)] });
    store.mergePeople({ target: two, sources: [one] });
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
    store.rejectFaces({ faceIds: [faceOf(0, 0)] });
    const alone = personOf(library, faceOf(0, 0)) as PersonId;
    store.mergePeople({ target: one, sources: [alone] });
    expect(store.readClusteringInput(library.analysis.packId).rejections).toEqual([]);
    store.undo(1);
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
    store.ignoreFaces({ faceIds: [middle] });
    expect(cover()).toBe(high);
    store.confirmFaces({ faceIds: [low] });
    expect(cover()).toBe(high);
    store.rejectFaces({ faceIds: [high] });
    expect(cover()).toBe(low);
    store.ignoreFaces({ faceIds: [low] });
    expect(cover()).toBeNull();
    store.undo(3);
    expect(cover()).toBe(high);
  });

  test('is the chosen one as long as it is there', () => {
    const faceId = faceOf(2, 0);
    expect(store.getPerson({ personId: one })).toMatchObject({ isCoverChosen: false });
    const { faces } = store.listFaces({ personId: one, ...everything });
    const { pictureNumber } = faces.find((face) => face.id === faceId)!;
    expect(store.chooseCover({ personId: one, faceId })).toMatchObject({ coverFaceId: faceId, coverPictureNumber: pictureNumber, isCoverChosen: true });
    const { total } = store.listJournal(everything);
    store.chooseCover({ personId: one, faceId });
    expect(store.listJournal(everything).total).toBe(total);
    store.moveFaces({ faceIds: [faceId], personId: two });
    expect(store.getPerson({ personId: one })).toMatchObject({ coverFaceId: faceOf(0, 0), isCoverChosen: false });
    store.undo(1);
    expect(store.getPerson({ personId: one })).toMatchObject({ coverFaceId: faceId, isCoverChosen: true });
  });

  test("is refused where it is somebody else's face or an ignored one", () => {
    expect(() => store.chooseCover({ personId: one, faceId: faceOf(0, 1) })).toThrow(conflict);
    store.ignoreFaces({ faceIds: [faceOf(0, 0)] });
    expect(() => store.chooseCover({ personId: one, faceId: faceOf(0, 0) })).toThrow(conflict);
  });
});

describe('moving faces', () => {
  test('confirms them there and rules them out where they were', () => {
    const faceIds = [faceOf(0, 0), faceOf(0, 0), faceOf(1, 0)];
    expect(store.moveFaces({ faceIds, personId: two })).toMatchObject({ id: two, faceCount: 6, confirmedCount: 2 });
    expect(store.getPerson({ personId: one })).toMatchObject({ faceCount: 2, photoCount: 2 });
    expect(store.readClusteringInput(library.analysis.packId).rejections).toHaveLength(2);
    expect(store.listJournal(everything).entries[0]).toMatchObject({
      kind: 'move-faces',
      parameters: { person: two, name: null, faces: 2, isNew: false },
    });
  });

  test('to nobody makes a new person', () => {
    const created = store.moveFaces({ faceIds: [faceOf(0, 0), faceOf(0, 1)], personId: null });
    expect(created).toMatchObject({ name: null, faceCount: 2, photoCount: 1, confirmedCount: 2 });
    expect(store.listPeople(shown).total).toBe(4);
    store.undo(1);
    expect(store.listPeople(shown).total).toBe(3);
    expect(() => store.getPerson({ personId: created.id })).toThrow(expect.objectContaining({ code: 'not-found' }));
    store.redo(1);
    expect(store.getPerson({ personId: created.id })).toEqual(created);
  });

  test('and back takes the rejection away', () => {
    store.moveFaces({ faceIds: [faceOf(0, 0)], personId: two });
    store.moveFaces({ faceIds: [faceOf(0, 0)], personId: one });
    const { rejections, people } = store.readClusteringInput(library.analysis.packId);
    expect(rejections.map(([, person]) => people[person]?.id)).toEqual([two]);
  });

  test('brings ignored faces back', () => {
    store.ignoreFaces({ faceIds: [faceOf(0, 0)] });
    store.moveFaces({ faceIds: [faceOf(0, 0)], personId: two });
    expect(facesOf(two)).toContain(faceOf(0, 0));
  });

  test('changes nothing where one face is unknown', () => {
    const faceIds = [faceOf(0, 0), '00000000-0000-4000-8000-000000000000' as FaceId];
    expect(() => store.moveFaces({ faceIds, personId: two })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(store.listJournal(everything).total).toBe(0);
    expect(store.getPerson({ personId: one }).faceCount).toBe(4);
  });
});

describe('confirming, rejecting and ignoring faces', () => {
  test('confirms them where they are', () => {
    store.confirmFaces({ faceIds: [faceOf(0, 0), faceOf(1, 0), faceOf(0, 1)] });
    expect(store.getPerson({ personId: one }).confirmedCount).toBe(2);
    expect(store.listFaces({ personId: one, ...everything }).faces.map((face) => face.isConfirmed)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    store.undo(1);
    expect(store.getPerson({ personId: one }).confirmedCount).toBe(0);
  });

  test('rejects each into a person of its own', () => {
    store.rejectFaces({ faceIds: [faceOf(0, 0), faceOf(1, 0)] });
    const [first, second] = [personOf(library, faceOf(0, 0)), personOf(library, faceOf(1, 0))];
    expect(new Set([first, second, one]).size).toBe(3);
    expect(store.getPerson({ personId: first as PersonId })).toMatchObject({ name: null, faceCount: 1, confirmedCount: 0 });
    expect(store.getPerson({ personId: one }).faceCount).toBe(2);
  });

  test('is refused for faces that are with nobody', () => {
    const { faceIds } = store.savePhoto(makePhoto('new', 1), library.analysis);
    expect(() => store.confirmFaces({ faceIds })).toThrow(conflict);
    expect(() => store.rejectFaces({ faceIds })).toThrow(conflict);
    store.ignoreFaces({ faceIds: [faceOf(0, 0)] });
    expect(() => store.confirmFaces({ faceIds: [faceOf(0, 0)] })).toThrow(conflict);
  });

  test('takes ignored faces out of lists, counts and clusterings, and back', () => {
    const faceId = faceOf(0, 0);
    const before = store.listPeople(everyone);
    store.ignoreFaces({ faceIds: [faceId] });
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
    store.restoreFaces({ faceIds: [faceId] });
    expect(store.listPeople(everyone)).toMatchObject({ total: before.total });
    expect(facesOf(one)).toContain(faceId);
  });
});
