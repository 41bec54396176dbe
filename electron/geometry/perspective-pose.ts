/** Tells where a head stands before a camera: perspective-n-point, by Levenberg and Marquardt's steps. */

import type { Point } from './types.ts';
import { AppError } from '../base/errors.ts';
import type { ShapePoint } from './face-shape.ts';
import { solveLinearSystem } from './linear-system.ts';
import { estimatePose } from './pose.ts';
import { composeRotation, cross, degeneratePose, dot, orthonormalize, readAngles, turn, type HeadAngles, type Rows } from './rotation.ts';

export interface Camera {
  /** Pixels of the landmarks' space. */
  readonly focalLengthPx: number;
  /** Where the line of sight meets the picture. */
  readonly centre: Point;
}

/** The shape's point X lands at centre + focal length * (R X + shift) / (distance - its third coordinate). */
export interface PerspectivePose extends HeadAngles {
  /** Units of the shape, along the picture's axes. */
  readonly shift: Point;
  /** Units of the shape, from the camera to the shape's origin. */
  readonly distance: number;
  /** Root of the mean square over the points, in units of the shape. */
  readonly residual: number;
}

type State = { rows: Rows; x: number; y: number; distance: number };

const mostSteps = 60;

/** Begins at the weak-perspective pose.
 *  @param landmarks [n, 2]
 *  @param shape [n, 3], n >= 4, not in a plane
 *  @throws AppError as estimatePose does */
export function estimatePerspectivePose(landmarks: Float32Array, shape: readonly ShapePoint[], camera: Camera): PerspectivePose {
  const { focalLengthPx: focal, centre } = camera;
  if (!(focal > 0)) throw new AppError('bad-argument', `Expected a focal length above 0 but received ${focal}`);
  const weak = estimatePose(landmarks, shape);
  const rows = composeRotation(weak);
  const offset = (axis: 0 | 1): number =>
    shape.reduce((sum, point, at) => sum + (landmarks[at * 2 + axis]! - centre[axis]) / weak.scale - dot(rows[axis], point), 0) / shape.length;
  let state: State = { rows, x: offset(0), y: offset(1), distance: focal / weak.scale };
  let error = measure(landmarks, shape, camera, state).sum;
  let damping = 1e-3;
  for (let step = 0; step < mostSteps && damping < 1e10; step++) {
    const { normal, right } = measure(landmarks, shape, camera, state);
    const change = solveLinearSystem(normal.map((row, at) => row.map((value, column) => (at === column ? value * (1 + damping) : value))), right);
    if (change === null) throw degeneratePose();
    const [a, b, c, x, y, growth] = change as [number, number, number, number, number, number];
    const next: State = {
      rows: orthonormalize(turn(state.rows, [a, b, c])),
      x: state.x + x,
      y: state.y + y,
      distance: state.distance * Math.exp(Math.min(1, Math.max(-1, growth))),
    };
    const nextError = measure(landmarks, shape, camera, next).sum;
    if (nextError < error) {
      [state, error, damping] = [next, nextError, damping / 10];
      if (Math.hypot(...change) < 1e-9) break;
    } else damping *= 10;
  }
  const residual = (Math.sqrt(error / shape.length) * state.distance) / focal;
  return { ...readAngles(state.rows), shift: [state.x, state.y], distance: state.distance, residual };
}

/** @returns [n, 2], where the shape's points come to lie */
export function projectPerspective(shape: readonly ShapePoint[], pose: Omit<PerspectivePose, 'residual'>, camera: Camera): Float32Array {
  const rows = composeRotation(pose);
  const third = cross(...rows);
  return Float32Array.from(
    shape.flatMap((point) => {
      const share = camera.focalLengthPx / (pose.distance - dot(third, point));
      return [0, 1].map((axis) => camera.centre[axis]! + share * (dot(rows[axis]!, point) + pose.shift[axis]!));
    }),
  );
}

/** @returns the squared error, and the normal equations of a step: turns about three axes, shift, logarithm of distance */
function measure(landmarks: Float32Array, shape: readonly ShapePoint[], { focalLengthPx: f, centre }: Camera, state: State) {
  const third = cross(...state.rows);
  const normal = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
  const right = new Array<number>(6).fill(0);
  let sum = 0;
  shape.forEach((point, at) => {
    const [x, y, z] = [dot(state.rows[0], point), dot(state.rows[1], point), dot(third, point)];
    const depth = state.distance - z;
    if (depth <= 0) {
      sum = Number.POSITIVE_INFINITY;
      return;
    }
    const [u, v, s] = [x + state.x, y + state.y, f / depth];
    const [du, dv] = [(s * u) / depth, (s * v) / depth];
    const equations: [number[], number][] = [
      [[du * y, s * z - du * x, -s * y, s, 0, -du * state.distance], landmarks[at * 2]! - centre[0] - s * u],
      [[dv * y - s * z, -dv * x, s * x, 0, s, -dv * state.distance], landmarks[at * 2 + 1]! - centre[1] - s * v],
    ];
    for (const [factors, value] of equations) {
      sum += value * value;
      factors.forEach((one, row) => {
        right[row]! += one * value;
        factors.forEach((other, column) => (normal[row]![column]! += one * other));
      });
    }
  });
  return { sum, normal, right };
}
