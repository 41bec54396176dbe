/** Pictures of photos and faces as hosts ask for them: found by id and size, made once, kept in the library's folder. */

import { formatPictureVersion } from '../api/media-path.ts';
import { faceSizesPx, type MediaKind } from '../api/picture-kinds.ts';
import { AppError, isAppError } from '../base/errors.ts';
import type { FaceId, PhotoId } from '../base/ids.ts';
import { Limiter } from '../base/limiter.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import { planFaceSquare } from '../geometry/face-square.ts';
import { createFaceKey, createPhotoKey, createViewKey, type KeptPictures } from '../imaging/kept-pictures.ts';
import type { FaceView } from '../pipeline/face-views.ts';
import type { PictureRenderer } from '../pipeline/picture-renderer.ts';

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
   * @throws AppError "not-found" for an unknown id, "file-vanished" where neither photo nor picture is left
   */
  get(kind: MediaKind, id: string, sizePx: number, version?: string | null): Promise<Media>;
}

interface FoundPicture {
  readonly key: string;
  readonly body: Uint8Array;
  /** Null for a photo. */
  readonly pictureNumber: number | null;
  /** Whether it is smaller than what was wanted, for now. */
  readonly isMakeshift?: boolean;
}

/** @param pictures swept already, and written by whoever cuts faces as well */
export function createMediaSource(options: {
  database: LibraryDatabase;
  pictures: KeptPictures;
  renderer: PictureRenderer;
}): MediaSource {
  const { database, pictures, renderer } = options;
  const limiter = new Limiter(rendersAtOnce);
  const rendering = new Map<string, Promise<unknown>>();

  async function get(kind: MediaKind, id: string, sizePx: number, version: string | null = null): Promise<Media> {
    const keptSizePx = sizesPx[kind].find((size) => size >= sizePx) ?? sizesPx[kind].at(-1)!;
    const { key, body, pictureNumber, isMakeshift = false } = await find(kind, id, keptSizePx);
    const isLasting = !isMakeshift && version === formatPictureVersion(kind, pictureNumber);
    return { body, contentType: 'image/webp', etag: `"${key.slice(0, 32)}"`, cacheControl: isLasting ? lasting : passing };
  }

  function find(kind: MediaKind, id: string, sizePx: number): Promise<FoundPicture> {
    if (kind === 'photo') return getPhoto(id as PhotoId, sizePx);
    return kind === 'face' ? getFace(id as FaceId, sizePx) : getView(kind, id as FaceId, sizePx);
  }

  async function getPhoto(photoId: PhotoId, sizePx: number): Promise<FoundPicture> {
    const file = await database.locatePhoto(photoId);
    const key = createPhotoKey(file.contentHash, sizePx);
    const body = (await pictures.read('photo', key)) ?? (await renderOnce(key, () => renderer.renderPhoto(file, sizePx)));
    return { key, body, pictureNumber: null };
  }

  async function getFace(faceId: FaceId, sizePx: number): Promise<FoundPicture> {
    const { photoId, photoSize, box, boxes, pictureNumber } = await database.locateFace(faceId);
    if (!box) throw new AppError('not-found', `Expected a face with a box but face ${faceId} has none`);
    const file = await database.locatePhoto(photoId);
    const square = planFaceSquare(box, boxes, photoSize);
    const key = createFaceKey(file.contentHash, square, sizePx);
    const kept = await pictures.read('face', key);
    if (kept !== null) return { key, body: kept, pictureNumber };
    const place = boxes.findIndex((other) => other.x === box.x && other.y === box.y && other.width === box.width && other.height === box.height);
    try {
      const bodies = await renderOnce(`${photoId} ${pictureNumber} ${sizePx}`, () => renderer.renderFaces(file, boxes, sizePx));
      return { key, body: bodies[place]!, pictureNumber };
    } catch (error) {
      if (!isAppError(error, 'file-vanished')) throw error;
      // A drive that is away: what was cut while the photo was at hand stands in.
      const smallerKey = createFaceKey(file.contentHash, square, faceSizesPx[0]);
      const body = await pictures.read('face', smallerKey);
      if (body === null) throw error;
      return { key: smallerKey, body, pictureNumber, isMakeshift: true };
    }
  }

  async function getView(kind: FaceView, faceId: FaceId, sizePx: number): Promise<FoundPicture> {
    const [{ photoId, pictureNumber }, landmarks] = await Promise.all([database.locateFace(faceId), database.readLandmarks(faceId)]);
    if (landmarks === null) throw new AppError('not-found', `Expected a face with landmarks but face ${faceId} has none`);
    const file = await database.locatePhoto(photoId);
    const key = createViewKey(kind, file.contentHash, landmarks, sizePx);
    const body = (await pictures.read(kind, key)) ?? (await renderOnce(key, () => renderer.renderView(file, landmarks, kind, sizePx)));
    if (body === null) throw new AppError('not-found', `Expected a face that can be seen from the front but ${faceId} cannot`);
    return { key, body, pictureNumber };
  }

  /** Requests for pictures that are rendered together share the work. */
  function renderOnce<Rendered>(work: string, render: () => Promise<Rendered>): Promise<Rendered> {
    const underWay = rendering.get(work) ?? limiter.run(render).finally(() => rendering.delete(work));
    rendering.set(work, underWay);
    return underWay as Promise<Rendered>;
  }

  return { get };
}
