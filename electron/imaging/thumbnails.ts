/** Small pictures of photos and faces, as WebP: from a file's bytes to a picture's bytes, nothing kept. */

import sharp from 'sharp';
import { intersectionOverSmaller, squareBox } from '../geometry/boxes.ts';
import type { Box } from '../geometry/types.ts';
import { AppError } from '../base/errors.ts';
import { decodePhoto, readImageHeader, warpPhoto, type DecodedPhoto } from './decode.ts';
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
/** A detector's box ends at brows and chin: this much more around it shows a head. */
const headGrowth = 1.6;
const webpQuality = 80;

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

/** A square around the face with a margin for hair and chin, moved to lie inside the photo.
 *  @param box upright photo pixels */
export async function renderFaceThumbnail(bytes: Uint8Array, box: Box, options: ThumbnailOptions): Promise<Uint8Array> {
  const [thumbnail] = await renderFaceThumbnails(bytes, [box], options);
  return thumbnail!;
}

/** Many faces of one photo, which is decoded once.
 *  @param boxes upright photo pixels */
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
  const photo = await decodePhoto(bytes, header, { maxPixels: options.maxPixels, maxWorkingPixels });
  return Promise.all(boxes.map((box) => encodeWebp(cutHead(photo, box, options.sizePx))));
}

function cutHead(photo: DecodedPhoto, box: Box, sizePx: number): PixelImage {
  const square = fitInside(squareBox(box, headGrowth), photo.header);
  const scale = sizePx / square.width;
  return warpPhoto(photo, [scale, 0, -square.x * scale, 0, scale, -square.y * scale], { width: sizePx, height: sizePx });
}

/** @returns the square moved, and where it must be shrunk, to lie in the photo */
function fitInside(square: Box, photo: { width: number; height: number }): Box {
  const side = Math.min(square.width, photo.width, photo.height);
  const x = square.x + (square.width - side) / 2;
  const y = square.y + (square.height - side) / 2;
  return {
    x: Math.min(photo.width - side, Math.max(0, x)),
    y: Math.min(photo.height - side, Math.max(0, y)),
    width: side,
    height: side,
  };
}

/** In the quality of thumbnails. */
export async function encodeWebp(image: PixelImage): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  return sharp(image.data, { raw }).webp({ quality: webpQuality }).toBuffer();
}
