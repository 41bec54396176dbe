import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { AnalyzedFace } from '../../electron/terms/analyzed-photo.ts';
import {
  act,
  assign,
  clusterInto,
  createClock,
  everyone,
  everything,
  fillLibrary,
  findBrokenRules,
  hashOf,
  makeFace,
  makeFolder,
  makeLocation,
  makePhoto,
  openLibrary,
  type OpenLibrary,
  personOf,
  redoLast,
  undoLast,
} from './library-fixture.ts';

let folder: ReturnType<typeof makeFolder>;
let library: OpenLibrary;
beforeEach(() => {
  folder = makeFolder();
  library = openLibrary(folder.path);
});
afterEach(() => {
  library.store.close();
  folder.remove();
});

const exportAll = { personId: null, includeEmbeddings: true, cursor: null, limit: 100 };

describe('a photo', () => {
  test('is stored with its faces, from left to right', () => {
    const { store, analysis } = library;
    const faces = [makeFace(2), makeFace(0), makeFace(1)];
    const saved = store.savePhoto(makePhoto('three', 0, { faces }), analysis);
    expect(saved.isNew).toBe(true);
    const detail = store.getPhoto({ photoId: saved.photoId });
    expect(detail).toMatchObject({
      id: saved.photoId,
      fileName: 'three.jpg',
      paths: ['/media/photos/three.jpg'],
      width: 4000,
      height: 3000,
      captureTime: null,
    });
    expect(detail.faces.map((face) => face.id)).toEqual([saved.faceIds[1], saved.faceIds[2], saved.faceIds[0]]);
    expect(detail.faces[0]).toEqual({
      id: saved.faceIds[1],
      photoId: saved.photoId,
      box: { x: 0, y: 10, width: 60, height: 80 },
      score: 0.9,
      quality: 0.5,
      personId: null,
      personName: null,
      isConfirmed: false,
      isIgnored: false,
      pictureNumber: expect.any(Number),
    });
    expect(store.listFaces({ personId: null, ...everything }).faces.map((face) => face.id)).toEqual(
      detail.faces.map((face) => face.id),
    );
    expect(store.locateFace(saved.faceIds[0] as FaceId)).toEqual({
      photoId: saved.photoId,
      photoSize: { width: 4000, height: 3000 },
      box: { x: 200, y: 10, width: 60, height: 80 },
      boxes: [0, 100, 200].map((x) => ({ x, y: 10, width: 60, height: 80 })),
      pictureNumber: detail.faces[0]!.pictureNumber,
    });
  });

  test('gives its faces another picture number whenever one of them comes, goes or moves, and never an earlier one', () => {
    const { store, connection, analysis } = library;
    const seen = new Set<number>();
    let version = 0;
    /** Looks at the photo again.
     *  @returns the number of all of its faces */
    const look = (faces: readonly AnalyzedFace[]): number => {
      const { photoId } = store.savePhoto(makePhoto('one', 0, { faces }), { ...analysis, pipelineVersion: ++version });
      const numbers = new Set(store.getPhoto({ photoId }).faces.map((face) => face.pictureNumber));
      expect(numbers.size).toBe(1);
      return [...numbers][0]!;
    };
    const expectAnother = (number: number): number => {
      expect(seen.has(number)).toBe(false);
      seen.add(number);
      return number;
    };
    const [one, two] = [makeFace(0), makeFace(2)];
    const first = expectAnother(look([one, two]));
    expect(look([{ ...one, score: 0.5, embedding: new Float32Array(8).fill(0.5) }, two])).toBe(first);
    expectAnother(look([{ ...one, box: { ...one.box, x: one.box.x + 3 } }, two]));
    expectAnother(look([one, { ...two, landmarks: two.landmarks.map((value) => value + 1) }]));
    expectAnother(look([one, two, makeFace(4)]));
    expectAnother(look([one, two]));
    connection.db.exec('DELETE FROM photos');
    expectAnother(look([one, two]));
    // Where the numbers were never asked for: what the user says changes no picture.
    const other = store.savePhoto(makePhoto('two', 2), analysis);
    const number = store.getPhoto({ photoId: other.photoId }).faces[0]!.pictureNumber;
    act(store, 'faces.ignore', { faceIds: [other.faceIds[0] as FaceId] });
    expect(store.getPhoto({ photoId: other.photoId }).faces.map((face) => face.pictureNumber)).toEqual([number, number]);
  });

  test('is known by its content wherever it lies', () => {
    const { store, analysis } = library;
    const first = store.savePhoto(makePhoto('one', 2), analysis);
    const elsewhere = makeLocation('copies/one again.jpg', { volumeKey: 'stick', mountPath: '/media/stick' });
    expect(store.attachLocation(hashOf('one'), elsewhere, analysis)).toBe(first.photoId);
    expect(store.attachLocation(hashOf('two'), elsewhere, analysis)).toBeNull();
    const again = store.savePhoto(makePhoto('one', 2, { location: makeLocation('third.jpg') }), analysis);
    expect(again).toEqual({ photoId: first.photoId, isNew: false, wasAnalyzed: true, faceIds: first.faceIds });
    expect(store.getPhoto({ photoId: first.photoId }).paths.sort()).toEqual([
      '/media/photos/one.jpg',
      '/media/photos/third.jpg',
      '/media/stick/copies/one again.jpg',
    ]);
    expect(store.countLibrary()).toMatchObject({ photos: 1, faces: 2 });
  });

  test('is found unchanged by path, size and time to the nanosecond', () => {
    const { store, analysis } = library;
    store.savePhoto(makePhoto('one', 1), analysis);
    const location = makeLocation('one.jpg');
    expect(
      store.findUnchangedLocations(
        [
          location,
          { ...location, modifiedNs: location.modifiedNs + 1n },
          { ...location, byteSize: 999 },
          makeLocation('other.jpg'),
          { ...location, volumeKey: 'unknown' },
        ],
        analysis,
      ),
    ).toEqual([true, false, false, false, false]);
    expect(store.findUnchangedLocations([location], { ...analysis, pipelineVersion: 2, effort: 1 })).toEqual([false]);
  });

  test('keeps the bytes of names that are no text, and tells them apart', () => {
    const { store, analysis } = library;
    const bytes = [0xe9, 0xe8].map((code) => Uint8Array.of(0x64, 0x2f, code, 0x2e, 0x6a, 0x70, 0x67));
    const photos = bytes.map((relativePathBytes, index) =>
      store.savePhoto(
        makePhoto(`raw${index}`, 0, { location: makeLocation('d/\ufffd.jpg', { relativePathBytes }) }),
        analysis,
      ),
    );
    photos.forEach(({ photoId }, index) => {
      expect(store.locatePhoto(photoId)).toEqual({
        paths: [Uint8Array.from([...Buffer.from('/media/photos/'), ...(bytes[index] as Uint8Array)])],
        contentHash: hashOf(`raw${index}`),
      });
    });
  });

  test('opens by the name that the disk has, and not by its NFC form', () => {
    const { store, analysis } = library;
    const path = '가족 사진/é 😀.jpg'.normalize('NFD');
    const { photoId } = store.savePhoto(makePhoto('nfd', 0, { location: makeLocation(path) }), analysis);
    expect(store.getPhoto({ photoId }).paths).toEqual([`/media/photos/${path}`]);
  });

  test('is found again where its drive is mounted elsewhere', () => {
    const { store, analysis } = library;
    const { photoId } = store.savePhoto(makePhoto('one', 0), analysis);
    const moved = makeLocation('one.jpg', { mountPath: '/mnt/b' });
    expect(store.findUnchangedLocations([moved], analysis)).toEqual([true]);
    expect(store.getPhoto({ photoId }).paths).toEqual(['/mnt/b/one.jpg']);
  });

  test('keeps everything when its file is gone or holds another photo', () => {
    const { store, analysis } = library;
    const first = store.savePhoto(makePhoto('one', 1), analysis);
    const second = store.savePhoto(makePhoto('two', 1, { location: makeLocation('one.jpg') }), analysis);
    expect(store.getPhoto({ photoId: first.photoId }).paths).toEqual(['/media/photos/one.jpg']);
    expect(store.getPhoto({ photoId: second.photoId }).paths).toEqual(['/media/photos/one.jpg']);
    // The first one comes back, out of a backup.
    expect(store.attachLocation(hashOf('one'), makeLocation('one.jpg'), analysis)).toBe(first.photoId);
    const present = library.connection.db
      .prepare('SELECT p.uuid FROM locations l JOIN photos p ON p.id = l.photo_id WHERE l.missing_since IS NULL')
      .pluck()
      .all();
    expect(present).toEqual([first.photoId]);
    expect(store.countLibrary()).toMatchObject({ photos: 2, faces: 2 });
  });

  test('is listed by capture time, and without one by when it came', () => {
    const { store, analysis } = library;
    const captured = (local: string) => ({
      captureTime: { local, offsetMinutes: 60, source: 'exif' as const },
    });
    const late = store.savePhoto(makePhoto('late', 1, captured('2030-01-01T00:00:00')), analysis);
    const none = store.savePhoto(makePhoto('none', 1), analysis);
    const early = store.savePhoto(makePhoto('early', 1, captured('1999-12-31T23:59:59')), analysis);
    const order = [early.photoId, none.photoId, late.photoId];
    expect(store.listPhotos({ personId: null, ...everything })).toEqual({ total: 3, photoIds: order });
    expect(store.listPhotos({ personId: null, offset: 1, limit: 1 }).photoIds).toEqual([none.photoId]);
    clusterInto(library, [[late, none, early].map((photo) => photo.faceIds[0] as FaceId)]);
    const [person] = store.listPeople(everyone).people;
    const personId = person?.id as PersonId;
    expect(store.listPhotos({ personId, ...everything })).toEqual({ total: 3, photoIds: order });
    expect(store.listFaces({ personId, ...everything }).faces.map((face) => face.photoId)).toEqual(order);
    expect(store.getPhoto({ photoId: early.photoId }).captureTime).toEqual({
      local: '1999-12-31T23:59:59',
      offsetMinutes: 60,
      source: 'exif',
    });
  });

  test('is refused with embeddings that would spoil a clustering', () => {
    const { store, analysis } = library;
    const save = (face: Parameters<typeof makeFace>[1]) => () =>
      store.savePhoto(makePhoto('bad', 0, { faces: [makeFace(0, face)] }), analysis);
    expect(save({ embedding: new Float32Array(7) })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(save({ embedding: new Float32Array(8).fill(NaN) })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(save({ landmarks: Float32Array.of(1, Infinity) })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(store.countLibrary()).toMatchObject({ photos: 0, faces: 0 });
  });

  test('of an unknown id is not found', () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { store } = library;
    const notFound = expect.objectContaining({ code: 'not-found' });
    expect(() => store.getPhoto({ photoId: unknown as never })).toThrow(notFound);
    expect(() => store.locatePhoto(unknown as never)).toThrow(notFound);
    expect(() => store.locateFace(unknown as never)).toThrow(notFound);
    expect(() => store.getPerson({ personId: unknown as never })).toThrow(notFound);
    expect(() => store.listPhotos({ personId: unknown as never, ...everything })).toThrow(notFound);
    expect(() => store.listFaces({ personId: unknown as never, ...everything })).toThrow(notFound);
    expect(() => act(store, 'faces.confirm', { faceIds: [unknown as never] })).toThrow(notFound);
    expect(() => act(store, 'people.name', { personId: unknown as never, name: 'x' })).toThrow(notFound);
  });
});

describe('a new analysis of a known photo', () => {
  const later = () => ({ ...library.analysis, pipelineVersion: 2, effort: 1 });

  test('keeps the ids, people and decisions of faces found again', () => {
    const { store, personIds, faceIds } = fillLibrary(library, 2, 3);
    const kept = faceIds[0] as readonly FaceId[];
    act(store, 'faces.confirm', { faceIds: [kept[0] as FaceId] });
    const faces = [0, 1, 2].map((index) => makeFace(index, { box: { x: index * 100 + 4, y: 12, width: 58, height: 80 } }));
    const saved = store.savePhoto(makePhoto('p0', 0, { faces }), later());
    expect(saved).toMatchObject({ isNew: false, faceIds: kept });
    expect(store.locateFace(kept[1] as FaceId).box).toEqual({ x: 104, y: 12, width: 58, height: 80 });
    expect(kept.map((faceId) => personOf(library, faceId))).toEqual(personIds);
    expect(store.countLibrary()).toMatchObject({ photos: 2, faces: 6 });
  });

  test('forgets faces that are not found again, unless the user had a say', () => {
    const { store, faceIds, personIds } = fillLibrary(library, 1, 3);
    const [confirmed, ignored, unsettled] = faceIds[0] as [FaceId, FaceId, FaceId];
    act(store, 'faces.confirm', { faceIds: [confirmed] });
    act(store, 'faces.ignore', { faceIds: [ignored] });
    const saved = store.savePhoto(makePhoto('p0', 0, { faces: [makeFace(7)] }), later());
    expect(saved.faceIds).toHaveLength(1);
    expect(personOf(library, confirmed)).toBe(personIds[0]);
    expect(store.locateFace(ignored).box).not.toBeNull();
    expect(() => store.locateFace(unsettled)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => store.getPerson({ personId: personIds[2] as PersonId })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(findBrokenRules(library)).toEqual([]);
  });

  test('by another pack adds embeddings beside those there are', () => {
    const { store, analysis } = library;
    const { faceIds } = store.savePhoto(makePhoto('one', 1), analysis);
    const classic = store.registerPack({
      name: 'classic',
      version: '1',
      manifestSha256: 'b'.repeat(64),
      embeddingLength: 2,
    });
    const faces = [makeFace(0, { embedding: Float32Array.of(0.5, -0.5) })];
    store.savePhoto(makePhoto('one', 0, { faces }), { packId: classic, pipelineVersion: 1, effort: 1 });
    expect(store.readClusteringInput(analysis.packId)).toMatchObject({ faceIds, embeddingLength: 8 });
    const input = store.readClusteringInput(classic);
    expect(input).toMatchObject({ faceIds, embeddingLength: 2 });
    expect(store.readEmbeddings(classic, input.embeddingRows)).toEqual(Float32Array.of(0.5, -0.5));
    expect(store.exportFaces(exportAll).faces).toMatchObject([{ pack: 'classic', embedding: [0.5, -0.5] }]);
  });

  test('never gives the number of an embedding to another one', () => {
    const { store, analysis, connection } = library;
    const seen = new Set<number>();
    const look = (): void => {
      for (const row of store.readClusteringInput(analysis.packId).embeddingRows) {
        expect(seen.has(row)).toBe(false);
        seen.add(row);
      }
    };
    store.savePhoto(makePhoto('one', 2), analysis);
    look();
    // The same faces with other numbers.
    const faces = [0, 1].map((place) => makeFace(place, { embedding: new Float32Array(8).fill(place + 0.5) }));
    store.savePhoto(makePhoto('one', 0, { faces }), { ...analysis, pipelineVersion: analysis.pipelineVersion + 1 });
    look();
    connection.db.exec('DELETE FROM photos');
    store.savePhoto(makePhoto('two', 2), analysis);
    look();
    expect(seen.size).toBe(6);
  });

  test('gives faces back what the user said of them before their photo was deleted', () => {
    const { store, connection } = library;
    const { faceIds, personIds } = fillLibrary(library, 2, 3);
    const [confirmed, ignored, rejected] = faceIds[0] as [FaceId, FaceId, FaceId];
    act(store, 'faces.confirm', { faceIds: [confirmed] });
    act(store, 'faces.ignore', { faceIds: [ignored] });
    act(store, 'faces.reject', { faceIds: [rejected] });
    connection.db.prepare('DELETE FROM photos WHERE content_hash = ?').run(hashOf('p0'));
    const saved = store.savePhoto(makePhoto('p0', 3), library.analysis);
    expect(saved.faceIds).toEqual(faceIds[0]);
    const [first, second, third] = saved.faceIds as [FaceId, FaceId, FaceId];
    expect(personOf(library, first)).toBe(personIds[0]);
    const faces = store.getPhoto({ photoId: saved.photoId }).faces;
    expect(faces.map((face) => [face.isConfirmed, face.isIgnored])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
    expect(assign(library, [{ faceId: third, person: personIds[2] as PersonId }])).toEqual({ moved: 0, left: 1 });
    expect(personOf(library, second)).toBe(personIds[1]);
    // The journal still speaks of the faces that are gone.
    undoLast(store, 3);
    expect(saved.faceIds.map((faceId) => personOf(library, faceId))).toEqual(personIds);
    redoLast(store, 3);
    expect(assign(library, [{ faceId: third, person: personIds[2] as PersonId }])).toEqual({ moved: 0, left: 1 });
    expect(findBrokenRules(library)).toEqual([]);
  });

  test('takes a better capture time, and never a worse one', () => {
    const { store, analysis } = library;
    const save = (pipelineVersion: number, local: string, source: 'exif' | 'file') =>
      store.savePhoto(makePhoto('one', 1, { captureTime: { local, offsetMinutes: null, source } }), {
        ...analysis,
        pipelineVersion,
      });
    const { photoId, faceIds } = save(1, '2020-01-01T00:00:00', 'file');
    clusterInto(library, [faceIds]);
    save(2, '2010-01-01T00:00:00', 'exif');
    expect(store.getPhoto({ photoId }).captureTime).toMatchObject({ local: '2010-01-01T00:00:00', source: 'exif' });
    expect(findBrokenRules(library)).toEqual([]);
    save(3, '2025-01-01T00:00:00', 'file');
    expect(store.getPhoto({ photoId }).captureTime).toMatchObject({ local: '2010-01-01T00:00:00', source: 'exif' });
  });
});

describe('files that could not be read', () => {
  test('are listed by path with the last reason, until they are read', () => {
    const { store, analysis } = library;
    store.saveFailure(makeLocation('b.jpg'), 'corrupt-image', 'first');
    store.saveFailure(makeLocation('b.jpg'), 'empty-file', 'second');
    store.saveFailure(makeLocation('a/가.jpg'), 'not-an-image', '');
    expect(store.listFailures(everything)).toEqual({
      total: 2,
      failures: [
        { path: '/media/photos/a/가.jpg', reason: 'not-an-image', detail: '' },
        { path: '/media/photos/b.jpg', reason: 'empty-file', detail: 'second' },
      ],
    });
    expect(store.countLibrary().failedFiles).toBe(2);
    store.savePhoto(makePhoto('b', 0), analysis);
    expect(store.listFailures({ offset: 0, limit: 1 })).toMatchObject({ total: 1, failures: [{ reason: 'not-an-image' }] });
  });

  test('and photos that a walk did not see are forgotten and marked, in the walked folder alone', () => {
    const { store, analysis } = library;
    expect(store.startScan()).toBe(1);
    for (const path of ['2020/a.jpg', '2020/b.jpg', '2020 copy/c.jpg', '2020.jpg', 'd.jpg']) {
      store.savePhoto(makePhoto(path, 0, { location: makeLocation(path) }), analysis);
    }
    store.saveFailure(makeLocation('2020/broken.jpg'), 'corrupt-image', '');
    store.saveFailure(makeLocation('2021/broken.jpg'), 'corrupt-image', '');
    store.close();
    // Numbers go on over sessions, whatever the clock says.
    library = openLibrary(folder.path, createClock(Date.UTC(2025, 0, 1)));
    const scan = library.store.startScan();
    expect(scan).toBe(2);
    library.store.findUnchangedLocations([makeLocation('2020/a.jpg')], analysis);
    expect(library.store.markUnseen({ volumeKey: 'volume-one', relativePath: '2020' }, scan)).toEqual({ missing: 1 });
    expect(library.store.listFailures(everything).failures.map((failure) => failure.path)).toEqual([
      '/media/photos/2021/broken.jpg',
    ]);
    expect(library.store.markUnseen({ volumeKey: 'unknown', relativePath: '' }, scan)).toEqual({ missing: 0 });
    expect(library.store.markUnseen({ volumeKey: 'volume-one', relativePath: '' }, scan)).toEqual({ missing: 3 });
    expect(library.store.countLibrary()).toMatchObject({ photos: 5, failedFiles: 0 });
    expect(library.store.findUnchangedLocations([makeLocation('2020/b.jpg')], analysis)).toEqual([true]);
  });
});

describe('an export of faces', () => {
  test('goes page by page over every face, in a stable order', () => {
    const { store, personIds } = fillLibrary(library, 7, 3);
    const readAll = (personId: PersonId | null, limit: number) => {
      const faces: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page: ReturnType<typeof store.exportFaces> = store.exportFaces({ personId, includeEmbeddings: true, cursor, limit });
        faces.push(...page.faces);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return faces;
    };
    const all = readAll(null, 100);
    expect(all).toHaveLength(21);
    expect(readAll(null, 4)).toEqual(all);
    expect(readAll(null, 7)).toEqual(all);
    const [personId] = personIds as [PersonId];
    const ofPerson = readAll(personId, 100);
    expect(ofPerson).toHaveLength(7);
    expect(readAll(personId, 2)).toEqual(ofPerson);
  });

  test('holds the whole record', () => {
    const { store, faceIds, photoIds, personIds } = fillLibrary(library, 1, 2);
    const { faces } = store.exportFaces(exportAll);
    const clusters = store.readClusters(faceIds[0] as FaceId[]);
    expect(faces[1]).toEqual({
      id: faceIds[0]?.[1],
      photoId: photoIds[0],
      box: { x: 100, y: 10, width: 60, height: 80 },
      score: 0.9,
      quality: 0.5,
      personId: personIds[1],
      personName: null,
      isConfirmed: false,
      isIgnored: false,
      pictureNumber: expect.any(Number),
      photoPath: '/media/photos/p0.jpg',
      landmarks: Array.from({ length: 68 }, (_, index) => [index, index + 0.5]),
      clusterId: clusters[1],
      pack: 'standard',
      embedding: [0, 1, 0, 0, 0, 0, 0, 0],
    });
    expect(clusters[1]).not.toBeNull();
    expect(store.exportFaces({ ...exportAll, includeEmbeddings: false }).faces[0]).not.toHaveProperty('embedding');
  });

  test('refuses a cursor that it never gave', () => {
    for (const cursor of ['', 'x', Buffer.from('[1]').toString('base64url'), Buffer.from('{}').toString('base64url')]) {
      expect(() => library.store.exportFaces({ ...exportAll, cursor })).toThrow(
        expect.objectContaining({ code: 'bad-argument' }),
      );
    }
  });
});
