/** Turns pixels into the numbers that a network wants to see. */

import type { ImageInput } from '../../native-models/packs/manifest.ts';
import type { FloatTensor } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { toGrey, type PixelImage, type SampledImage } from '../imaging/pixels.ts';

/** @param images all of one size; of the input's, unless its size is open
 *  @param hasOpenSize whether the network takes pictures of any size
 *  @returns [n, channels, height, width] or [n, height, width, channels] as the layout says: (value - mean) / scale,
 *    channels in the input's order
 *  @throws AppError "bad-argument" for pictures of other sizes */
export function createInputTensor(
  images: readonly (PixelImage | SampledImage)[],
  input: ImageInput,
  { hasOpenSize = false }: { readonly hasOpenSize?: boolean } = {},
): FloatTensor {
  const [, channels, declaredHeight, declaredWidth] = input.shape;
  const height = hasOpenSize ? (images[0]?.height ?? declaredHeight) : declaredHeight;
  const width = hasOpenSize ? (images[0]?.width ?? declaredWidth) : declaredWidth;
  const area = height * width;
  const data = new Float32Array(images.length * channels * area);
  const step = input.layout === 'nhwc' ? channels : 1;
  for (const [index, image] of images.entries()) {
    if (image.width !== width || image.height !== height) {
      throw new AppError(
        'bad-argument',
        `Expected ${width}x${height} pixels for input ${input.name} but received ${image.width}x${image.height}`,
      );
    }
    const picture = data.subarray(index * channels * area, (index + 1) * channels * area);
    for (let channel = 0; channel < channels; channel++) {
      const start = input.layout === 'nhwc' ? channel : channel * area;
      fillChannel(picture, readChannel(image, input, channel), { start, step, count: area, ...readScaling(input, channel) });
    }
  }
  const shape = input.layout === 'nhwc' ? [images.length, height, width, channels] : [images.length, channels, height, width];
  return { shape, data };
}

interface SourceChannel {
  readonly data: Uint8Array | Float32Array;
  readonly start: number;
  readonly step: number;
}

function readChannel(image: PixelImage | SampledImage, input: ImageInput, channel: number): SourceChannel {
  if (input.channelOrder === 'grey') return { data: toGrey(image).data, start: 0, step: 1 };
  return { data: image.data, start: input.channelOrder === 'rgb' ? channel : 2 - channel, step: 3 };
}

/** (value - mean) / scale as value * factor + offset */
function readScaling({ mean, scale }: ImageInput, channel: number): { factor: number; offset: number } {
  const divisor = typeof scale === 'number' ? scale : scale[channel]!;
  return { factor: 1 / divisor, offset: -(typeof mean === 'number' ? mean : mean[channel]!) / divisor };
}

/** Writes into `target`. */
function fillChannel(
  target: Float32Array,
  source: SourceChannel,
  layout: { start: number; step: number; count: number; factor: number; offset: number },
): void {
  const { start, step, count, factor, offset } = layout;
  const { data } = source;
  for (let pixel = 0, to = start, from = source.start; pixel < count; pixel++, to += step, from += source.step) {
    target[to] = data[from]! * factor + offset;
  }
}
