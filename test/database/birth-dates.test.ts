import { describe, expect, test } from 'vitest';
import type { CaptureTime } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { readDay } from '../../electron/terms/capture-day.ts';
import {
  act,
  assign,
  clusterInto,
  dumpLibrary,
  everything,
  makePhoto,
  type OpenLibrary,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';
import { openLibraryPerTest } from './library-per-test.ts';

let library: OpenLibrary;
let store: OpenLibrary['store'];
/** One face a photo, by when it was taken. */
let faces: Record<string, FaceId>;
let anna: PersonId;

const captureTimes: Record<string, CaptureTime | null> = {
  y1979: { local: '1979-12-31T23:59:59', offsetMinutes: null, source: 'exif' },
  newYear1980: { local: '1980-01-01T00:00:00', offsetMinutes: 60, source: 'exif' },
  april1980: { local: '1980-04-30T23:59:59', offsetMinutes: null, source: 'exif' },
  may1980: { local: '1980-05-01T00:00:00', offsetMinutes: null, source: 'exif' },
  may2nd1980: { local: '1980-05-02T08:00:00', offsetMinutes: null, source: 'exif' },
  byName1970: { local: '1970-01-01T00:00:00', offsetMinutes: null, source: 'name' },
  unknown: null,
};

openLibraryPerTest((opened) => {
  library = opened;
  store = library.store;
  faces = {};
  for (const [name, captureTime] of Object.entries(captureTimes)) {
    faces[name] = store.savePhoto(makePhoto(name, 1, { captureTime }), library.analysis).faceIds[0] as FaceId;
  }
  clusterInto(library, [Object.values(faces)]);
  anna = personOf(library, faces.unknown as FaceId) as PersonId;
});

function listOutside(): string[] {
  return Object.keys(faces).filter((name) => personOf(library, faces[name] as FaceId) !== anna);
}

describe('a date of birth', () => {
  test.each([
    ['1980', ['y1979']],
    ['1980-05', ['y1979', 'newYear1980', 'april1980']],
    ['1980-05-02', ['y1979', 'newYear1980', 'april1980', 'may1980']],
    ['1950', []],
  ])('of %s puts faces out that cameras dated before its first day', (born, outside) => {
    const before = dumpLibrary(library);
    const result = act(store, 'people.setBorn', { personId: anna, born });
    expect(result).toMatchObject({ person: { id: anna, born }, facesOut: outside.length, contradictions: [] });
    expect(listOutside()).toEqual(outside);
    const after = dumpLibrary(library);
    undoLast(store);
    expect(dumpLibrary(library)).toEqual(before);
    redoLast(store);
    expect(dumpLibrary(library)).toEqual(after);
    expect(store.listJournal(everything).entries).toMatchObject([
      { kind: 'set-born', parameters: { person: anna, name: null, born, previousBorn: null, faces: outside.length } },
    ]);
  });

  test('keeps together what one cluster held, and lets none of it come back', () => {
    const early = ['y1979', 'newYear1980', 'april1980'].map((name) => faces[name] as FaceId);
    const rest = Object.values(faces).filter((faceId) => !early.includes(faceId));
    store.saveClustering({
      packId: library.analysis.packId,
      algorithm: 'test',
      parameters: {},
      clusters: [early.slice(0, 2), [early[2] as FaceId, ...rest]],
      assignments: [],
    });
    act(store, 'people.setBorn', { personId: anna, born: '1980-05' });
    const [first, second, third] = early.map((faceId) => personOf(library, faceId));
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(assign(library, early.map((faceId) => ({ faceId, person: anna })))).toEqual({ moved: 0, left: 3 });
    expect(store.readClusteringInput(library.analysis.packId).people).toContainEqual(
      expect.objectContaining({ id: anna, isHeld: true }),
    );
  });

  test('leaves confirmed faces where they are and says that they contradict it', () => {
    act(store, 'faces.confirm', { faceIds: [faces.newYear1980 as FaceId] });
    const result = act(store, 'people.setBorn', { personId: anna, born: '1980-05' });
    expect(result).toMatchObject({ facesOut: 2, contradictions: [faces.newYear1980] });
    expect(listOutside()).toEqual(['y1979', 'april1980']);
    // Once more changes nothing, and still says so.
    const { total } = store.listJournal(everything);
    expect(act(store, 'people.setBorn', { personId: anna, born: '1980-05' })).toMatchObject({ facesOut: 0, contradictions: [faces.newYear1980] });
    expect(store.listJournal(everything).total).toBe(total);
  });

  test('is taken away with null', () => {
    act(store, 'people.setBorn', { personId: anna, born: '1980' });
    expect(act(store, 'people.setBorn', { personId: anna, born: null })).toMatchObject({ person: { born: null }, facesOut: 0 });
    expect(store.getPerson({ personId: anna }).born).toBeNull();
    undoLast(store);
    expect(store.getPerson({ personId: anna }).born).toBe('1980');
  });

  test('is refused where no calendar has it', () => {
    for (const born of ['1981-02-29', '1980-04-31']) {
      expect(() => act(store, 'people.setBorn', { personId: anna, born })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    }
    expect(act(store, 'people.setBorn', { personId: anna, born: '1980-02-29' }).person.born).toBe('1980-02-29');
  });

  test('comes with a merge where the target has none', () => {
    act(store, 'people.setBorn', { personId: anna, born: '1980' });
    const other = personOf(library, faces.y1979 as FaceId) as PersonId;
    expect(act(store, 'people.merge', { target: other, sources: [anna] }).person.born).toBe('1980');
  });

  test('holds for a clustering that began before it was told', () => {
    act(store, 'people.setBorn', { personId: anna, born: '1980' });
    const faceIds = [faces.y1979, faces.april1980].map((id) => id as FaceId);
    const outcome = { packId: library.analysis.packId, algorithm: 'test', parameters: {}, clusters: [faceIds] };
    const assignments = faceIds.map((faceId) => ({ faceId, person: anna }));
    expect(store.saveClustering({ ...outcome, assignments })).toEqual({ moved: 0, left: 1 });
    expect(personOf(library, faces.y1979 as FaceId)).not.toBe(anna);
    expect(personOf(library, faces.april1980 as FaceId)).toBe(anna);
  });

  test('reaches clusterings as a day, and so do capture times of cameras alone', () => {
    act(store, 'people.setBorn', { personId: anna, born: '1980-05' });
    const input = store.readClusteringInput(library.analysis.packId);
    const day = (name: string) => input.captureDays[input.faceIds.indexOf(faces[name] as FaceId)];
    expect(day('y1979')).toBe(3651);
    expect(day('newYear1980')).toBe(3652);
    expect(day('byName1970')).toBe(-0x8000_0000);
    expect(day('unknown')).toBe(-0x8000_0000);
    expect(input.people.find((person) => person.id === anna)).toMatchObject({ bornDay: 3652 + 121 });
  });
});

describe('a calendar date', () => {
  test('is read as its first day', () => {
    expect(['1970', '1970-02', '1969-12-31', '2000-03-01', '0099'].map(readDay)).toEqual([0, 31, -1, 11017, -683368]);
    expect(readDay('1970-01-02T23:59:59')).toBe(1);
    expect(['0000-00-00', '2001-02-29', 'soon', ''].map(readDay)).toEqual([null, null, null, null]);
  });
});
