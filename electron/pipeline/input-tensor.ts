/** Turns pixels into the numbers that a network wants to see. */

import type { ImageInput } from '../../native-models/packs/manifest.ts';
import type { FloatTensor } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { toGrey, type PixelImage, type SampledImage } from '../imaging/pixels.ts';

/** @param images each of the input's width and height
 *  @returns [n, channels, height, width], (value - mean) / scale, channels in the input's order
 *  @throws AppError "bad-argument" for a picture of another size */
export function createInputTensor(images: readonly (PixelImage | SampledImage)[], input: ImageInput): FloatTensor {
  const [, channels, height, width] = input.shape;
  const area = height * width;
  const data = new Float32Array(images.length * channels * area);
  for (const [index, image] of images.entries()) {
    if (image.width !== width || image.height !== height) {
      throw new AppError(
        'bad-argument',
        `Expected ${width}x${height} pixels for input ${input.name} but received ${image.width}x${image.height}`,
      );
    }
    const planes = data.subarray(index * channels * area, (index + 1) * channels * area);
    if (input.channelOrder === 'grey') fillPlane(planes, toGrey(image).data, { start: 0, step: 1, input });
    else {
      const sources = input.channelOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0];
      for (const [plane, start] of sources.entries()) {
        fillPlane(planes.subarray(plane * area, (plane + 1) * area), image.data, { start, step: 3, input });
      }
    }
  }
  return { shape: [images.length, channels, height, width], data };
}

/** Writes into `plane`. */
function fillPlane(
  plane: Float32Array,
  from: Uint8Array | Float32Array,
  layout: { start: number; step: number; input: ImageInput },
): void {
  const { start, step } = layout;
  const { mean, scale } = layout.input;
  for (let pixel = 0, index = start; pixel < plane.length; pixel++, index += step) {
    plane[pixel] = (from[index]! - mean) / scale;
  }
}
