/** Which size of a picture to ask for: a few steps only, so that the disk keeps few copies of each. */

import { faceSizesPx } from '../../electron/api/picture-kinds.ts';

const stepsPx = [64, 128, 256, 512, 1024, 1536, 2048, 3072, 4096] as const;

/** @param cssPx longest edge on screen, CSS pixels
 *  @returns the smallest step that is sharp there, device pixels */
export function chooseMediaSizePx(cssPx: number, devicePixelRatio: number): number {
  const wantedPx = cssPx * Math.min(devicePixelRatio, 3);
  return stepsPx.find((step) => step >= wantedPx) ?? stepsPx[stepsPx.length - 1] ?? 4096;
}

/** As chooseMediaSizePx, of a face's square. */
export function chooseFaceSizePx(cssPx: number, devicePixelRatio: number): number {
  const wantedPx = cssPx * Math.min(devicePixelRatio, 3);
  return faceSizesPx.find((sizePx) => sizePx >= wantedPx) ?? faceSizesPx[1];
}
