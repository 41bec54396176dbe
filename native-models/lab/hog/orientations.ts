/** Counts, square by square, how much of a picture grows darker in each main direction: the seminar's histograms. */

import { AppError } from '../../../electron/base/errors.ts';
import type { Gradients } from './gradients.ts';

export interface OrientationHistograms {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the picture along a square's side. */
  readonly squarePx: number;
  readonly directions: number;
  /** [rows, columns, directions], grey levels a pixel: direction d points (d / directions) of a turn from the right, downwards
   *  first, towards dark. */
  readonly strengths: Float32Array;
}

export interface OrientationOptions {
  /** Pixels; 16 in the seminar. */
  readonly squarePx?: number;
  /** Main directions of a whole turn: right, right and down, down, and so on for 8. */
  readonly directions?: number;
}

const seminarSquarePx = 16;
const mainDirections = 8;

/** Every pixel votes by its gradient's magnitude, shared between the two directions nearest to it. What is left beside the last
 *  whole square has no vote.
 *  @throws AppError "bad-argument" for squares of no pixel, or fewer than two directions
 *  Source: facenet-seminar, "HOG": 16x16 squares, lines towards dark; voting as in Dalal and Triggs 2005, section 6.3. */
export function countOrientations(
  { width, height, magnitude, angle }: Gradients,
  { squarePx = seminarSquarePx, directions = mainDirections }: OrientationOptions = {},
): OrientationHistograms {
  if (!(Number.isInteger(squarePx) && squarePx >= 1 && Number.isInteger(directions) && directions >= 2)) {
    throw new AppError('bad-argument', `Expected whole pixels and directions but received ${squarePx} and ${directions}`);
  }
  const columns = Math.floor(width / squarePx);
  const rows = Math.floor(height / squarePx);
  const strengths = new Float32Array(rows * columns * directions);
  const share = 1 / (squarePx * squarePx);
  for (let row = 0; row < rows * squarePx; row++) {
    for (let column = 0; column < columns * squarePx; column++) {
      const pixel = row * width + column;
      const square = (Math.floor(row / squarePx) * columns + Math.floor(column / squarePx)) * directions;
      // Half a turn away from where it grows bright, it grows dark.
      const turn = (angle[pixel]! / (2 * Math.PI) + 1.5) % 1;
      const position = turn * directions;
      const lower = Math.floor(position);
      const upperShare = position - lower;
      const vote = magnitude[pixel]! * share;
      strengths[square + (lower % directions)]! += vote * (1 - upperShare);
      strengths[square + ((lower + 1) % directions)]! += vote * upperShare;
    }
  }
  return { columns, rows, squarePx, directions, strengths };
}
