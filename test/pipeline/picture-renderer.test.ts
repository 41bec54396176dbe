/** The thread that makes pictures, as the rest of the app sees it. */

import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fingerprint } from '../../electron/library/fingerprint.ts';
import { openPictureRenderer, type OpenPictureRenderer } from '../../electron/pipeline/open-picture-renderer.ts';
import type { PhotoFile } from '../../electron/pipeline/picture-renderer.ts';
import { samplePath } from '../support/photos.ts';

let folder: string;
let file: PhotoFile;
let renderer: OpenPictureRenderer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-renderer-'));
  const place = path.join(folder, 'photo.jpg');
  await copyFile(samplePath(1), place);
  file = { contentHash: fingerprint(await readFile(place)), paths: [Buffer.from(path.join(folder, 'gone.jpg')), Buffer.from(place)] };
  renderer = openPictureRenderer({ picturesFolder: path.join(folder, 'pictures'), maxPixels: 10_000_000 });
});
afterEach(async () => {
  await renderer.close();
  await rm(folder, { recursive: true, force: true });
});

it('makes several pictures at a time, and says what is wrong with one without harm to the others', async () => {
  const box = { x: 400, y: 350, width: 200, height: 240 };
  const [photo, faces, missing] = await Promise.allSettled([
    renderer.renderPhoto(file, 320),
    renderer.renderFaces(file, [box], 192),
    renderer.renderPhoto({ ...file, contentHash: new Uint8Array(32) }, 320),
  ]);
  expect(missing).toMatchObject({ status: 'rejected', reason: { code: 'file-vanished' } });
  expect((await sharp((photo as PromiseFulfilledResult<Uint8Array>).value).metadata()).width).toBe(320);
  const [face] = (faces as PromiseFulfilledResult<Uint8Array[]>).value;
  expect(await sharp(face).metadata()).toMatchObject({ format: 'webp', width: 192, height: 192 });
});

it('fails what is under way when its thread ends, and begins another one for the next picture', async () => {
  const lost = renderer.renderPhoto(file, 320).catch((error: unknown) => error);
  await renderer.close();
  expect(await lost).toMatchObject({ code: 'worker-crashed' });
  expect((await renderer.renderPhoto(file, 320)).length).toBeGreaterThan(1000);
});
