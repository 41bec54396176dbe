/** Fits the similarity transform between two sets of points, which is how a face becomes upright. */

import { AppError } from '../base/errors.ts';
import type { AffineMatrix, Point } from './types.ts';

/** Below this share of the coordinates' size, a spread is rounding and no direction can be read from it. */
const smallestRelativeSpread = 1e-7;

/** Fits the similarity transform (scale, rotation, translation; no reflection) that maps `from` onto `to`,
 *  by least squares.
 *  @param from [n, 2], n >= 2, not all equal
 *  @param to [n, 2], any space
 *  @throws AppError "degenerate-landmarks" where the points coincide, are not finite or leave the rotation open
 *  Source: Umeyama 1991, eqs. 40-42, which for points of the plane read as complex numbers come down to
 *  scale times rotation = sum(conj(f) t) / sum(|f|^2) over the centred points f and t. */
export function fitSimilarityTransform(from: readonly Point[], to: readonly Point[]): AffineMatrix {
  if (from.length !== to.length || from.length < 2) {
    throw new AppError(
      'bad-argument',
      `Expected two equally long lists of at least 2 points but received ${from.length} and ${to.length}`,
    );
  }
  const [fromX, fromY] = meanPoint(from);
  const [toX, toY] = meanPoint(to);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  let size = 0;
  for (const [index, point] of from.entries()) {
    const target = to[index]!;
    const x = point[0] - fromX;
    const y = point[1] - fromY;
    const u = target[0] - toX;
    const v = target[1] - toY;
    real += x * u + y * v;
    imaginary += x * v - y * u;
    spread += x * x + y * y;
    size += point[0] * point[0] + point[1] * point[1];
  }
  const scale = Math.hypot(real, imaginary) / spread;
  const isSpread = spread > size * smallestRelativeSpread ** 2;
  if (!isSpread || !Number.isFinite(scale) || scale < 1e-9) {
    throw new AppError('degenerate-landmarks', `Expected distinct finite points but received spread ${spread}`);
  }
  const cosine = real / spread;
  const sine = imaginary / spread;
  return [cosine, -sine, toX - cosine * fromX + sine * fromY, sine, cosine, toY - sine * fromX - cosine * fromY];
}

function meanPoint(points: readonly Point[]): [number, number] {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}
