/** Tells from a face's landmarks which way the head is turned.
 *
 *  [Note: head pose] Angles in degrees, as one sees them in the picture: yaw > 0 where the nose points to the right,
 *  pitch > 0 where it points up, roll > 0 where the head leans clockwise. Zero is the pose of faceShape. A point X of
 *  the shape lands at scale * (first two rows of R) X + a shift, with R = roll * pitch * yaw: the head turns about its
 *  own vertical axis first and leans in the plane of the picture last. */

import { AppError } from '../base/errors.ts';
import type { ShapePoint } from './face-shape.ts';
import { solveLinearSystem } from './linear-system.ts';
import { composeRotation, cross, degeneratePose, dot, orthonormalize, readAngles, turn, type Rows } from './rotation.ts';

export interface HeadPose {
  /** Degrees, see [Note: head pose]. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Landmark units in one unit of the shape, which is the distance between the eye centres. */
  readonly scale: number;
  /** How far landmarks lie from the turned shape, root of the mean square, in units of the shape. */
  readonly residual: number;
}

const mostSteps = 12;
/** Below this share of the coordinates' size, a spread is rounding. */
const smallestRelativeSpread = 1e-6;

/** Fits scale, rotation and shift of `shape` to the landmarks by least squares: scaled orthographic projection, begun at
 *  the affine fit made orthonormal and refined by Gauss-Newton steps.
 *  @param landmarks [n, 2], any space with x to the right and y down
 *  @param shape [n, 3], n >= 4, not in a plane
 *  @throws AppError "degenerate-landmarks" where they coincide, lie in a line or are not finite; "bad-argument" for
 *    another number of points than the shape's
 *  Source for the affine start: DeMenthon and Davis 1995. */
export function estimatePose(landmarks: Float32Array, shape: readonly ShapePoint[]): HeadPose {
  if (landmarks.length !== shape.length * 2) {
    throw new AppError('bad-argument', `Expected ${shape.length} landmarks but received ${landmarks.length} coordinates`);
  }
  const points = centreLandmarks(landmarks);
  const model = centreShape(shape);
  let rows = fitAffine(points, model);
  let scale = Math.hypot(...rows[0], ...rows[1]) / Math.SQRT2;
  rows = orthonormalize(rows);
  for (let step = 0; step < mostSteps; step++) {
    const change = findStep(points, model, rows, scale);
    if (change === null) throw degeneratePose();
    const [aboutX, aboutY, aboutZ, growth] = change;
    rows = orthonormalize(turn(rows, [aboutX, aboutY, aboutZ]));
    scale *= Math.exp(Math.min(1, Math.max(-1, growth)));
    if (Math.hypot(...change) < 1e-7) break;
  }
  const residual = Math.sqrt(sumSquares(points, model, rows, scale) / shape.length) / scale;
  if (!Number.isFinite(residual)) throw degeneratePose();
  return { ...readAngles(rows), scale, residual };
}

/** @returns [n, 2], where the shape's points come to lie, about the origin */
export function projectShape(
  shape: readonly ShapePoint[],
  pose: { yaw: number; pitch: number; roll: number; scale: number },
): Float32Array {
  const [first, second] = composeRotation(pose);
  return Float32Array.from(shape.flatMap((point) => [pose.scale * dot(first, point), pose.scale * dot(second, point)]));
}

/** @throws AppError "degenerate-landmarks" */
function centreLandmarks(landmarks: Float32Array): Float64Array {
  const centred = Float64Array.from(landmarks);
  const count = landmarks.length / 2;
  let spread = 0;
  let size = 0;
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let at = axis; at < centred.length; at += 2) sum += centred[at]!;
    for (let at = axis; at < centred.length; at += 2) {
      size += centred[at]! ** 2;
      centred[at]! -= sum / count;
      spread += centred[at]! ** 2;
    }
  }
  if (!Number.isFinite(spread) || spread <= size * smallestRelativeSpread ** 2) throw degeneratePose();
  return centred;
}

function centreShape(shape: readonly ShapePoint[]): ShapePoint[] {
  const mean = [0, 1, 2].map((axis) => shape.reduce((sum, point) => sum + point[axis]!, 0) / shape.length);
  return shape.map(([x, y, z]) => [x - mean[0]!, y - mean[1]!, z - mean[2]!]);
}

/** @returns the map from shape to picture that no rotation need be */
function fitAffine(points: Float64Array, model: readonly ShapePoint[]): Rows {
  const moments = [0, 1, 2].map((row) => [0, 1, 2].map((column) => model.reduce((sum, point) => sum + point[row]! * point[column]!, 0)));
  const rows = [0, 1].map((axis) => {
    const right = [0, 1, 2].map((row) => model.reduce((sum, point, index) => sum + point[row]! * points[index * 2 + axis]!, 0));
    return solveLinearSystem(moments, right);
  });
  if (rows[0] === null || rows[1] === null) {
    throw new AppError('bad-argument', 'Expected a shape with depth but received points of a plane');
  }
  return rows as unknown as Rows;
}

/** @returns by how much to turn about the picture's axes (radians) and to grow (logarithm of scale); null where open */
function findStep(
  points: Float64Array,
  model: readonly ShapePoint[],
  rows: Rows,
  scale: number,
): [number, number, number, number] | null {
  const third = cross(...rows);
  const normal = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
  const right = [0, 0, 0, 0];
  for (const [index, point] of model.entries()) {
    const [x, y, z] = [scale * dot(rows[0], point), scale * dot(rows[1], point), scale * dot(third, point)];
    addEquation(normal, right, [0, z, -y, x], points[index * 2]! - x);
    addEquation(normal, right, [-z, 0, x, y], points[index * 2 + 1]! - y);
  }
  return solveLinearSystem(normal, right) as [number, number, number, number] | null;
}

/** Adds to sums that are the caller's own. */
function addEquation(normal: number[][], right: number[], factors: readonly number[], value: number): void {
  for (let row = 0; row < factors.length; row++) {
    right[row]! += factors[row]! * value;
    for (let column = 0; column < factors.length; column++) normal[row]![column]! += factors[row]! * factors[column]!;
  }
}

function sumSquares(points: Float64Array, model: readonly ShapePoint[], rows: Rows, scale: number): number {
  return model.reduce((sum, point, index) => {
    const x = points[index * 2]! - scale * dot(rows[0], point);
    const y = points[index * 2 + 1]! - scale * dot(rows[1], point);
    return sum + x * x + y * y;
  }, 0);
}
