/** Makes a photo of another size, turned, or compressed harder, out of a photo: from a file's bytes to bytes, nothing kept. */

import sharp from 'sharp';
import { AppError } from '../../../electron/base/errors.ts';
import { composeAffine, invertAffine } from '../../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../../electron/geometry/types.ts';
import { decodePhoto, readImageHeader, renderUpright } from '../../../electron/imaging/decode.ts';
import { makeUpright, uprightToStored, type Orientation } from '../../../electron/imaging/orientation.ts';

export interface PhotoChange {
  /** Times the size it has, 0 to 1. */
  readonly scale: number;
  /** Degrees clockwise: the pixels are turned, and no tag turns them back. */
  readonly turn: QuarterTurn;
}

export type QuarterTurn = 0 | 90 | 180 | 270;

export interface DerivedPhoto {
  /** PNG, sRGB, without metadata. */
  readonly bytes: Uint8Array;
  /** Maps pixels of the upright photo to those of the derived one. */
  readonly fromPhoto: AffineMatrix;
}

/** A picture stored in this orientation is turned so by whoever makes it upright. */
const orientationByTurn: Readonly<Record<QuarterTurn, Orientation>> = { 0: 1, 90: 6, 180: 3, 270: 8 };
/** Size counts for nothing here, time for something. */
const pngOptions = { compressionLevel: 1 };
const highestJpegQuality = 100;

/** @throws AppError as readImageHeader and decodePhoto do */
export async function derivePhoto(
  bytes: Uint8Array,
  change: PhotoChange,
  limits: { readonly maxPixels: number },
): Promise<DerivedPhoto> {
  const header = await readImageHeader(bytes, limits);
  const photo = await decodePhoto(bytes, header, { ...limits, maxWorkingPixels: limits.maxPixels });
  const upright = await renderUpright(photo, header);
  const width = Math.max(1, Math.round(header.width * change.scale));
  const height = Math.max(1, Math.round(header.height * change.scale));
  const raw = { width: upright.width, height: upright.height, channels: 3 } as const;
  const data = await sharp(upright.data, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  const orientation = orientationByTurn[change.turn];
  const turned = makeUpright({ width, height, data }, orientation);
  const png = await sharp(turned.data, { raw: { width: turned.width, height: turned.height, channels: 3 } })
    .png(pngOptions)
    .toBuffer();
  const toScaled: AffineMatrix = [width / header.width, 0, 0, 0, height / header.height, 0];
  const toTurned = invertAffine(uprightToStored(orientation, { width, height }));
  return { bytes: png, fromPhoto: composeAffine(toTurned, toScaled) };
}

/** @param quality 1 to 100, libjpeg's scale, with colours at half the resolution as cameras and phones keep them
 *  @returns a JPEG, upright, sRGB, without metadata
 *  @throws AppError "bad-argument"; as readImageHeader and decodePhoto do */
export async function recompressPhoto(
  bytes: Uint8Array,
  quality: number,
  limits: { readonly maxPixels: number },
): Promise<Uint8Array> {
  if (!Number.isInteger(quality) || quality < 1 || quality > highestJpegQuality) {
    throw new AppError('bad-argument', `Expected a JPEG quality from 1 to ${highestJpegQuality} but received ${quality}`);
  }
  const header = await readImageHeader(bytes, limits);
  const photo = await decodePhoto(bytes, header, { ...limits, maxWorkingPixels: limits.maxPixels });
  const upright = await renderUpright(photo, header);
  return await sharp(upright.data, { raw: { width: upright.width, height: upright.height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality, chromaSubsampling: '4:2:0' })
    .toBuffer();
}
