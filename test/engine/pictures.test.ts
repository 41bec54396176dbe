/** Pictures of faces and photos over a library's life: their addresses, and the files that they are kept in. */

import Database from 'better-sqlite3';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatMediaPath, parseMediaPath } from '../../electron/api/media-path.ts';
import type { FaceRecord } from '../../electron/api/schemas.ts';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import { findNativeBinding } from '../../electron/database/file/native-binding.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import type { Media } from '../../electron/engine/media.ts';
import { samplePath, type SampleNumber } from '../support/photos.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';

const lasting = 'private, max-age=31536000, immutable';
const passing = 'private, no-cache';

let library: TemporaryLibrary;
let photosFolder: string;

beforeEach(async () => {
  photosFolder = await mkdtemp(path.join(tmpdir(), 'kindred-pictured-'));
  library = await createTemporaryLibrary();
});
afterEach(async () => {
  await library.remove();
  await rm(photosFolder, { recursive: true, force: true });
});

/** @returns an engine whose library has the given samples */
async function openWith(...samples: SampleNumber[]): Promise<Engine> {
  for (const sample of samples) await copyFile(samplePath(sample), path.join(photosFolder, `sample${sample}.jpg`));
  const engine = await library.open();
  await importAll(engine, [photosFolder]);
  return engine;
}

/** From left to right. */
async function listFaces(engine: Engine): Promise<FaceRecord[]> {
  const { faces } = await engine.api.call('faces.export', { limit: 1000 });
  return faces.sort((one, other) => one.box!.x - other.box!.x);
}

function editLibrary(sql: string): void {
  const db = new Database(path.join(library.folder, libraryFileName), { nativeBinding: findNativeBinding() });
  db.exec(sql);
  db.close();
}

/** Asks as a host does. */
function fetchPicture(engine: Engine, address: string): Promise<Media> {
  const { kind, id, sizePx, version } = parseMediaPath(new URL(address, 'http://host'))!;
  return engine.media.get(kind, id, sizePx, version);
}

describe('the address of a face', () => {
  test('is another one after a detection that moves it, and the earlier one promises nothing any more', async () => {
    const before = await openWith(1);
    const [first] = await listFaces(before);
    const earlier = (['face', 'chip', 'frontal'] as const).map((kind) => formatMediaPath(kind, first!.id, 192, first!.pictureNumber));
    for (const address of earlier) expect((await fetchPicture(before, address)).cacheControl).toBe(lasting);
    const shown = await fetchPicture(before, earlier[0]!);
    await before.close();

    // As an earlier pipeline saw it: the next import looks again.
    editLibrary(`UPDATE analyses SET pipeline_version = pipeline_version - 1; UPDATE faces SET box_x = box_x + 9 WHERE uuid = '${first!.id}'`);
    const engine = await library.open();
    const moved = (await listFaces(engine)).find((face) => face.id === first!.id)!;
    const movedAddress = formatMediaPath('face', moved.id, 192, moved.pictureNumber);
    expect(earlier).not.toContain(movedAddress);
    const movedPicture = await fetchPicture(engine, movedAddress);
    expect(movedPicture).toMatchObject({ cacheControl: lasting });
    expect(movedPicture.etag).not.toBe(shown.etag);
    await importAll(engine, [photosFolder]);
    const again = (await listFaces(engine)).find((face) => face.id === first!.id)!;
    expect(again.box).toEqual(first!.box);
    for (const address of [...earlier, movedAddress]) expect((await fetchPicture(engine, address)).cacheControl).toBe(passing);
    expect(await fetchPicture(engine, formatMediaPath('face', again.id, 192, again.pictureNumber))).toEqual({ ...shown, cacheControl: lasting });
  });

  test('stays the same as long as the detection does, and is carried by people as well', async () => {
    const engine = await openWith(1);
    const faces = await listFaces(engine);
    const { people } = await engine.api.call('people.list', {});
    expect(people).toHaveLength(3);
    for (const { id, coverFaceId, coverPictureNumber } of people) {
      expect(coverPictureNumber).toBe(faces.find((face) => face.id === coverFaceId)!.pictureNumber);
      await engine.api.call('people.name', { personId: id, name: `Name ${id}` });
    }
    await importAll(engine, [photosFolder]);
    expect((await listFaces(engine)).map(({ pictureNumber }) => pictureNumber)).toEqual(faces.map(({ pictureNumber }) => pictureNumber));
  });

  test('of a photo is its content, which does not change', async () => {
    const engine = await openWith(1);
    const [face] = await listFaces(engine);
    expect((await fetchPicture(engine, formatMediaPath('photo', face!.photoId, 320))).cacheControl).toBe(lasting);
    expect((await fetchPicture(engine, `/media/photo/${face!.photoId}?size=320`)).cacheControl).toBe(passing);
  });
});
