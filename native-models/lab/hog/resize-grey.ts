/** Resamples grey pictures; coordinates as in [Note: pixel coordinates] in imaging/pixels.ts. */

import type { Box } from '../../../electron/geometry/types.ts';
import type { GreyImage } from './grey-image.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bilinear; for steps of less than a half, below which it would leave pixels out. */
export function resizeGrey(image: GreyImage, size: Size): GreyImage {
  return cropGrey(image, { x: 0, y: 0, width: image.width, height: image.height }, size);
}

/** @param box pixels of the picture; beyond its border the edge pixels repeat
 *  @returns what the box shows, stretched to the size: bilinear, averaging so many samples a pixel that none is left out */
export function cropGrey(image: GreyImage, box: Box, size: Size): GreyImage {
  const stepX = box.width / size.width;
  const stepY = box.height / size.height;
  const samplesX = Math.max(1, Math.round(stepX / 1.5));
  const samplesY = Math.max(1, Math.round(stepY / 1.5));
  const data = new Float32Array(size.width * size.height);
  const across = placeSamples(box.x, stepX / samplesX, size.width * samplesX, image.width);
  const down = placeSamples(box.y, stepY / samplesY, size.height * samplesY, image.height);
  const weight = 1 / (samplesX * samplesY);
  for (let row = 0; row < size.height * samplesY; row++) {
    const upper = down.lower[row]! * image.width;
    const lower = down.upper[row]! * image.width;
    const share = down.share[row]!;
    const line = Math.floor(row / samplesY) * size.width;
    for (let column = 0, sample = 0; column < size.width; column++) {
      let sum = 0;
      for (let step = 0; step < samplesX; step++, sample++) {
        const left = across.lower[sample]!;
        const right = across.upper[sample]!;
        const shareX = across.share[sample]!;
        const above = image.data[upper + left]! * (1 - shareX) + image.data[upper + right]! * shareX;
        const below = image.data[lower + left]! * (1 - shareX) + image.data[lower + right]! * shareX;
        sum += above + (below - above) * share;
      }
      data[line + column]! += sum * weight;
    }
  }
  return { width: size.width, height: size.height, data };
}

/** @returns the picture with so many of its edge pixels more on every side */
export function padGrey(image: GreyImage, padding: number): GreyImage {
  const width = image.width + 2 * padding;
  const height = image.height + 2 * padding;
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = Math.min(image.height - 1, Math.max(0, row - padding)) * image.width;
    const line = data.subarray(row * width, (row + 1) * width);
    line.fill(image.data[from]!, 0, padding);
    line.set(image.data.subarray(from, from + image.width), padding);
    line.fill(image.data[from + image.width - 1]!, padding + image.width);
  }
  return { width, height, data };
}

interface Samples {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** Of the upper neighbour. */
  readonly share: Float32Array;
}

function placeSamples(start: number, step: number, count: number, length: number): Samples {
  const samples = { lower: new Int32Array(count), upper: new Int32Array(count), share: new Float32Array(count) };
  for (let index = 0; index < count; index++) {
    const position = Math.min(length - 1, Math.max(0, start + (index + 0.5) * step - 0.5));
    const lower = Math.floor(position);
    samples.lower[index] = lower;
    samples.upper[index] = Math.min(length - 1, lower + 1);
    samples.share[index] = position - lower;
  }
  return samples;
}
