/** Finds how a face must be turned, moved and scaled to look like every other face to the embedder. */

import type { PackManifest } from '../../native-models/packs/manifest.ts';
import { AppError } from '../base/errors.ts';
import { fitSimilarityTransform } from '../geometry/similarity-transform.ts';
import type { AffineMatrix, Point } from '../geometry/types.ts';

/** Landmarks, counted from 0, whose means are the five points of the template: the corners of the lids without those
 *  of the eye, the tip of the nose, outer and inner corner of the mouth. */
const landmarksOfFivePoints: readonly (readonly number[])[] = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]];

/** @param landmarks [68, 2], any space
 *  @returns the eye on the left of the picture, the other, nose, left and right corner of the mouth; same space */
export function pickFivePoints(landmarks: Float32Array): Point[] {
  if (landmarks.length !== 136) {
    throw new AppError('bad-argument', `Expected 68 landmarks but received ${landmarks.length} coordinates`);
  }
  return landmarksOfFivePoints.map((indices) => {
    let x = 0;
    let y = 0;
    for (const index of indices) {
      x += landmarks[index * 2]!;
      y += landmarks[index * 2 + 1]!;
    }
    return [x / indices.length, y / indices.length];
  });
}

/** @param landmarks [68, 2], upright photo pixels
 *  @returns maps upright photo pixels to chip pixels
 *  @throws AppError "degenerate-landmarks" where they coincide */
export function fitChip(landmarks: Float32Array, template: PackManifest['embedder']['template']): AffineMatrix {
  return fitSimilarityTransform(pickFivePoints(landmarks), template.points);
}
