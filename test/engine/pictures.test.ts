/** Pictures of faces and photos over a library's life: their addresses, and the files that they are kept in. */

import Database from 'better-sqlite3';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
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

describe('the squares of faces', () => {
  /** Of all files below the library's thumbnails. */
  async function listKept(kind = ''): Promise<string[]> {
    const folder = path.join(library.folder, 'thumbnails', kind);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  }

  test('are there after an import, also without the photo, in all sizes that are asked for', async () => {
    const engine = await openWith(1, 5);
    await rm(photosFolder, { recursive: true });
    const faces = await listFaces(engine);
    expect(faces).toHaveLength(8);
    expect(await listKept()).toHaveLength(8);
    for (const { id, pictureNumber } of faces) {
      for (const sizePx of [64, 192]) {
        const picture = await fetchPicture(engine, formatMediaPath('face', id, sizePx, pictureNumber));
        expect(picture.cacheControl).toBe(lasting);
        expect(await sharp(picture.body).metadata()).toMatchObject({ format: 'webp', width: 192, height: 192 });
      }
      // Better than none, until the photo is there again.
      const large = await fetchPicture(engine, formatMediaPath('face', id, 384, pictureNumber));
      expect(large.cacheControl).toBe(passing);
      expect((await sharp(large.body).metadata()).width).toBe(192);
    }
    expect(new Set(await Promise.all(faces.map(async ({ id }) => (await engine.media.get('face', id, 192)).etag))).size).toBe(8);
    await expect(engine.media.get('photo', faces[0]!.photoId, 320)).rejects.toMatchObject({ code: 'file-vanished' });
  });

  test('look the same whether they are cut at the import or when they are asked for', async () => {
    const engine = await openWith(5);
    const faces = await listFaces(engine);
    const cut = await Promise.all(faces.map(({ id }) => engine.media.get('face', id, 192)));
    for (const file of await listKept('square')) await rm(file);
    for (const [index, { id }] of faces.entries()) {
      const again = await engine.media.get('face', id, 192);
      expect(again.etag).toBe(cut[index]!.etag);
      const [one, other] = await Promise.all([cut[index]!, again].map(({ body }) => sharp(body).removeAlpha().raw().toBuffer()));
      const difference = one!.reduce((sum, value, at) => sum + Math.abs(value - other![at]!), 0) / one!.length;
      expect(difference).toBeLessThan(4);
    }
  });

  test('are cut anew where a switch or another pipeline moves the faces', async () => {
    const before = await openWith(1);
    const kept = await listKept('square');
    await before.close();
    editLibrary('UPDATE analyses SET pipeline_version = pipeline_version - 1; UPDATE faces SET box_x = box_x + 9');
    for (const file of kept) await rm(file);
    const engine = await library.open();
    await importAll(engine, [photosFolder]);
    expect((await listKept('square')).sort()).toEqual(kept.sort());
  });

  test('are for the user alone, as are their folders', async () => {
    await openWith(1);
    const [file] = await listKept('square');
    expect((await stat(file!)).mode & 0o777).toBe(0o600);
    for (let folder = path.dirname(file!); folder !== library.folder; folder = path.dirname(folder)) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    }
  });

  test('of photos that are only compared are not kept', async () => {
    const engine = await library.open();
    await engine.api.call('photos.compare', { firstPath: samplePath(1), secondPath: samplePath(2) });
    expect(await listKept()).toEqual([]);
  });
});

describe('kept pictures', () => {
  test.each([
    ['emptied', () => Buffer.alloc(0)],
    ['cut off', (body: Buffer) => body.subarray(0, body.length - 100)],
    ['all zeros', (body: Buffer) => Buffer.alloc(body.length)],
  ])('that are %s are made again instead of being served', async (_, spoil) => {
    const engine = await openWith(1);
    const [face] = await listFaces(engine);
    const addresses = (['face', 'chip', 'frontal'] as const).map((kind) => formatMediaPath(kind, face!.id, 192, face!.pictureNumber));
    addresses.push(formatMediaPath('photo', face!.photoId, 320));
    const whole = [];
    for (const address of addresses) whole.push(await fetchPicture(engine, address));
    const folder = path.join(library.folder, 'thumbnails');
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      await writeFile(file, spoil(await readFile(file)));
    }
    for (const [index, address] of addresses.entries()) {
      const again = await fetchPicture(engine, address);
      expect(again).toMatchObject({ cacheControl: lasting, etag: whole[index]!.etag });
      expect((await sharp(again.body).metadata()).format).toBe('webp');
    }
  });

  test('that a kill left unfinished are swept at the next start, as is what earlier versions left', async () => {
    const before = await openWith(1);
    const [face] = await listFaces(before);
    await before.media.get('photo', face!.photoId, 320);
    const folder = path.join(library.folder, 'thumbnails');
    const list = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name).sort();
    const whole = await list();
    expect(whole).toHaveLength(4);
    await before.close();
    const key = 'ab'.repeat(32);
    for (const name of ['unfinished/0d9c', `photo/ab/${key}.webp.0c6d`, `face/ab/${key}.webp`, `face/ab/${key}.webp.0c6d`, `chip/ab/${key}.webp.0c6d`]) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), 'half a picture');
    }
    const engine = await library.open();
    await engine.close();
    expect(await list()).toEqual(whole);
  });

  test('are never made of another photo that lies where theirs was', async () => {
    const engine = await openWith(1);
    const [face] = await listFaces(engine);
    await copyFile(samplePath(2), path.join(photosFolder, 'sample1.jpg'));
    await expect(engine.media.get('photo', face!.photoId, 320)).rejects.toMatchObject({ code: 'file-vanished' });
    await expect(engine.media.get('chip', face!.id, 224)).rejects.toMatchObject({ code: 'file-vanished' });
    await copyFile(samplePath(1), path.join(photosFolder, 'sample1.jpg'));
    expect((await engine.media.get('photo', face!.photoId, 320)).body.length).toBeGreaterThan(1000);
  });
});
