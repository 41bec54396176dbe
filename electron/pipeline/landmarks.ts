/** Finds the 68 landmarks of each detected face: in the detector's box, and once more where the first ones say it is. */

import type { Landmarker } from '../../native-models/packs/manifest.ts';
import type { Network } from '../../native-models/runtime/runtime.ts';
import { AppError, isAppError } from '../base/errors.ts';
import { applyAffine, invertAffine } from '../geometry/affine.ts';
import { squareBox } from '../geometry/boxes.ts';
import { fitSimilarityTransform } from '../geometry/similarity-transform.ts';
import type { AffineMatrix, Box, Point } from '../geometry/types.ts';
import { samplePhoto, type DecodedPhoto } from '../imaging/decode.ts';
import { pickFivePoints } from './align.ts';
import { createInputTensor } from './input-tensor.ts';

/** Faces that the network sees in one run. */
const facesPerRun = 16;
const landmarkCount = 68;

export interface FoundLandmarks {
  /** [68, 2], upright photo pixels. */
  readonly landmarks: Float32Array;
  /** See [Note: unsteady landmarks]; 0 where there is no second pass. */
  readonly unsteadiness: number;
}

/** [Note: unsteady landmarks] How far the landmarks move between the two passes, on average, in distances between the
 *  eyes. Those of a face hardly do; where there is none, or none upright, the network sees something else each time.
 *  @param boxes upright photo pixels */
export async function findLandmarks(
  network: Network,
  manifest: Landmarker,
  photo: DecodedPhoto,
  boxes: readonly Box[],
): Promise<FoundLandmarks[]> {
  const { input, secondPass } = manifest;
  const first = await placePoints(network, manifest, photo, boxes.map((box) => mapBoxTo(squareBox(box), input.shape)));
  if (secondPass === null) return first.map((landmarks) => ({ landmarks, unsteadiness: 0 }));
  const [, , height, width] = input.shape;
  const usualPlaces = secondPass.points.map(([x, y]): [number, number] => [x * width, y * height]);
  // Landmarks that leave the direction open cannot say where to look again.
  const again = first.map((landmarks) => fitOrNull(landmarks, usualPlaces));
  const retried = again.filter((photoToCrop) => photoToCrop !== null);
  const second = await placePoints(network, manifest, photo, retried);
  return first.map((landmarks, index): FoundLandmarks => {
    if (again[index] === null) return { landmarks, unsteadiness: Number.POSITIVE_INFINITY };
    const moved = second.shift()!;
    return { landmarks: moved, unsteadiness: meanDistance(landmarks, moved) / eyeDistance(moved) };
  });
}

function meanDistance(first: Float32Array, second: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < first.length; at += 2) sum += Math.hypot(first[at]! - second[at]!, first[at + 1]! - second[at + 1]!);
  return sum / (first.length / 2);
}

function eyeDistance(landmarks: Float32Array): number {
  const [left, right] = pickFivePoints(landmarks) as [Point, Point];
  return Math.hypot(right[0] - left[0], right[1] - left[1]);
}

/** @param photoToCrops each maps upright photo pixels to a crop of the network's input size
 *  @returns per crop [68, 2], upright photo pixels */
async function placePoints(
  network: Network,
  manifest: Landmarker,
  photo: DecodedPhoto,
  photoToCrops: readonly AffineMatrix[],
): Promise<Float32Array[]> {
  const [, , height, width] = manifest.input.shape;
  const found: Float32Array[] = [];
  for (let start = 0; start < photoToCrops.length; start += facesPerRun) {
    const batch = photoToCrops.slice(start, start + facesPerRun);
    const pictures = batch.map((photoToCrop) => samplePhoto(photo, photoToCrop, { width, height }));
    const outputs = await network.run({ [manifest.input.name]: createInputTensor(pictures, manifest.input) });
    const points = outputs[manifest.outputs.points]?.data;
    const length = landmarkCount * 2;
    if (points?.length !== batch.length * length) {
      throw new AppError('model-mismatch', `Expected ${batch.length * length} coordinates but received ${points?.length}`);
    }
    for (const [index, photoToCrop] of batch.entries()) {
      const cropToPhoto = invertAffine(photoToCrop);
      const landmarks = new Float32Array(length);
      for (let at = 0; at < length; at += 2) {
        const inCrop = [points[index * length + at]! * width, points[index * length + at + 1]! * height] as const;
        landmarks.set(applyAffine(cropToPhoto, inCrop), at);
      }
      found.push(landmarks);
    }
  }
  return found;
}

function fitOrNull(landmarks: Float32Array, usualPlaces: readonly [number, number][]): AffineMatrix | null {
  try {
    return fitSimilarityTransform(pickFivePoints(landmarks), usualPlaces);
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}

/** @returns maps the box onto a picture of the input's size */
function mapBoxTo(box: Box, [, , height, width]: Landmarker['input']['shape']): AffineMatrix {
  const scaleX = width / box.width;
  const scaleY = height / box.height;
  return [scaleX, 0, -box.x * scaleX, 0, scaleY, -box.y * scaleY];
}
