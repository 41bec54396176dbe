/** Makes pictures that nobody has cut yet, out of the photo's file, and keeps them. */

import type { Box } from '../geometry/types.ts';
import { AppError, isAppError } from '../base/errors.ts';
import { planFaceSquare } from '../geometry/face-square.ts';
import { readImageHeader } from '../imaging/decode.ts';
import { createFaceKey, createPhotoKey, createViewKey, type KeptPictures } from '../imaging/kept-pictures.ts';
import { renderFaceThumbnails, renderPhotoThumbnail } from '../imaging/thumbnails.ts';
import { fingerprint, readPhotoFile } from '../library/fingerprint.ts';
import { renderFaceView, type FaceView } from './face-views.ts';

/** A photo by its content, and the places where it was last seen. */
export interface PhotoFile {
  /** [32], sha256. */
  readonly contentHash: Uint8Array;
  /** Absolute, raw bytes. */
  readonly paths: readonly Uint8Array[];
}

/** All throw AppError "file-vanished" where the photo lies at none of its places any more, "disk-full", and what is wrong with
 *  the photo. */
export interface PictureRenderer {
  /** @param sizePx longest edge
   *  @returns WebP, as the others */
  renderPhoto(file: PhotoFile, sizePx: number): Promise<Uint8Array>;
  /** Decoding is what takes long, so a photo's faces are cut together.
   *  @param boxes of all faces of the photo, upright photo pixels
   *  @param sizePx edge of a face's square
   *  @returns one a box */
  renderFaces(file: PhotoFile, boxes: readonly Box[], sizePx: number): Promise<Uint8Array[]>;
  /** @returns null for a face that has no such view */
  renderView(file: PhotoFile, landmarks: Float32Array, view: FaceView, sizePx: number): Promise<Uint8Array | null>;
}

export interface PictureRendererOptions {
  /** Photos with more pixels are refused. */
  readonly maxPixels: number;
}

export function createPictureRenderer(pictures: KeptPictures, { maxPixels }: PictureRendererOptions): PictureRenderer {
  return {
    async renderPhoto(file, sizePx) {
      const body = await renderPhotoThumbnail(await readPhoto(file), { sizePx, maxPixels });
      await pictures.write('photo', createPhotoKey(file.contentHash, sizePx), body);
      return body;
    },
    async renderFaces(file, boxes, sizePx) {
      const bytes = await readPhoto(file);
      const size = await readImageHeader(bytes, { maxPixels });
      const bodies = await renderFaceThumbnails(bytes, boxes, { sizePx, maxPixels });
      for (const [index, box] of boxes.entries()) {
        await pictures.write('face', createFaceKey(file.contentHash, planFaceSquare(box, boxes, size), sizePx), bodies[index]!);
      }
      return bodies;
    },
    async renderView(file, landmarks, view, sizePx) {
      const body = await renderFaceView(await readPhoto(file), landmarks, { view, sizePx, maxPixels });
      if (body !== null) await pictures.write(view, createViewKey(view, file.contentHash, landmarks, sizePx), body);
      return body;
    },
  };
}

/** Reads the photo from the first of its places that still holds it: what lies there now may be another one. */
async function readPhoto({ contentHash, paths }: PhotoFile): Promise<Uint8Array> {
  let cause: unknown;
  for (const path of paths) {
    try {
      const bytes = await readPhotoFile(path);
      if (Buffer.from(contentHash).equals(fingerprint(bytes))) return bytes;
    } catch (error) {
      if (!isAppError(error)) throw error;
      cause = error;
    }
  }
  throw new AppError('file-vanished', 'Expected the photo where it was imported from but it is not there', { cause });
}
