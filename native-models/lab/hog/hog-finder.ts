/** Finds faces by HOG in place of a pack's detector: upright photos at all scales, without a network.
 *
 *  [Note: HOG in place of a network] Only the boxes come from it; landmarks, chips and embeddings are the pack's. Photos are
 *  not looked at in other positions, and nobody gets a second look: both rest on what a network's scores mean. */

import { placeBox } from '../../../electron/geometry/boxes.ts';
import { renderUpright, type DecodedPhoto } from '../../../electron/imaging/decode.ts';
import { toGrey } from '../../../electron/imaging/pixels.ts';
import type { DetectionPlanOptions, Size } from '../../../electron/pipeline/detection-plan.ts';
import type { FaceFinder } from '../../../electron/pipeline/face-finder.ts';
import { mergeScales, type Detection, type MergeOptions } from '../../../electron/pipeline/merge-detections.ts';
import { findWindows } from './find-windows.ts';
import type { HogModel } from './hog-model.ts';

export type HogOptions = Pick<DetectionPlanOptions, 'smallestFacePx' | 'maxScaledPixels'> & Pick<MergeOptions, 'maxIntersectionOverSmaller'>;

/** Two people's boxes overlap less, two windows of one face more. */
const maxOverlap = 0.3;
/** A margin's scale: 1 above the threshold is beyond doubt. */
const scoreSlope = 4;

/** See [Note: HOG in place of a network]. */
export function createHogFinder(model: HogModel): FaceFinder {
  return {
    chooseSize: (photo, options) => chooseHogSize(model, photo, options),
    find: (photo, options) => detectByHog(model, photo, options),
    glance: null,
  };
}

/** @returns upright photo pixels; boxes may reach beyond the photo. A score is 0.5 at the model's threshold and grows with
 *    the margin towards 1; it is no probability */
export async function detectByHog(model: HogModel, photo: DecodedPhoto, options: HogOptions): Promise<Detection[]> {
  const { header } = photo;
  const size = chooseHogSize(model, header, options);
  const grey = toGrey(await renderUpright(photo, size));
  const part = { originX: 0, originY: 0, scaleX: header.width / size.width, scaleY: header.height / size.height };
  const found = findWindows(grey, model).map(({ box, margin }) => ({
    box: placeBox(box, part),
    score: 1 / (1 + Math.exp(-scoreSlope * (margin - model.threshold))),
    fivePoints: null,
  }));
  return mergeScales(found, { maxIntersectionOverUnion: maxOverlap, maxIntersectionOverSmaller: options.maxIntersectionOverSmaller });
}

/** @param photo upright pixels
 *  @returns the largest size that the photo is searched at: large enough for the smallest faces, but no more pixels than allowed */
export function chooseHogSize(model: HogModel, photo: Size, { smallestFacePx, maxScaledPixels }: HogOptions): Size {
  const faceInWindowPx = model.cellPx * model.windowCells * Math.max(model.faceWidth, model.faceHeight);
  const scale = Math.min(faceInWindowPx / smallestFacePx, Math.sqrt(maxScaledPixels / (photo.width * photo.height)));
  return { width: Math.max(1, Math.round(photo.width * scale)), height: Math.max(1, Math.round(photo.height * scale)) };
}
