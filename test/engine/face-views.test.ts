/** How Kindred sees a face: the pictures and the angles that the engine answers with. */

import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaceRecord } from '../../electron/api/schemas.ts';
import { contract } from '../../electron/api/contract.ts';
import type { FaceId, PhotoId } from '../../electron/base/ids.ts';
import type { LibraryDatabase } from '../../electron/database/library-database.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { createHandlers } from '../../electron/engine/handlers/create-handlers.ts';
import type { HandlerParts } from '../../electron/engine/handlers/handler-parts.ts';
import { faceShape } from '../../electron/geometry/face-shape.ts';
import { projectPerspective } from '../../electron/geometry/perspective-pose.ts';
import { projectShape } from '../../electron/geometry/pose.ts';
import { dotProduct } from '../../electron/geometry/vectors.ts';
import { createMediaSource, type MediaSource } from '../../electron/engine/media.ts';
import { KeptPictures } from '../../electron/imaging/kept-pictures.ts';
import { fingerprint } from '../../electron/library/fingerprint.ts';
import { createPictureRenderer } from '../../electron/pipeline/picture-renderer.ts';
import { pickFivePoints } from '../../electron/pipeline/align.ts';
import { embedChips } from '../../electron/pipeline/embed.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { samplePath, variants, readSample } from '../support/photos.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';
import { samplePhotoSizes } from '../support/sample-faces.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

const nobody = '00000000-0000-4000-8000-000000000000' as FaceId;

describe('of a library', () => {
  let library: TemporaryLibrary;
  let photosFolder: string;
  let engine: Engine;
  let faces: FaceRecord[];

  /** @returns the faces of one of the photos, from left to right */
  function facesOf(name: string): FaceRecord[] {
    return faces.filter(({ photoPath }) => photoPath.endsWith(name)).sort((one, other) => one.box!.x - other.box!.x);
  }

  beforeAll(async () => {
    library = await createTemporaryLibrary();
    photosFolder = path.join(library.folder, '..', `${path.basename(library.folder)}-photos`);
    await mkdir(photosFolder);
    await copyFile(samplePath(1), path.join(photosFolder, 'photo.jpg'));
    await writeFile(path.join(photosFolder, 'mirrored.jpg'), await variants.mirrored(await readSample(1)));
    engine = await library.open();
    await importAll(engine, [photosFolder]);
    ({ faces } = await engine.api.call('faces.export', { includeEmbeddings: true }));
  });
  afterAll(async () => {
    await library.remove();
    await rm(photosFolder, { recursive: true, force: true });
  });

  it('the chip shows the face that it is asked of: its embedding is the one that was kept', async () => {
    const { manifest, embedder: bytes } = await loadStandardPack();
    const runtime = await createRuntime('onnx');
    const network = await runtime.load(bytes);
    const side = manifest.embedder.template.chipSizePx;
    const [embedding, ...others] = facesOf('photo.jpg').map((face) => Float32Array.from(face.embedding!));
    const { body, contentType } = await engine.media.get('chip', facesOf('photo.jpg')[0]!.id, 100);
    expect(contentType).toBe('image/webp');
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 224, height: 224 });
    const pixels = await sharp(body).resize(side, side).removeAlpha().raw().toBuffer();
    const [received] = await embedChips(network, manifest.embedder, [{ width: side, height: side, data: Float32Array.from(pixels) }]);
    await network.dispose();
    expect(dotProduct(received!, embedding!)).toBeGreaterThan(0.95);
    expect(others).toHaveLength(2);
    for (const other of others) expect(dotProduct(received!, other)).toBeLessThan(0.5);
  });

  it('of three heads the one that is turned least has the frontal view that is most like its chip', async () => {
    const seen = await Promise.all(
      facesOf('photo.jpg').map(async ({ id }) => {
        const { pose } = await engine.api.call('faces.pose', { faceId: id });
        const [chip, frontal] = [await engine.media.get('chip', id, 224), await engine.media.get('frontal', id, 224)];
        expect(await sharp(frontal.body).metadata()).toMatchObject({ format: 'webp', width: 224, height: 224 });
        const [one, other] = await Promise.all([chip, frontal].map(({ body }) => sharp(body).raw().toBuffer()));
        return { turn: Math.abs(pose!.yaw), difference: one!.reduce((sum, value, at) => sum + Math.abs(value - other![at]!), 0) };
      }),
    );
    const [least, ...others] = seen.sort((one, other) => one.turn - other.turn);
    expect(least!.turn).toBeLessThan(12);
    for (const { turn, difference } of others) {
      expect(turn).toBeGreaterThan(12);
      expect(difference).toBeGreaterThan(1.3 * least!.difference);
    }
  });

  it('a mirror image turns and leans the other way', async () => {
    const { width } = samplePhotoSizes.get('sample1.jpg')!;
    const mirrored = facesOf('mirrored.jpg').reverse();
    expect(mirrored).toHaveLength(3);
    for (const [index, face] of facesOf('photo.jpg').entries()) {
      const other = mirrored[index]!;
      expect(Math.abs(face.box!.x + face.box!.width + other.box!.x - width)).toBeLessThan(20);
      const [{ pose }, { pose: seen }] = [await engine.api.call('faces.pose', { faceId: face.id }), await engine.api.call('faces.pose', { faceId: other.id })];
      expect(Math.abs(pose!.yaw + seen!.yaw)).toBeLessThan(6);
      expect(Math.abs(pose!.roll + seen!.roll)).toBeLessThan(4);
      expect(Math.abs(pose!.pitch - seen!.pitch)).toBeLessThan(6);
    }
  });

  it('there is nothing of a face that nobody knows', async () => {
    for (const kind of ['chip', 'frontal'] as const) await expect(engine.media.get(kind, nobody, 224)).rejects.toMatchObject({ code: 'not-found' });
    await expect(engine.api.call('faces.pose', { faceId: nobody })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('pictures that were made are there without the photo, and others say what is missing', async () => {
    const [first, second] = facesOf('mirrored.jpg');
    const made = await engine.media.get('chip', first!.id, 224);
    await rm(path.join(photosFolder, 'mirrored.jpg'));
    expect(await engine.media.get('chip', first!.id, 64)).toMatchObject({ etag: made.etag, body: made.body });
    await expect(engine.media.get('frontal', first!.id, 224)).rejects.toMatchObject({ code: 'file-vanished' });
    await expect(engine.media.get('chip', second!.id, 224)).rejects.toMatchObject({ code: 'file-vanished' });
  });
});

describe('of landmarks that are known', () => {
  let folder: string;
  let landmarks: Float32Array | null;
  let reads: number;
  let contentHash: Uint8Array;
  let media: MediaSource;

  const database = {
    locateFace: async () => ({ photoId: 'photo' as PhotoId, box: null }),
    locatePhoto: async () => {
      reads += 1;
      return { contentHash, paths: [Buffer.from(path.join(folder, 'gone.png')), Buffer.from(path.join(folder, 'photo.png'))] };
    },
    readLandmarks: async () => landmarks,
  } as unknown as LibraryDatabase;

  async function askPose() {
    const answer = createHandlers({ database } as unknown as HandlerParts)['faces.pose'];
    return contract['faces.pose'].result.parse(await answer({ faceId: nobody }, { signal: new AbortController().signal }));
  }

  /** @returns [68, 2], of a head before a camera in a photo of 400 pixels */
  function turnHead(yaw: number, pitch: number, roll: number): Float32Array {
    const pose = { yaw, pitch, roll, shift: [0, 0], distance: 20 } as const;
    return projectPerspective(faceShape, pose, { focalLengthPx: 1200, centre: [200, 160] });
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kindred-face-views-test-'));
    reads = 0;
    await sharp({ create: { width: 400, height: 400, channels: 3, background: '#a0522d' } }).png().toFile(path.join(folder, 'photo.png'));
    contentHash = fingerprint(await readFile(path.join(folder, 'photo.png')));
    const pictures = new KeptPictures(path.join(folder, 'thumbnails'));
    media = createMediaSource({ database, pictures, renderer: createPictureRenderer(pictures, { maxPixels: 1_000_000 }) });
    return () => rm(folder, { recursive: true });
  });

  it.each([
    [25, 0, 0],
    [-30, 10, 5],
    [0, -15, -20],
  ])('the pose is that of the head: yaw %i, pitch %i, roll %i', async (yaw, pitch, roll) => {
    landmarks = turnHead(yaw, pitch, roll);
    const { pose } = await askPose();
    for (const [received, expected] of [[pose!.yaw, yaw], [pose!.pitch, pitch], [pose!.roll, roll]] as const) expect(received).toBeCloseTo(expected, 0);
    landmarks = Float32Array.from(pickFivePoints(landmarks).flat());
    expect(Math.abs((await askPose()).pose!.yaw - yaw)).toBeLessThan(3);
  });

  it('a face without landmarks, or with such as coincide, has no pose and no pictures', async () => {
    for (const lacking of [null, new Float32Array(136).fill(100)]) {
      landmarks = lacking;
      expect(await askPose()).toEqual({ pose: null });
      for (const kind of ['chip', 'frontal'] as const) await expect(media.get(kind, nobody, 224)).rejects.toMatchObject({ code: 'not-found' });
    }
    await expect(readdir(path.join(folder, 'thumbnails'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('a profile has a chip but no frontal view', async () => {
    landmarks = projectShape(faceShape, { yaw: 84, pitch: 0, roll: 0, scale: 60 }).map((value) => value + 200);
    await expect(media.get('frontal', nobody, 224)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('from the front') });
    expect((await media.get('chip', nobody, 224)).contentType).toBe('image/webp');
  });

  it('each picture is made once, shared by those who ask meanwhile, and made anew of other landmarks', async () => {
    landmarks = turnHead(10, 0, 0);
    const [one, two] = await Promise.all([media.get('chip', nobody, 224), media.get('chip', nobody, 16)]);
    expect(two).toEqual(one);
    const frontal = await media.get('frontal', nobody, 224);
    expect(frontal.etag).not.toBe(one.etag);
    const count = async (kind: string) => (await readdir(path.join(folder, 'thumbnails', kind), { recursive: true })).filter((name) => name.endsWith('.webp')).length;
    expect([await count('chip'), await count('frontal')]).toEqual([1, 1]);
    landmarks = turnHead(10, 0, 1);
    expect((await media.get('chip', nobody, 224)).etag).not.toBe(one.etag);
    expect(await count('chip')).toBe(2);
    expect(reads).toBe(4);
  });
});
