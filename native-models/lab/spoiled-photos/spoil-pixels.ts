/** Makes a picture worse the way cameras, messengers and scans do: JPEG's losses and blur. */

import sharp, { type Sharp } from 'sharp';
import type { PixelImage } from '../../../electron/imaging/pixels.ts';

/** @param quality 1 to 100, as JPEG encoders count
 *  @returns what a viewer sees of the picture once it was saved as JPEG */
export async function compressPixels(image: PixelImage, quality: number): Promise<PixelImage> {
  const jpeg = await openRaw(image).jpeg({ quality }).toBuffer();
  return { width: image.width, height: image.height, data: await sharp(jpeg).removeAlpha().raw().toBuffer() };
}

/** @param sigmaPx 0.3 or more, of the Gaussian */
export async function blurPixels(image: PixelImage, sigmaPx: number): Promise<PixelImage> {
  return { width: image.width, height: image.height, data: await openRaw(image).blur(sigmaPx).raw().toBuffer() };
}

/** @returns a JPEG file's bytes, for pages that show the picture */
export function encodeJpeg(image: PixelImage): Promise<Uint8Array> {
  return openRaw(image).jpeg({ quality: 90 }).toBuffer();
}

function openRaw(image: PixelImage): Sharp {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
}
