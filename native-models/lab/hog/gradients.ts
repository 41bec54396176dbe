/** Says for every pixel where the picture grows brighter around it, and how much.
 *
 *  [Note: brightness and contrast] A gradient is a difference of neighbours: what is added to all pixels falls out of it,
 *  and what they are multiplied by multiplies it. So everything made of gradients is the same for a brightened photo. */

import { AppError } from '../../../electron/base/errors.ts';
import type { GreyImage } from './grey-image.ts';

export interface Gradients {
  readonly width: number;
  readonly height: number;
  /** [height, width] each: difference of the right and the left neighbour, of the lower and the upper one, -255 to 255. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** [height, width], grey levels, 0 to 361 */
  readonly magnitude: Float32Array;
  /** [height, width], radians, -pi to pi: the direction towards bright, 0 to the right and pi / 2 downwards. */
  readonly angle: Float32Array;
}

/** Takes centred differences, [-1, 0, 1] along each axis; at the border the edge pixel stands in for its missing neighbour.
 *  @throws AppError "bad-argument" for a picture without pixels, or with other than width x height of them
 *  Source: Dalal and Triggs 2005, section 6.2, where this mask without smoothing does best. */
export function computeGradients({ width, height, data }: GreyImage): Gradients {
  if (width < 1 || height < 1 || data.length !== width * height) {
    throw new AppError('bad-argument', `Expected ${width}x${height} pixels of a picture but received ${data.length}`);
  }
  const count = width * height;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const magnitude = new Float32Array(count);
  const angle = new Float32Array(count);
  for (let row = 0, at = 0; row < height; row++) {
    const above = row > 0 ? -width : 0;
    const below = row < height - 1 ? width : 0;
    for (let column = 0; column < width; column++, at++) {
      const across = data[column < width - 1 ? at + 1 : at]! - data[column > 0 ? at - 1 : at]!;
      const down = data[at + below]! - data[at + above]!;
      x[at] = across;
      y[at] = down;
      magnitude[at] = Math.sqrt(across * across + down * down);
      angle[at] = Math.atan2(down, across);
    }
  }
  return { width, height, x, y, magnitude, angle };
}
