import { describe, expect, test } from 'vitest';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { AnalysisKey } from '../../electron/database/library-database.ts';
import type { AnalyzedFace } from '../../electron/terms/analyzed-photo.ts';
import { act, embeddingLength, fillLibrary, hashOf, makeFace, makePhoto, personOf, type FilledLibrary } from './library-fixture.ts';
import { openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
/** Another pack, with shorter embeddings. */
let classic: AnalysisKey;

openLibraryPerTest((opened) => {
  // Three photos with faces at 0, 100 and 200, each a person's.
  library = fillLibrary(opened, 3, 3);
  const { store } = library;
  classic = { packId: store.registerPack(classicPack), pipelineVersion: 1, effort: 1 };
  store.activatePack({ name: 'standard', packId: library.analysis.packId });
});

const classicPack = { name: 'classic', version: '1', manifestSha256: 'c'.repeat(64), embeddingLength: 2 };

/** As the other pack sees it. */
function seenAt(x: number, embedding = Float32Array.of(1, 0)): AnalyzedFace {
  return makeFace(0, { box: { x, y: 10, width: 60, height: 80 }, embedding });
}

function look(name: string, faces: AnalyzedFace[], analysis: AnalysisKey, undetected: { id: FaceId; embedding: Float32Array }[] = []) {
  return library.store.savePhoto({ ...makePhoto(name, 0, { faces }), location: null, undetected }, analysis);
}

function embeddingOf(id: FaceId, packId: number): number[] | null {
  const { faceIds, embeddingRows } = library.store.readClusteringInput(packId);
  const index = faceIds.indexOf(id);
  return index < 0 ? null : [...library.store.readEmbeddings(packId, embeddingRows.slice(index, index + 1))];
}

describe('photos that a pack has not looked at', () => {
  test('are listed page by page with the places where they lie, until it has', () => {
    const { store, photoIds } = library;
    expect(store.countPendingPhotos(library.analysis)).toBe(0);
    expect(store.countPendingPhotos(classic)).toBe(3);
    const first = store.listPendingPhotos(classic, 0, 2);
    expect(first.map(({ id }) => id)).toEqual(photoIds.slice(0, 2));
    expect(first[0]!.contentHash).toEqual(hashOf('p0'));
    expect(first[0]!.paths.map((path) => Buffer.from(path).toString())).toEqual(['/media/photos/p0.jpg']);
    look('p1', [seenAt(0)], classic);
    const rest = store.listPendingPhotos(classic, first[0]!.cursor, 5);
    expect(rest.map(({ id }) => id)).toEqual([photoIds[2]]);
    expect(store.countPendingPhotos(classic)).toBe(2);
  });

  test('include those that were looked at with less effort', () => {
    const { store, analysis } = library;
    const thorough = { ...analysis, effort: 2 };
    expect(store.countPendingPhotos({ ...analysis, effort: 0 })).toBe(0);
    expect(store.countPendingPhotos(thorough)).toBe(3);
    store.savePhoto(makePhoto('p0', 3), thorough);
    expect(store.countPendingPhotos(thorough)).toBe(2);
    expect(store.countPendingPhotos(analysis)).toBe(0);
    const location = makePhoto('p1', 0).location!;
    expect(store.findUnchangedLocations([location], thorough)).toEqual([false]);
    expect(store.findUnchangedLocations([location], { ...analysis, effort: 0 })).toEqual([true]);
  });
});

describe('another pack', () => {
  test('finds the same faces: ids, people and confirmations stay, and both analyses count', () => {
    const { store, analysis, faceIds, personIds } = library;
    const known = faceIds[0] as readonly FaceId[];
    act(store, 'faces.confirm', { faceIds: [known[1] as FaceId] });
    expect(look('p0', [seenAt(0), seenAt(101), seenAt(200)], classic).faceIds).toEqual(known);
    expect(known.map((id) => personOf(library, id))).toEqual(personIds);
    expect(store.countPendingPhotos(analysis)).toBe(0);
    expect(embeddingOf(known[0]!, classic.packId)).toEqual([1, 0]);
    expect(embeddingOf(known[0]!, analysis.packId)).toHaveLength(embeddingLength);
  });

  test.each([
    ['brings a face', [0, 100, 200, 300]],
    ['takes one away', [0, 100]],
    ['moves one', [0, 100, 215]],
  ])('that %s ends what the first had on record, and no other photo\'s', (_, places) => {
    const { store, analysis } = library;
    look('p0', places.map((x) => seenAt(x)), classic);
    expect(store.countPendingPhotos(analysis)).toBe(1);
    expect(store.listPendingPhotos(analysis, 0, 9).map(({ id }) => id)).toEqual([library.photoIds[0]]);
    // Going back brings the first one's faces back, and ends what the second had on record.
    store.savePhoto({ ...makePhoto('p0', 3), location: null }, analysis);
    expect(store.countPendingPhotos(analysis)).toBe(0);
    expect(store.countPendingPhotos(classic)).toBe(3);
    expect(store.getPhoto({ photoId: library.photoIds[0]! }).faces.map(({ box }) => box!.x)).toEqual([0, 100, 200]);
  });

  test('does not see a confirmed face: it stays with its person, with the embedding that was made where it lies', () => {
    const { store, faceIds, personIds } = library;
    const [first, second, third] = faceIds[0] as [FaceId, FaceId, FaceId];
    act(store, 'faces.confirm', { faceIds: [first] });
    act(store, 'people.name', { personId: personIds[1] as PersonId, name: 'Anna' });
    const settled = store.listSettledFaces(hashOf('p0'));
    expect(settled.map(({ id }) => id)).toEqual([first, second]);
    expect(settled[0]!.box).toEqual({ x: 0, y: 10, width: 60, height: 80 });
    expect(settled[0]!.landmarks).toHaveLength(136);
    look('p0', [], classic, [
      { id: first, embedding: Float32Array.of(0, 1) },
      // Unsettled, and so gone by now.
      { id: third, embedding: Float32Array.of(1, 0) },
    ]);
    expect(embeddingOf(first, classic.packId)).toEqual([0, 1]);
    // Without an embedding no clustering compares it, and it is a member all the same.
    expect(embeddingOf(second, classic.packId)).toBeNull();
    expect([first, second].map((id) => personOf(library, id))).toEqual(personIds.slice(0, 2));
    expect(() => store.locateFace(third)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('has faces of its own length and no others', () => {
    const wrong = { id: library.faceIds[0]![0]!, embedding: new Float32Array(3) };
    expect(() => look('p0', [], classic, [wrong])).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(library.store.listSettledFaces(hashOf('never seen'))).toEqual([]);
  });

  test('once it is the active one, is what faces are told with', () => {
    const { store, analysis, faceIds } = library;
    look('p0', [seenAt(0), seenAt(100), seenAt(200)], classic);
    const told = () =>
      store.exportFaces({ personId: null, includeEmbeddings: true, cursor: null, limit: 9 }).faces.map(({ pack, embedding }) => [
        pack,
        embedding!.length,
      ]);
    store.activatePack({ name: 'standard', packId: analysis.packId });
    expect(told()).toEqual(Array.from({ length: 9 }, () => ['standard', embeddingLength]));
    store.activatePack({ name: 'classic', packId: classic.packId });
    expect(store.readActivePack()).toEqual({ name: 'classic', packId: classic.packId });
    // A face whose photo it has not seen keeps the pack that saw it.
    const seen = new Set(faceIds[0]);
    const { faces } = store.exportFaces({ personId: null, includeEmbeddings: false, cursor: null, limit: 9 });
    for (const face of faces) expect(face.pack).toBe(seen.has(face.id) ? 'classic' : 'standard');
  });
});

test('a newer pipeline ends what an older one of the same pack had on record', () => {
  const { store, analysis } = library;
  store.savePhoto({ ...makePhoto('p0', 3), location: null }, { ...analysis, pipelineVersion: 2 });
  expect(store.countPendingPhotos({ ...analysis, pipelineVersion: 2 })).toBe(2);
  expect(store.listPendingPhotos(analysis, 0, 9).map(({ id }) => id)).toEqual([library.photoIds[0]]);
});
