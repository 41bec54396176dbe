/** Finds how a face must be turned, moved and scaled to look like every other face to the embedder. */

import type { Template } from '../../native-models/packs/manifest.ts';
import { AppError } from '../base/errors.ts';
import { landmarksOfFivePoints } from '../geometry/face-shape.ts';
import { fitSimilarityTransform } from '../geometry/similarity-transform.ts';
import type { AffineMatrix, Point } from '../geometry/types.ts';

/** Of 68 landmarks: outer and inner corner of the eye on the right of the picture, of the other, base of the nose.
 *  Source: dlib, get_face_chip_details for five landmarks. */
const dlibPoints: readonly (readonly number[])[] = [[45], [42], [36], [39], [33]];

/** @param landmarks [68, 2] or [5, 2], any space
 *  @returns the eye on the left of the picture, the other, nose, left and right corner of the mouth; same space
 *  @throws AppError "bad-argument" for any other number of landmarks */
export function pickFivePoints(landmarks: Float32Array): Point[] {
  if (landmarks.length === 10) return [0, 1, 2, 3, 4].map((index) => [landmarks[index * 2]!, landmarks[index * 2 + 1]!]);
  return averageLandmarks(landmarks, landmarksOfFivePoints);
}

/** @param landmarks [68, 2], or [5, 2] for the template arcface-5; upright photo pixels
 *  @returns maps upright photo pixels to chip pixels
 *  @throws AppError "degenerate-landmarks" where they coincide */
export function fitChip(landmarks: Float32Array, template: Pick<Template, 'kind' | 'points'>): AffineMatrix {
  const points = template.kind === 'arcface-5' ? pickFivePoints(landmarks) : averageLandmarks(landmarks, dlibPoints);
  return fitSimilarityTransform(points, template.points);
}

function averageLandmarks(landmarks: Float32Array, groups: readonly (readonly number[])[]): Point[] {
  if (landmarks.length !== 136) {
    throw new AppError('bad-argument', `Expected 68 landmarks but received ${landmarks.length} coordinates`);
  }
  return groups.map((indices) => {
    let x = 0;
    let y = 0;
    for (const index of indices) {
      x += landmarks[index * 2]!;
      y += landmarks[index * 2 + 1]!;
    }
    return [x / indices.length, y / indices.length];
  });
}
