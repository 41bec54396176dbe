import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import type { FaceRecord, PersonSummary } from '../../electron/api/schemas.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';
import { samplesFolder } from '../support/sample-faces.ts';

const facesPerSample = [3, 3, 3, 4, 5, 4];

/** Undoes the last actions, or does again what was undone last. */
async function step(engine: Engine, direction: 'undo' | 'redo', count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { lastDone, lastUndone } = await engine.api.call('library.status', {});
    const entry = direction === 'undo' ? lastDone : lastUndone;
    const { entries } = await engine.api.call(`journal.${direction}`, { entryId: entry!.id });
    expect(entries.map(({ id }) => id)).toEqual([entry!.id]);
  }
}

async function listPeople(engine: Engine): Promise<PersonSummary[]> {
  return (await engine.api.call('people.list', {})).people;
}

async function exportFaces(engine: Engine): Promise<FaceRecord[]> {
  return (await engine.api.call('faces.export', { includeEmbeddings: true, limit: 1000 })).faces;
}

/** Face ids by person: what undo must restore exactly. */
async function readPartition(engine: Engine): Promise<Record<string, string[]>> {
  const partition: Record<string, string[]> = {};
  for (const face of await exportFaces(engine)) (partition[face.personId ?? 'nobody'] ??= []).push(face.id);
  return partition;
}

describe('a library of the sample photos', () => {
  let library: TemporaryLibrary;
  let photosFolder: string;
  let engine: Engine;

  beforeAll(async () => {
    library = await createTemporaryLibrary();
    photosFolder = path.join(library.folder, '..', `${path.basename(library.folder)}-photos`);
    await mkdir(photosFolder);
    for (const number of [1, 2, 3, 4, 5, 6]) {
      await copyFile(path.join(samplesFolder, `sample${number}.jpg`), path.join(photosFolder, `sample${number}.jpg`));
    }
    engine = await library.open();
  });
  afterAll(async () => {
    await library.remove();
    await rm(photosFolder, { recursive: true, force: true });
  });

  test('the import finds every face of every photo and puts each in one person', async () => {
    const summary = await importAll(engine, [photosFolder]);
    expect(summary).toMatchObject({ photos: 6, added: 6, faces: 22, failed: [], skipped: 0, unsupported: {} });
    expect(summary.runtime).toContain('ONNX Runtime');
    const faces = await exportFaces(engine);
    const countsByPhoto = facesPerSample.map(
      (_, index) => faces.filter(({ photoPath }) => photoPath.endsWith(`sample${index + 1}.jpg`)).length,
    );
    expect(countsByPhoto).toEqual(facesPerSample);
    for (const face of faces) {
      expect(face.personId).not.toBeNull();
      expect(face.clusterId).not.toBeNull();
      expect(face.pack).toBe('standard');
      expect(Math.hypot(...face.embedding!)).toBeCloseTo(1, 4);
      expect(face.landmarks).toHaveLength(68);
    }
    const people = await listPeople(engine);
    expect(people).toHaveLength(summary.people);
    expect(people.reduce((sum, { faceCount }) => sum + faceCount, 0)).toBe(22);
    expect(people[0]!.faceCount).toBeGreaterThanOrEqual(people.at(-1)!.faceCount);
  });

  test('no person has two faces of one photo', async () => {
    const seen = new Set<string>();
    for (const face of await exportFaces(engine)) {
      const key = `${face.personId} ${face.photoId}`;
      expect(seen.has(key)).toBe(false);
      seen.add(key);
    }
  });

  test('a second import does nothing twice', async () => {
    const before = await readPartition(engine);
    const summary = await importAll(engine, [photosFolder]);
    expect(summary).toMatchObject({ photos: 6, added: 0, skipped: 6, faces: 22 });
    expect(await readPartition(engine)).toEqual(before);
  });

  test('a photo that was moved and one that was copied are known by their content', async () => {
    const before = await readPartition(engine);
    await rename(path.join(photosFolder, 'sample1.jpg'), path.join(photosFolder, 'moved 가족 🎂.jpg'));
    await copyFile(path.join(photosFolder, 'sample2.jpg'), path.join(photosFolder, 'copy.jpg'));
    const summary = await importAll(engine, [photosFolder]);
    expect(summary).toMatchObject({ photos: 7, added: 0, skipped: 7, faces: 22 });
    expect(await readPartition(engine)).toEqual(before);
    const { photoIds, total } = await engine.api.call('photos.list', {});
    expect(total).toBe(6);
    const details = await Promise.all(photoIds.map((photoId) => engine.api.call('photos.get', { photoId })));
    const names = details.flatMap(({ paths }) => paths.map((file) => path.basename(file).normalize('NFC'))).sort();
    expect(names).toEqual(
      ['copy.jpg', 'moved 가족 🎂.jpg', 'sample2.jpg', 'sample3.jpg', 'sample4.jpg', 'sample5.jpg', 'sample6.jpg'].sort(),
    );
  });

  test('what was named and merged outlives a restart and the next import, and can be undone after it', async () => {
    const original = await readPartition(engine);
    const [first, second, third] = await listPeople(engine);
    await engine.api.call('people.name', { personId: first!.id, name: 'Anna' });
    await engine.api.call('people.merge', { target: third!.id, sources: [second!.id] });
    const merged = await readPartition(engine);
    expect(merged[third!.id]).toHaveLength(second!.faceCount + third!.faceCount);

    await engine.close();
    engine = await library.open();
    await importAll(engine, [photosFolder]);
    expect(await readPartition(engine)).toEqual(merged);
    const people = await listPeople(engine);
    expect(people.find(({ id }) => id === first!.id)?.name).toBe('Anna');
    // An id that was merged away answers with the person it went into.
    expect((await engine.api.call('people.get', { personId: second!.id })).id).toBe(third!.id);

    await step(engine, 'undo', 2);
    expect(await readPartition(engine)).toEqual(original);
    expect((await engine.api.call('people.get', { personId: first!.id })).name).toBeNull();
    await step(engine, 'redo', 2);
    expect(await readPartition(engine)).toEqual(merged);
    await step(engine, 'undo', 2);
  });

  test('a face that was taken out of a person does not return with the next import', async () => {
    const [largest] = await listPeople(engine);
    const { faces } = await engine.api.call('faces.list', { personId: largest!.id });
    const removed = faces[0]!;
    await engine.api.call('faces.reject', { faceIds: [removed.id] });
    await importAll(engine, [photosFolder]);
    const after = (await exportFaces(engine)).find(({ id }) => id === removed.id)!;
    expect(after.personId).not.toBe(largest!.id);
    await step(engine, 'undo', 1);
    const restored = (await exportFaces(engine)).find(({ id }) => id === removed.id)!;
    expect(restored.personId).toBe(largest!.id);
  });

  test('what is said of people is done, and undone', async () => {
    const before = await readPartition(engine);
    const [first, second, ...rest] = await listPeople(engine);
    const [one, two] = [first!.id, second!.id];
    const { faces } = await engine.api.call('faces.list', { personId: one });
    const { people } = await engine.api.call('people.split', { personId: one, groups: [[faces[0]!.id]] });
    expect(people).toMatchObject([{ faceCount: 1, name: null }]);
    expect(await engine.api.call('review.answer', { first: one, second: two, answer: 'no' })).toMatchObject({ person: { id: one } });
    expect(await engine.api.call('people.setBorn', { personId: one, born: '1990-05' })).toMatchObject({ person: { born: '1990-05' } });
    const joining = (await engine.api.call('faces.list', { personId: rest.at(-1)!.id })).faces.map(({ id }) => id);
    const reclustered = await engine.api.call('people.recluster', { personId: one, leaving: [], joining });
    expect(reclustered.person.faceCount).toBe(faces.length - 1 + joining.length);
    await engine.api.call('people.name', { personId: one, name: 'Anna' });
    await engine.api.call('people.name', { personId: two, name: 'Anna' });
    const { total, doubles } = await engine.api.call('photos.listDoubles', {});
    expect(doubles).toHaveLength(total);
    for (const double of doubles) expect(new Set(double.faces.map(({ photoId }) => photoId))).toEqual(new Set([double.photoId]));
    const strangers = await engine.api.call('people.countStrangers', { maxFaces: 1 });
    expect(strangers.people).toBeGreaterThan(0);
    expect(await engine.api.call('people.ignoreStrangers', { maxFaces: 1 })).toMatchObject(strangers);
    expect(await engine.api.call('people.countStrangers', { maxFaces: 1 })).toEqual({ people: 0, faces: 0 });
    await importAll(engine, [photosFolder]);
    await step(engine, 'undo', 7);
    expect(await readPartition(engine)).toEqual(before);
    expect((await engine.api.call('library.status', {})).namedPeople).toBe(0);
  });

  test('thumbnails are pictures that are made once, and unknown ids have none', async () => {
    const [face] = await exportFaces(engine);
    const first = await engine.media.get('face', face!.id, 200);
    expect(first.contentType).toBe('image/webp');
    expect(Buffer.from(first.body.subarray(8, 12)).toString()).toBe('WEBP');
    const again = await engine.media.get('face', face!.id, 384);
    expect(again.etag).toBe(first.etag);
    const photo = await engine.media.get('photo', face!.photoId, 300);
    expect(photo.body.length).toBeGreaterThan(1000);
    await expect(engine.media.get('face', '00000000-0000-4000-8000-000000000000', 96)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('a bad file is listed with its reason until it is mended', async () => {
    const bad = path.join(photosFolder, 'empty.jpg');
    await writeFile(bad, '');
    expect((await importAll(engine, [photosFolder])).failed).toMatchObject([{ path: bad, reason: 'empty-file' }]);
    expect((await engine.api.call('failures.list', {})).failures).toMatchObject([{ path: bad, reason: 'empty-file' }]);
    await rm(bad);
    expect((await importAll(engine, [photosFolder])).failed).toEqual([]);
    expect((await engine.api.call('failures.list', {})).total).toBe(0);
  });

  test('two photos are compared face by face', async () => {
    const file = path.join(photosFolder, 'sample3.jpg');
    const { pairs, threshold } = await engine.api.call('photos.compare', { firstPath: file, secondPath: file });
    expect(pairs).toHaveLength(9);
    const same = pairs.filter(({ isSamePerson }) => isSamePerson);
    expect(same).toHaveLength(3);
    for (const { distance } of same) expect(distance).toBeLessThan(1e-3);
    for (const { distance, isSamePerson } of pairs) expect(isSamePerson).toBe(distance <= threshold);
  });

  test('a second engine on the same library is refused', async () => {
    await expect(library.open()).rejects.toMatchObject({ code: 'library-in-use' });
  });

  test('an import of a folder that is not there fails with its name', async () => {
    const missing = path.join(photosFolder, 'nowhere');
    await expect(importAll(engine, [missing])).rejects.toMatchObject({ code: 'not-found', parameters: { path: missing } });
  });
});
