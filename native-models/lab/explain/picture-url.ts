/** Turns pictures into data URLs, for pages that carry their pictures with them. */

import type { GreyImage, PixelImage } from '../../../electron/imaging/pixels.ts';
import { encodeWebp } from '../../../electron/imaging/thumbnails.ts';

/** @returns WebP, some kilobytes for a face */
export async function toPictureUrl(image: PixelImage): Promise<string> {
  return toWebpUrl(await encodeWebp(image));
}

export function toWebpUrl(webp: Uint8Array): string {
  return `data:image/webp;base64,${Buffer.from(webp).toString('base64')}`;
}

/** @param grey values beyond 0 to 255 become the nearest of these */
export function paintGrey({ width, height, data }: GreyImage): PixelImage {
  const painted = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < data.length; pixel++) {
    painted.fill(Math.round(Math.min(255, Math.max(0, data[pixel]!))), pixel * 3, pixel * 3 + 3);
  }
  return { width, height, data: painted };
}
