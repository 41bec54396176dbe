/** Small pictures of photos and faces, as WebP: from a file's bytes to a picture's bytes, nothing kept. */

import sharp from 'sharp';
import { intersectionOverSmaller } from '../geometry/boxes.ts';
import { planFaceSquare } from '../geometry/face-square.ts';
import type { Box } from '../geometry/types.ts';
import { AppError } from '../base/errors.ts';
import { decodePhoto, readImageHeader } from './decode.ts';
import { drawFaceSquare } from './draw-face-square.ts';
import { toImageError } from './image-errors.ts';
import type { PixelImage } from './pixels.ts';

export interface ThumbnailOptions {
  /** Longest edge of a photo's thumbnail, edge of a face's. */
  readonly sizePx: number;
  /** Photos with more pixels are refused. */
  readonly maxPixels: number;
}

/** Faces are cut from at most this many pixels: 60 MB. */
export const maxWorkingPixels = 20_000_000;
const webpQuality = 80;
/** A sixth of the time that 4, the default, takes for a face, and 5 % more bytes. */
const faceEffort = 2;

/** Never larger than the photo. Upright, sRGB, without metadata.
 *  @throws AppError as readImageHeader and decodePhoto do */
export async function renderPhotoThumbnail(bytes: Uint8Array, options: ThumbnailOptions): Promise<Uint8Array> {
  await readImageHeader(bytes, options);
  try {
    return await sharp(bytes, { limitInputPixels: false, failOn: 'error' })
      .autoOrient()
      .resize(options.sizePx, options.sizePx, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: webpQuality })
      .toBuffer();
  } catch (error) {
    throw toImageError(error, bytes);
  }
}

/** A face alone, whoever else is in the photo; see renderFaceThumbnails.
 *  @param box upright photo pixels */
export async function renderFaceThumbnail(bytes: Uint8Array, box: Box, options: ThumbnailOptions): Promise<Uint8Array> {
  const [thumbnail] = await renderFaceThumbnails(bytes, [box], options);
  return thumbnail!;
}

/** The squares of a photo's faces, see [Note: whose picture] in geometry/face-square.ts; the photo is decoded once.
 *  @param boxes of all its faces, upright photo pixels */
export async function renderFaceThumbnails(
  bytes: Uint8Array,
  boxes: readonly Box[],
  options: ThumbnailOptions,
): Promise<Uint8Array[]> {
  const header = await readImageHeader(bytes, options);
  const bounds = { x: 0, y: 0, width: header.width, height: header.height };
  for (const box of boxes) {
    if (intersectionOverSmaller(box, bounds) === 0) {
      throw new AppError('bad-argument', `Expected a box inside the photo but received ${JSON.stringify(box)}`);
    }
  }
  const plans = boxes.map((box) => planFaceSquare(box, boxes, header));
  const enoughScale = Math.min(1, Math.max(...plans.map(({ square }) => options.sizePx / square.width)));
  const photo = await decodePhoto(bytes, header, { maxPixels: options.maxPixels, maxWorkingPixels, enoughScale });
  return Promise.all(plans.map(async (plan) => encodeWebp(await drawFaceSquare(photo, plan, options.sizePx))));
}

/** In the quality of thumbnails. */
export async function encodeWebp(image: PixelImage): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  return sharp(image.data, { raw }).webp({ quality: webpQuality, effort: faceEffort }).toBuffer();
}
