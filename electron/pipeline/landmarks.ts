/** Finds the 68 landmarks of each detected face. */

import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { Network } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { squareBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { samplePhoto, type DecodedPhoto } from '../imaging/decode.ts';
import { createInputTensor } from './input-tensor.ts';

/** Faces that the network sees in one run. */
const facesPerRun = 16;

/** @param boxes upright photo pixels
 *  @returns per box [68, 2], upright photo pixels */
export async function findLandmarks(
  network: Network,
  manifest: PackManifest['landmarker'],
  photo: DecodedPhoto,
  boxes: readonly Box[],
): Promise<Float32Array[]> {
  const [, , height, width] = manifest.input.shape;
  const crops = boxes.map((box) => squareBox(box));
  const found: Float32Array[] = [];
  for (let start = 0; start < crops.length; start += facesPerRun) {
    const batch = crops.slice(start, start + facesPerRun);
    const pictures = batch.map((crop) => samplePhoto(photo, mapBoxTo(crop, { width, height }), { width, height }));
    const outputs = await network.run({ [manifest.input.name]: createInputTensor(pictures, manifest.input) });
    const points = outputs[manifest.outputs.points]?.data;
    const length = manifest.pointCount * 2;
    if (points?.length !== batch.length * length) {
      throw new AppError('model-mismatch', `Expected ${batch.length * length} coordinates but received ${points?.length}`);
    }
    for (const [index, crop] of batch.entries()) {
      found.push(
        points
          .subarray(index * length, (index + 1) * length)
          .map((value, at) => (at % 2 === 0 ? crop.x + value * crop.width : crop.y + value * crop.height)),
      );
    }
  }
  return found;
}

/** @returns maps the box onto a picture of the given size */
function mapBoxTo(box: Box, size: { width: number; height: number }): AffineMatrix {
  const scaleX = size.width / box.width;
  const scaleY = size.height / box.height;
  return [scaleX, 0, -box.x * scaleX, 0, scaleY, -box.y * scaleY];
}
