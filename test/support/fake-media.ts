/** Thumbnails for the fake engine, cut from the sample photos and kept in memory. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import sharp from 'sharp';
import { formatPictureVersion } from '../../electron/api/media-path.ts';
import type { MediaKind } from '../../electron/api/picture-kinds.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { MediaSource } from '../../electron/engine/media.ts';
import { samplePhotoSizes, samplesFolder } from './sample-faces.ts';
import type { SampleFace } from './sample-faces.ts';

interface FakeMediaOptions {
  /** @returns the sample photo's file name */
  findPhoto: (id: string) => string | null;
  findFace: (id: string) => SampleFace | null;
}

/** Faces of the fake engine never move. */
export const fakePictureNumber = 1;

/** Room around a face, as a share of its box. */
const facePadding = 0.3;

export function createFakeMedia({ findPhoto, findFace }: FakeMediaOptions): MediaSource {
  const made = new Map<string, Promise<Uint8Array>>();

  async function get(kind: MediaKind, id: string, sizePx: number, version: string | null = null) {
    const face = kind === 'photo' ? null : findFace(id);
    const photo = kind === 'photo' ? findPhoto(id) : (face?.photo ?? null);
    if (photo === null) {
      throw new AppError('not-found', `Expected the id of a ${kind} but received ${id}`, { parameters: { kind, id } });
    }
    const key = `${photo}/${face === null ? 'whole' : `${face.box.x},${face.box.y}`}/${sizePx}`;
    const pending = made.get(key) ?? draw(photo, face, sizePx);
    made.set(key, pending);
    const etag = `"${createHash('sha256').update(key).digest('hex').slice(0, 16)}"`;
    const isLasting = version === formatPictureVersion(kind, face === null ? null : fakePictureNumber);
    return { body: await pending, contentType: 'image/jpeg', etag, cacheControl: isLasting ? 'private, max-age=31536000, immutable' : 'private, no-cache' };
  }

  return { get };
}

async function draw(photo: string, face: SampleFace | null, sizePx: number): Promise<Uint8Array> {
  let image = sharp(path.join(samplesFolder, photo));
  if (face !== null) image = image.extract(squareAround(face.box, samplePhotoSizes.get(photo)!));
  return await image.resize(sizePx, sizePx, { fit: 'inside', withoutEnlargement: true }).jpeg().toBuffer();
}

function squareAround(box: SampleFace['box'], photo: { width: number; height: number }) {
  const wanted = Math.max(box.width, box.height) * (1 + 2 * facePadding);
  const size = Math.floor(Math.min(wanted, photo.width, photo.height));
  const left = Math.round(box.x + box.width / 2 - size / 2);
  const top = Math.round(box.y + box.height / 2 - size / 2);
  return {
    left: Math.max(0, Math.min(left, photo.width - size)),
    top: Math.max(0, Math.min(top, photo.height - size)),
    width: size,
    height: size,
  };
}
