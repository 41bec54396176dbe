/** Thumbnails of photos and faces: made once, kept in the library folder, found by id and size. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { faceSizesPx, formatPictureVersion, pictureStyles, type MediaKind } from '../api/media-path.ts';
import { AppError } from '../base/errors.ts';
import { createId, type FaceId, type PhotoId } from '../base/ids.ts';
import { Limiter } from '../base/limiter.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import { planFaceSquare, type FaceSquare } from '../geometry/face-square.ts';
import type { Box } from '../geometry/types.ts';
import { renderFaceThumbnails, renderPhotoThumbnail } from '../imaging/thumbnails.ts';
import { renderFaceView, type FaceView } from '../pipeline/face-views.ts';

/** Sizes that are kept; a request gets the next larger one. Longest edge for photos, edge for faces. */
const sizesPx = { photo: [320, 960, 1920, 3840], face: faceSizesPx, chip: [224], frontal: [224] } as const;

/** Pictures rendered at a time: an import goes on beside a view that scrolls. */
const rendersAtOnce = 2;

export interface Media {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Changes whenever the body would. */
  readonly etag: string;
  readonly cacheControl: string;
}

/** See [Note: picture versions]. */
const lasting = 'private, max-age=31536000, immutable';
/** May be kept, but whether it still holds is asked each time. */
const passing = 'private, no-cache';

export interface MediaSource {
  /**
   * @param sizePx wanted longest edge
   * @param version of the picture that is meant, see [Note: picture versions] in media-path.ts
   * @throws AppError "not-found" for an unknown id, "file-vanished" where neither photo nor thumbnail is left
   */
  get(kind: MediaKind, id: string, sizePx: number, version?: string | null): Promise<Media>;
}

export function createMediaSource(options: {
  database: LibraryDatabase;
  thumbnailsFolder: string;
  /** Photos with more pixels are refused. */
  maxPixels: number;
}): MediaSource {
  const { database, thumbnailsFolder, maxPixels } = options;
  const limiter = new Limiter(rendersAtOnce);
  const rendering = new Map<string, Promise<Map<string, Uint8Array>>>();

  async function get(kind: MediaKind, id: string, sizePx: number, version: string | null = null): Promise<Media> {
    const keptSizePx = sizesPx[kind].find((size) => size >= sizePx) ?? sizesPx[kind].at(-1)!;
    const { pictureNumber, ...picture } = await find(kind, id, keptSizePx);
    const isLasting = version === formatPictureVersion(kind, pictureNumber);
    return { ...picture, cacheControl: isLasting ? lasting : passing };
  }

  function find(kind: MediaKind, id: string, sizePx: number): Promise<FoundPicture> {
    if (kind === 'photo') return getPhoto(id as PhotoId, sizePx);
    return kind === 'face' ? getFace(id as FaceId, sizePx) : getView(kind, id as FaceId, sizePx);
  }

  async function getPhoto(photoId: PhotoId, sizePx: number): Promise<FoundPicture> {
    const { contentHash, paths } = await database.locatePhoto(photoId);
    const key = createKey(contentHash, null, sizePx);
    const render = async (): Promise<Map<string, Uint8Array>> => {
      const body = await renderPhotoThumbnail(await readFirst(paths), { sizePx, maxPixels });
      return keep('photo', new Map([[key, body]]));
    };
    return describe(key, null, (await readKept('photo', key)) ?? (await renderOnce(`photo ${key}`, key, render)));
  }

  async function getFace(faceId: FaceId, sizePx: number): Promise<FoundPicture> {
    const { photoId, photoSize, box, boxes, pictureNumber } = await database.locateFace(faceId);
    if (!box) throw new AppError('not-found', `Expected a face with a box but face ${faceId} has none`);
    const { contentHash, paths } = await database.locatePhoto(photoId);
    const createFaceKey = (of: Box): string => createKey(contentHash, planFaceSquare(of, boxes, photoSize), sizePx);
    const key = createFaceKey(box);
    // Decoding is what takes long, so a photo's faces are cut together.
    const render = async (): Promise<Map<string, Uint8Array>> => {
      const bodies = await renderFaceThumbnails(await readFirst(paths), boxes, { sizePx, maxPixels });
      return keep('face', new Map(boxes.map((each, index) => [createFaceKey(each), bodies[index]!])));
    };
    return describe(key, pictureNumber, (await readKept('face', key)) ?? (await renderOnce(`faces ${photoId} ${sizePx}`, key, render)));
  }

  async function getView(kind: FaceView, faceId: FaceId, sizePx: number): Promise<FoundPicture> {
    const [{ photoId, pictureNumber }, landmarks] = await Promise.all([database.locateFace(faceId), database.readLandmarks(faceId)]);
    if (landmarks === null) throw new AppError('not-found', `Expected a face with landmarks but face ${faceId} has none`);
    const { contentHash, paths } = await database.locatePhoto(photoId);
    const key = createHash('sha256').update(contentHash).update(landmarks).update(` ${kind} ${pictureStyles[kind]} ${sizePx}`).digest('hex');
    const render = async (): Promise<Map<string, Uint8Array>> => {
      const body = await renderFaceView(await readFirst(paths), landmarks, { view: kind, sizePx, maxPixels });
      if (body === null) throw new AppError('not-found', `Expected a face that can be seen from the front but ${faceId} cannot`);
      return keep(kind, new Map([[key, body]]));
    };
    return describe(key, pictureNumber, (await readKept(kind, key)) ?? (await renderOnce(`${kind} ${key}`, key, render)));
  }

  function findFile(kind: MediaKind, key: string): string {
    return path.join(thumbnailsFolder, kind, key.slice(0, 2), `${key}.webp`);
  }

  function readKept(kind: MediaKind, key: string): Promise<Buffer | null> {
    return readIfPresent(findFile(kind, key));
  }

  async function keep(kind: MediaKind, bodies: Map<string, Uint8Array>): Promise<Map<string, Uint8Array>> {
    for (const [key, body] of bodies) await writeAtomically(findFile(kind, key), body);
    return bodies;
  }

  /** Requests for pictures that are rendered together share the work. */
  async function renderOnce(
    work: string,
    key: string,
    render: () => Promise<Map<string, Uint8Array>>,
  ): Promise<Uint8Array> {
    let underWay = rendering.get(work);
    if (!underWay) {
      underWay = limiter.run(render).finally(() => rendering.delete(work));
      rendering.set(work, underWay);
    }
    const body = (await underWay).get(key);
    if (!body) throw new AppError('not-found', 'Expected the picture among those of its photo but it is gone');
    return body;
  }

  return { get };
}

interface FoundPicture extends Omit<Media, 'cacheControl'> {
  /** Null for a photo. */
  readonly pictureNumber: number | null;
}

function describe(key: string, pictureNumber: number | null, body: Uint8Array): FoundPicture {
  return { body, contentType: 'image/webp', etag: `"${key.slice(0, 32)}"`, pictureNumber };
}

/** @param square how a face is cut, which its neighbours have a say in; null for the whole photo */
function createKey(contentHash: Uint8Array, square: FaceSquare | null, sizePx: number): string {
  const part = square === null ? '' : JSON.stringify([pictureStyles.face, square]);
  return createHash('sha256').update(contentHash).update(` ${part} ${sizePx}`).digest('hex');
}

async function readFirst(paths: readonly Uint8Array[]): Promise<Buffer> {
  let cause: unknown;
  for (const candidate of paths) {
    try {
      return await readFile(Buffer.from(candidate));
    } catch (error) {
      cause = error;
    }
  }
  throw new AppError('file-vanished', 'Expected the photo where it was imported from but it is not there', { cause });
}

async function readIfPresent(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A kill halfway leaves no broken picture behind. */
async function writeAtomically(file: string, body: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${createId<string>()}`;
  await writeFile(temporary, body, { mode: 0o600 });
  await rename(temporary, file);
}
