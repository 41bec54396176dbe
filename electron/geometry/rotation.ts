/** Rotations of a head in space, as two rows of a matrix and as angles, see [Note: head pose] in pose.ts. */

import { AppError } from '../base/errors.ts';
import type { ShapePoint } from './face-shape.ts';

/** Row-major, see [Note: head pose]; its third row, towards the camera, is the cross product of the others. */
export type Rows = readonly [ShapePoint, ShapePoint];

export interface HeadAngles {
  /** Degrees, see [Note: head pose]. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

const degrees = 180 / Math.PI;
/** Below this share of the rows' size, they are parallel to rounding. */
const smallestRelativeSpread = 1e-6;

export function composeRotation({ yaw, pitch, roll }: HeadAngles): Rows {
  const [sinYaw, sinPitch, sinRoll] = [yaw, pitch, roll].map((angle) => Math.sin(angle / degrees)) as [number, number, number];
  const [cosYaw, cosPitch, cosRoll] = [yaw, pitch, roll].map((angle) => Math.cos(angle / degrees)) as [number, number, number];
  const first: ShapePoint = [cosYaw, 0, sinYaw];
  const second: ShapePoint = [sinPitch * sinYaw, cosPitch, -sinPitch * cosYaw];
  return [combine(first, cosRoll, second, -sinRoll), combine(first, sinRoll, second, cosRoll)];
}

export function readAngles([first, second]: Rows): HeadAngles {
  const third = cross(first, second);
  return {
    yaw: Math.atan2(-third[0], third[2]) * degrees,
    pitch: Math.asin(Math.min(1, Math.max(-1, third[1]))) * degrees,
    roll: Math.atan2(-first[1], second[1]) * degrees,
  };
}

/** @returns the nearest two orthonormal rows: (A A^T)^(-1/2) A
 *  @throws AppError "degenerate-landmarks" where the rows are parallel */
export function orthonormalize([first, second]: Rows): Rows {
  const [a, b, c] = [dot(first, first), dot(first, second), dot(second, second)];
  const root = Math.sqrt(Math.max(0, a * c - b * b));
  const trace = Math.sqrt(a + c + 2 * root);
  if (!(root > (a + c) * smallestRelativeSpread)) throw degeneratePose();
  // The square root of a symmetric 2x2 matrix G is (G + det^(1/2) I) / trace; its inverse swaps the diagonal.
  const factor = 1 / (root * trace);
  return [
    combine(first, (c + root) * factor, second, -b * factor),
    combine(first, -b * factor, second, (a + root) * factor),
  ];
}

/** @param angles radians about the picture's axes, small
 *  @returns rows that are orthonormal to first order alone */
export function turn(rows: Rows, [aboutX, aboutY, aboutZ]: ShapePoint): Rows {
  const third = cross(...rows);
  return [
    combine(combine(rows[0], 1, third, aboutY), 1, rows[1], -aboutZ),
    combine(combine(rows[1], 1, third, -aboutX), 1, rows[0], aboutZ),
  ];
}

export function dot(one: ShapePoint, other: ShapePoint): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

export function cross(one: ShapePoint, other: ShapePoint): ShapePoint {
  return [
    one[1] * other[2] - one[2] * other[1],
    one[2] * other[0] - one[0] * other[2],
    one[0] * other[1] - one[1] * other[0],
  ];
}

function combine(one: ShapePoint, share: number, other: ShapePoint, otherShare: number): ShapePoint {
  return [one[0] * share + other[0] * otherShare, one[1] * share + other[1] * otherShare, one[2] * share + other[2] * otherShare];
}

export function degeneratePose(): AppError {
  return new AppError('degenerate-landmarks', 'Expected landmarks that spread over a face but received points of one place or line');
}
