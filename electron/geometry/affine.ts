/** Affine maps of the plane: apply, invert, compose. */

import { AppError } from '../base/errors.ts';
import { boxFromCorners } from './boxes.ts';
import type { AffineMatrix, Box, Point } from './types.ts';

export const identityMatrix: AffineMatrix = [1, 0, 0, 0, 1, 0];

export function applyAffine(matrix: AffineMatrix, point: Point): Point {
  const [a, b, tx, c, d, ty] = matrix;
  return [a * point[0] + b * point[1] + tx, c * point[0] + d * point[1] + ty];
}

/** @returns the box around where the corners of `box` come to lie: the same rectangle under quarter turns and scales */
export function applyAffineToBox(matrix: AffineMatrix, box: Box): Box {
  const corners = [
    [box.x, box.y],
    [box.x + box.width, box.y],
    [box.x, box.y + box.height],
    [box.x + box.width, box.y + box.height],
  ] as const;
  const points = corners.map((corner) => applyAffine(matrix, corner));
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return boxFromCorners(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
}

/** @throws AppError "bad-argument" where the map has no inverse */
export function invertAffine(matrix: AffineMatrix): AffineMatrix {
  const [a, b, tx, c, d, ty] = matrix;
  const determinant = a * d - b * c;
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) {
    throw new AppError('bad-argument', `Expected an invertible matrix but received determinant ${determinant}`);
  }
  return [
    d / determinant,
    -b / determinant,
    (b * ty - d * tx) / determinant,
    -c / determinant,
    a / determinant,
    (c * tx - a * ty) / determinant,
  ];
}

/** @returns the map that applies `first`, then `second` */
export function composeAffine(second: AffineMatrix, first: AffineMatrix): AffineMatrix {
  const [a, b, tx, c, d, ty] = second;
  const [e, f, ux, g, h, uy] = first;
  return [a * e + b * g, a * f + b * h, a * ux + b * uy + tx, c * e + d * g, c * f + d * h, c * ux + d * uy + ty];
}

/** How much longer a short stroke becomes under the map: the square root of how areas grow. */
export function affineScale(matrix: AffineMatrix): number {
  return Math.sqrt(Math.abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]));
}
