/** The mean shape of a face in space.
 *
 *  [Note: face shape] x to the right of the picture, y down, z towards the camera; the origin lies in the middle between
 *  the eye centres, whose distance is 1. Left and right mirror each other. Looking straight on, so that pitch is 0, is
 *  how people in news photos do in the median.
 *
 *  Kindred derived the numbers itself: test/studies/face-shape.ts factorises the landmarks that it finds on the main
 *  faces of Labeled Faces in the Wild. */

import { AppError } from '../base/errors.ts';

/** [x, y, z] */
export type ShapePoint = readonly [number, number, number];

/** Landmarks, counted from 0, whose means are the five points: the corners of the lids without those of the eye, the tip
 *  of the nose, outer and inner corner of the mouth. */
export const landmarksOfFivePoints: readonly (readonly number[])[] = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]];

/** For each of the 68 landmarks the one that it becomes in a mirror. */
export const mirroredLandmarks: readonly number[] = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17],
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31],
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65],
];

/** @param points [68, n]
 *  @returns [5, n]: the eye on the left of the picture, the other, nose, left and right corner of the mouth */
export function averageFivePoints(points: readonly (readonly number[])[]): number[][] {
  if (points.length !== 68) throw new AppError('bad-argument', `Expected 68 landmarks but received ${points.length}`);
  return landmarksOfFivePoints.map((indices) =>
    points[0]!.map((_, axis) => indices.reduce((sum, index) => sum + points[index]![axis]!, 0) / indices.length),
  );
}

/** [68, 3], see [Note: face shape]. Of 5,790 faces the landmarks lie 0.051 off the turned shape (root of the mean square;
 *  median over faces), 0.084 in one face of twenty. */
export const faceShape: readonly ShapePoint[] = [
  // Jaw, from the ear on the left of the picture.
  [-1.163, -0.041, -1.112], [-1.156, 0.264, -1.056], [-1.127, 0.569, -1.022], [-1.072, 0.868, -0.982],
  [-0.964, 1.15, -0.872], [-0.787, 1.395, -0.691], [-0.557, 1.599, -0.477], [-0.298, 1.761, -0.261],
  [0, 1.809, -0.182], [0.298, 1.761, -0.261], [0.557, 1.599, -0.477], [0.787, 1.395, -0.691],
  [0.964, 1.15, -0.872], [1.072, 0.868, -0.982], [1.127, 0.569, -1.022], [1.156, 0.264, -1.056],
  [1.163, -0.041, -1.112],
  // Brow on the left.
  [-0.929, -0.222, -0.205], [-0.785, -0.345, -0.025], [-0.58, -0.374, 0.132], [-0.369, -0.338, 0.254],
  [-0.172, -0.258, 0.328],
  // Brow on the right.
  [0.172, -0.258, 0.328], [0.369, -0.338, 0.254], [0.58, -0.374, 0.132], [0.785, -0.345, -0.025],
  [0.929, -0.222, -0.205],
  // Ridge of the nose, down to its tip.
  [0, -0.023, 0.306], [0, 0.167, 0.414], [0, 0.354, 0.538], [0, 0.549, 0.656],
  // Base of the nose.
  [-0.242, 0.683, 0.292], [-0.125, 0.723, 0.357], [0, 0.756, 0.396], [0.125, 0.723, 0.357],
  [0.242, 0.683, 0.292],
  // Eye on the left: outer corner, upper lid, inner corner, lower lid.
  [-0.694, 0.002, -0.112], [-0.569, -0.053, -0.004], [-0.423, -0.052, 0.026], [-0.294, 0.03, 0.003],
  [-0.431, 0.053, 0.004], [-0.577, 0.051, -0.026],
  // Eye on the right: inner corner, upper lid, outer corner, lower lid.
  [0.294, 0.03, 0.003], [0.423, -0.052, 0.026], [0.569, -0.053, -0.004], [0.694, 0.002, -0.112],
  [0.577, 0.051, -0.026], [0.431, 0.053, 0.004],
  // Outer border of the lips, from the corner on the left over the upper lip.
  [-0.437, 1.045, -0.125], [-0.278, 0.974, 0.135], [-0.114, 0.937, 0.286], [0, 0.966, 0.303],
  [0.114, 0.937, 0.286], [0.278, 0.974, 0.135], [0.437, 1.045, -0.125], [0.283, 1.202, 0.025],
  [0.125, 1.272, 0.135], [0, 1.285, 0.154], [-0.125, 1.272, 0.135], [-0.283, 1.202, 0.025],
  // Inner border of the lips.
  [-0.368, 1.053, -0.09], [-0.116, 1.035, 0.232], [0, 1.047, 0.257], [0.116, 1.035, 0.232],
  [0.368, 1.053, -0.09], [0.118, 1.123, 0.167], [0, 1.138, 0.187], [-0.118, 1.123, 0.167],
];

/** [5, 3], the same shape's five points. */
export const fivePointShape = averageFivePoints(faceShape) as unknown as readonly ShapePoint[];
