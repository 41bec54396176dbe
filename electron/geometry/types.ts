/** Boxes and points; every name that holds one says in which space it is. */

/** Upper left corner, width and height. In photo pixels (upright) unless a name says otherwise. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** [x, y] */
export type Point = readonly [number, number];

/** Row-major 2x3 matrix [a, b, tx, c, d, ty]: x' = a x + b y + tx, y' = c x + d y + ty. */
export type AffineMatrix = readonly [number, number, number, number, number, number];
