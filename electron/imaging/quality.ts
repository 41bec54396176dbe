/** Says how much a face's picture can be trusted, in one number.
 *
 *  [Note: face quality] The product of five shares, each 0 to 1:
 *  - detection: the detector's score from 0.6 (0.5) to 0.95 (1);
 *  - size: longer side of the box from 20 px (0.2) to 100 px (1), by its logarithm;
 *  - sharpness: variance of the Laplacian of the chip, v / (v + 60); a chip enlarged from few pixels is blurred too;
 *  - exposure: falls where the chip's middle is nearly black, nearly white or without contrast;
 *  - pose: falls as the nose leaves the middle between the eyes, which is what turning the head does.
 *  The number orders faces and tells which may seed clusters; it is no probability. */

import type { Box, Point } from '../geometry/types.ts';
import { toGrey, type GreyImage, type PixelImage, type SampledImage } from './pixels.ts';

export interface FaceEvidence {
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** Upright photo pixels at full resolution. */
  readonly box: Box;
  /** Aligned. */
  readonly chip: PixelImage | SampledImage;
  /** The eye on the left of the picture, the other, nose, left and right corner of the mouth; any space. */
  readonly fivePoints: readonly Point[];
}

/** @returns 0 to 1, see [Note: face quality] */
export function rateFace(evidence: FaceEvidence): number {
  const middle = cropMiddle(toGrey(evidence.chip));
  const side = Math.max(evidence.box.width, evidence.box.height);
  return (
    ramp(evidence.score, { from: 0.6, to: 0.95, lowest: 0.5 }) *
    ramp(Math.log(Math.max(1, side)), { from: Math.log(20), to: Math.log(100), lowest: 0.2 }) *
    rateSharpness(middle) *
    rateExposure(middle) *
    ratePose(evidence.fivePoints)
  );
}

function rateSharpness(grey: GreyImage): number {
  const variance = laplacianVariance(grey);
  return variance / (variance + 60);
}

/** Variance of the four-neighbour Laplacian. Source: Pech-Pacheco et al. 2000. */
export function laplacianVariance(grey: GreyImage): number {
  const { width, height, data } = grey;
  let sum = 0;
  let squares = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const at = row * width + column;
      const value = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]! - 4 * data[at]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}

function rateExposure(grey: GreyImage): number {
  let sum = 0;
  let squares = 0;
  for (const value of grey.data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / grey.data.length;
  const deviation = Math.sqrt(Math.max(0, squares / grey.data.length - mean * mean));
  return (
    ramp(mean, { from: 15, to: 55, lowest: 0.2 }) *
    ramp(255 - mean, { from: 10, to: 40, lowest: 0.2 }) *
    ramp(deviation, { from: 6, to: 25, lowest: 0.2 })
  );
}

/** How far the nose lies from the middle between the eyes, along the line through them, in eye distances. */
export function noseOffset(fivePoints: readonly Point[]): number {
  const [left, right, nose] = fivePoints as [Point, Point, Point];
  const x = right[0] - left[0];
  const y = right[1] - left[1];
  const squaredEyes = x * x + y * y;
  if (squaredEyes === 0) return Number.POSITIVE_INFINITY;
  return Math.abs(((nose[0] - left[0]) * x + (nose[1] - left[1]) * y) / squaredEyes - 0.5);
}

function ratePose(fivePoints: readonly Point[]): number {
  return 1 - ramp(noseOffset(fivePoints), { from: 0.2, to: 0.6, lowest: 0 }) * 0.8;
}

/** @returns the inner three quarters of each side: face rather than hair and background */
function cropMiddle(grey: GreyImage): GreyImage {
  const left = grey.width >> 3;
  const top = grey.height >> 3;
  const width = grey.width - 2 * left;
  const height = grey.height - 2 * top;
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (row + top) * grey.width + left;
    data.set(grey.data.subarray(start, start + width), row * width);
  }
  return { width, height, data };
}

/** @returns `lowest` up to `from`, 1 from `to` on, straight in between */
function ramp(value: number, range: { from: number; to: number; lowest: number }): number {
  const share = Math.min(1, Math.max(0, (value - range.from) / (range.to - range.from)));
  return range.lowest + (1 - range.lowest) * share;
}
