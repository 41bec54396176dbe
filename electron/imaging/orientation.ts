/** The eight EXIF orientations: how the pixels as they are stored become the upright photo. */

import { invertAffine } from '../geometry/affine.ts';
import type { AffineMatrix } from '../geometry/types.ts';
import { createPixelImage, type PixelImage } from './pixels.ts';

/** 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5 transposed, 6 to turn right, 7 transversed, 8 to turn left. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Orientations from 5 on swap width and height. */
export function isSideways(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** Orientations that follow one another by a quarter turn to the right. */
const quarterTurns: readonly (readonly Orientation[])[] = [
  [1, 6, 3, 8],
  [2, 7, 4, 5],
];

/** @param turns quarter turns to the right that the upright picture still needs
 *  @returns the orientation that does both */
export function turnOrientation(orientation: Orientation, turns: number): Orientation {
  const ring = quarterTurns.find((candidates) => candidates.includes(orientation))!;
  return ring[(ring.indexOf(orientation) + turns) % 4]!;
}

/** @returns the orientation that a file names, 1 where it names none or nonsense */
export function readOrientation(value: number | undefined): Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

/** @param stored width and height as stored, in the pixels that the matrix is to speak of
 *  @returns maps upright pixels to stored pixels, see [Note: pixel coordinates]
 *  Source: Exif 2.32, 4.6.4, tag 274. */
export function uprightToStored(orientation: Orientation, stored: { width: number; height: number }): AffineMatrix {
  return invertAffine(storedToUpright(orientation, stored.width, stored.height));
}

function storedToUpright(orientation: Orientation, width: number, height: number): AffineMatrix {
  switch (orientation) {
    case 1:
      return [1, 0, 0, 0, 1, 0];
    case 2:
      return [-1, 0, width, 0, 1, 0];
    case 3:
      return [-1, 0, width, 0, -1, height];
    case 4:
      return [1, 0, 0, 0, -1, height];
    case 5:
      return [0, 1, 0, 1, 0, 0];
    case 6:
      return [0, -1, height, 1, 0, 0];
    case 7:
      return [0, -1, height, -1, 0, width];
    case 8:
      return [0, 1, 0, -1, 0, width];
  }
}

/** Turns and mirrors stored pixels into the upright picture, every pixel as it is. */
export function makeUpright(stored: PixelImage, orientation: Orientation): PixelImage {
  if (orientation === 1) return stored;
  const upright = isSideways(orientation)
    ? createPixelImage(stored.height, stored.width)
    : createPixelImage(stored.width, stored.height);
  const [a, b, tx, c, d, ty] = uprightToStored(orientation, stored);
  // One pixel to the right in the upright picture is this many numbers further in the stored one.
  const step = (a + c * stored.width) * 3;
  let out = 0;
  for (let row = 0; row < upright.height; row++) {
    const x = a * 0.5 + b * (row + 0.5) + tx - 0.5;
    const y = c * 0.5 + d * (row + 0.5) + ty - 0.5;
    let index = Math.round(y) * stored.width * 3 + Math.round(x) * 3;
    for (let column = 0; column < upright.width; column++, out += 3, index += step) {
      upright.data[out] = stored.data[index]!;
      upright.data[out + 1] = stored.data[index + 1]!;
      upright.data[out + 2] = stored.data[index + 2]!;
    }
  }
  return upright;
}
