/** A face's surface as seen from the front: how far it comes forward at each place.
 *
 *  [Note: face surface] Under the points lies half an ellipsoid, which stands for the head where no landmark is: forehead,
 *  cheeks. What the points are off it is spread by a thin-plate spline that bends rather than meets each point exactly. Behind
 *  the head is a plane. Units and axes are those of [Note: face shape]. Source of the spline: Bookstein 1989. */

import type { ShapePoint } from './face-shape.ts';
import { solveLinearSystem } from './linear-system.ts';
import { degeneratePose } from './rotation.ts';

export interface FaceSurface {
  /** @returns z at (x, y); that of the nearest place there is beyond 1.8 to the sides and from -1.8 to 2.4 down */
  heightAt(x: number, y: number): number;
}

/** By least squares the ellipsoid nearest to faceShape, but wide enough for the jaw, which it would leave out by 0.04. */
const head = { y: -0.08, z: -1.06, halfWidth: 1.2, halfHeight: 2.43, halfDepth: 1.33 };
const planeBehind = -1.15;
/** Where the head is taken to be the ellipsoid: above the brow and beyond the jaw, so that the spline ends there. */
const restingPlaces: readonly (readonly [number, number])[] = [
  [0, -1.2], [-0.6, -1.1], [0.6, -1.1], [0, -1.7], [-1.1, -0.9], [1.1, -0.9],
  [-1.7, 0.3], [1.7, 0.3], [-1.4, 1.7], [1.4, 1.7], [0, 2.3],
];
/** Of the spline's system: landmarks of one face differ by expression, and some nearly coincide. */
const smoothing = 0.02;
const grid = { left: -1.8, top: -1.8, step: 0.06, columns: 61, rows: 71 };

/** @param points on the surface
 *  @throws AppError "degenerate-landmarks" for points that are not finite */
export function fitFaceSurface(points: readonly ShapePoint[]): FaceSurface {
  const spline = fitSpline([
    ...points.map(([x, y, z]): ShapePoint => [x, y, z - headAt(x, y)]),
    ...restingPlaces.map(([x, y]): ShapePoint => [x, y, 0]),
  ]);
  const heights = new Float32Array(grid.columns * grid.rows);
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const [x, y] = [grid.left + column * grid.step, grid.top + row * grid.step];
      heights[row * grid.columns + column] = Math.max(planeBehind, headAt(x, y) + spline(x, y));
    }
  }
  return { heightAt: (x, y) => interpolate(heights, x, y) };
}

function headAt(x: number, y: number): number {
  const inside = 1 - (x / head.halfWidth) ** 2 - ((y - head.y) / head.halfHeight) ** 2;
  return head.z + head.halfDepth * Math.sqrt(Math.max(0, inside));
}

/** @param values [n, 3], x, y and what the spline is to be there */
function fitSpline(values: readonly ShapePoint[]): (x: number, y: number) => number {
  const count = values.length;
  const matrix = values.map(([x, y], row) => [
    ...values.map(([u, v], column) => bend(x - u, y - v) + (row === column ? smoothing : 0)),
    ...[1, x, y],
  ]);
  for (const axis of [0, 1, 2]) matrix.push([...values.map(([x, y]) => [1, x, y][axis]!), 0, 0, 0]);
  const factors = solveLinearSystem(matrix, [...values.map(([, , value]) => value), 0, 0, 0]);
  if (factors === null || !factors.every(Number.isFinite)) throw degeneratePose();
  const [rest, perX, perY] = factors.slice(count) as [number, number, number];
  return (x, y) => {
    let sum = rest + perX * x + perY * y;
    for (let at = 0; at < count; at++) sum += factors[at]! * bend(x - values[at]![0], y - values[at]![1]);
    return sum;
  };
}

/** r^2 log r of the thin plate, by its square. */
function bend(x: number, y: number): number {
  const square = x * x + y * y;
  return square < 1e-12 ? 0 : 0.5 * square * Math.log(square);
}

/** Bilinear. */
function interpolate(heights: Float32Array, x: number, y: number): number {
  const across = Math.min(grid.columns - 1.001, Math.max(0, (x - grid.left) / grid.step));
  const down = Math.min(grid.rows - 1.001, Math.max(0, (y - grid.top) / grid.step));
  const column = across | 0;
  const row = down | 0;
  const at = row * grid.columns + column;
  const upper = heights[at]! + (heights[at + 1]! - heights[at]!) * (across - column);
  const below = at + grid.columns;
  const lower = heights[below]! + (heights[below + 1]! - heights[below]!) * (across - column);
  return upper + (lower - upper) * (down - row);
}
