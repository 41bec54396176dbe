/** Slides a HOG model's window over a picture at all scales.
 *
 *  [Note: early ends] Most windows are far from any face, and a few rows of cells show it. Rows are summed up in an order in
 *  which the telling ones come first, and a window is left once its sum falls below what hardly any face had at that point.
 *  Source: Bourdev and Brandt 2005 (soft cascade), Felzenszwalb and others 2010 (cascade of parts). */

import type { Box } from '../../../electron/geometry/types.ts';
import { describeCells, featuresPerCell, type CellGrid } from './cells.ts';
import type { GreyImage } from './grey-image.ts';
import type { HogModel } from './hog-model.ts';
import { padGrey, resizeGrey } from './resize-grey.ts';

export interface HogWindow {
  /** Of the face in it, pixels of the picture; may reach beyond the picture. */
  readonly box: Box;
  /** Of the window itself, in the same space. */
  readonly window: Box;
  /** Weighted sum and bias: the higher, the more of a face. */
  readonly margin: number;
}

export interface WindowOptions {
  /** Windows of a lower margin are left out; the model's threshold by default. */
  readonly minMargin?: number;
}

/** From one scale to the next the picture shrinks to this share: dlib's step, of which a face's best window is at most a
 *  twelfth off. */
const pyramidStep = 5 / 6;
/** Cells around the picture, of its edge pixels: a face may reach beyond the border by so much. */
const paddingCells = 2;

/** @returns of all scales, overlapping */
export function findWindows(image: GreyImage, model: HogModel, { minMargin = model.threshold }: WindowOptions = {}): HogWindow[] {
  const { cellPx, windowCells } = model;
  const found: HogWindow[] = [];
  const padding = paddingCells * cellPx;
  const leastPx = windowCells * cellPx - 2 * padding;
  for (let level = image; level.width >= leastPx && level.height >= leastPx; level = shrink(level)) {
    const grid = describeCells(padGrey(level, padding), cellPx);
    const scaleX = image.width / level.width;
    const scaleY = image.height / level.height;
    const side = windowCells * cellPx;
    scanGrid(grid, model, minMargin, (column, row, margin) => {
      const window = {
        x: (column * cellPx - padding) * scaleX,
        y: (row * cellPx - padding) * scaleY,
        width: side * scaleX,
        height: side * scaleY,
      };
      found.push({ box: placeFace(window, model), window, margin });
    });
  }
  return found;
}

/** @returns the box of the face in a window, in the space of the window */
function placeFace({ x, y, width, height }: Box, { faceWidth, faceHeight }: HogModel): Box {
  return {
    x: x + (width * (1 - faceWidth)) / 2,
    y: y + (height * (1 - faceHeight)) / 2,
    width: width * faceWidth,
    height: height * faceHeight,
  };
}

function scanGrid(
  { columns, rows, features }: CellGrid,
  { windowCells, weights, bias, threshold, rowOrder, rowFloors }: HogModel,
  minMargin: number,
  report: (column: number, row: number, margin: number) => void,
): void {
  const line = windowCells * featuresPerCell;
  const gridLine = columns * featuresPerCell;
  // The floors hold for windows that come up to the threshold.
  const floors = minMargin >= threshold ? rowFloors : rowFloors.map(() => Number.NEGATIVE_INFINITY);
  for (let row = 0; row + windowCells <= rows; row++) {
    for (let column = 0; column + windowCells <= columns; column++) {
      let sum = 0;
      let position = 0;
      for (; position < windowCells && sum >= (floors[position - 1] ?? sum); position++) {
        const inner = rowOrder[position]!;
        sum += dotProduct(features, (row + inner) * gridLine + column * featuresPerCell, weights, inner * line, line);
      }
      if (position === windowCells && sum + bias >= minMargin) report(column, row, sum + bias);
    }
  }
}

/** Four sums at a time: the processor need not wait for one to end. */
function dotProduct(first: Float32Array, firstStart: number, second: Float32Array, secondStart: number, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    a += first[firstStart + index]! * second[secondStart + index]!;
    b += first[firstStart + index + 1]! * second[secondStart + index + 1]!;
    c += first[firstStart + index + 2]! * second[secondStart + index + 2]!;
    d += first[firstStart + index + 3]! * second[secondStart + index + 3]!;
  }
  for (; index < length; index++) a += first[firstStart + index]! * second[secondStart + index]!;
  return a + b + c + d;
}

function shrink(level: GreyImage): GreyImage {
  return resizeGrey(level, { width: Math.floor(level.width * pyramidStep), height: Math.floor(level.height * pyramidStep) });
}
