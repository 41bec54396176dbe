/** Describes a picture cell by cell, for a detector: orientations, each measured by the energy of the blocks around.
 *
 *  [Note: cell features] 31 numbers a cell: 18 directions of a whole turn, 9 of half a turn (an edge, whichever side is the
 *  brighter), and 4 energies. Each histogram is divided by the lengths of the four blocks of 2x2 cells that the cell lies in,
 *  cut at 0.2, and averaged over them: contrast drops out locally, and one strong edge cannot outweigh all others (L2-Hys).
 *  Source: Dalal and Triggs 2005, section 6; Felzenszwalb and others 2010, section 6.1. */

import type { GreyImage } from './grey-image.ts';

export const featuresPerCell = 31;

export interface CellGrid {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, 31], 0 to 1, see [Note: cell features] */
  readonly features: Float32Array;
}

const halfTurn = 9;
const wholeTurn = 2 * halfTurn;
const mostShare = 0.2;
/** Keeps even surroundings, which have no direction, from being blown up; grey levels squared. */
const leastEnergy = 1e-4;
/** As Felzenszwalb's: the root of the number of cells over which a block's 18 directions are spread. */
const energyWeight = 0.2357;

const cosines = Float64Array.from({ length: halfTurn }, (_, index) => Math.cos((index * Math.PI) / halfTurn));
const sines = Float64Array.from({ length: halfTurn }, (_, index) => Math.sin((index * Math.PI) / halfTurn));

/** @returns whole cells only; what is left at the right and lower border has no part in them */
export function describeCells(image: GreyImage, cellPx: number): CellGrid {
  const columns = Math.floor(image.width / cellPx);
  const rows = Math.floor(image.height / cellPx);
  const histograms = countDirections(image, { columns, rows, cellPx });
  const inverseLengths = measureBlocks(sumEnergies(histograms), columns, rows);
  const features = new Float32Array(rows * columns * featuresPerCell);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = row * (columns + 1) + column;
      const at = (corner: number): number => inverseLengths[block + corner]!;
      const around: Four = [at(0), at(1), at(columns + 1), at(columns + 2)];
      const cell = row * columns + column;
      normaliseCell(histograms, cell * wholeTurn, around, features, cell * featuresPerCell);
    }
  }
  return { columns, rows, features };
}

type Four = readonly [number, number, number, number];

/** Every pixel votes for the direction nearest to its gradient's, in the four cells whose centres are around it.
 *  @returns [rows, columns, 18] */
function countDirections(
  { width, height, data }: GreyImage,
  { columns, rows, cellPx }: { readonly columns: number; readonly rows: number; readonly cellPx: number },
): Float32Array {
  const histograms = new Float32Array(rows * columns * wholeTurn);
  const lastRow = Math.min(height - 1, rows * cellPx);
  const lastColumn = Math.min(width - 1, columns * cellPx);
  for (let y = 1; y < lastRow; y++) {
    const cellY = (y + 0.5) / cellPx - 0.5;
    const upper = Math.floor(cellY);
    const lowerShare = cellY - upper;
    for (let x = 1; x < lastColumn; x++) {
      const at = y * width + x;
      const across = data[at + 1]! - data[at - 1]!;
      const down = data[at + width]! - data[at - width]!;
      const strength = Math.sqrt(across * across + down * down);
      if (strength === 0) continue;
      let direction = 0;
      let most = 0;
      for (let index = 0; index < halfTurn; index++) {
        const along = cosines[index]! * across + sines[index]! * down;
        if (along > most) {
          most = along;
          direction = index;
        } else if (-along > most) {
          most = -along;
          direction = index + halfTurn;
        }
      }
      const cellX = (x + 0.5) / cellPx - 0.5;
      const left = Math.floor(cellX);
      const rightShare = cellX - left;
      const vote = ((upper * columns + left) * wholeTurn) + direction;
      if (upper >= 0) {
        if (left >= 0) histograms[vote]! += strength * (1 - lowerShare) * (1 - rightShare);
        if (left + 1 < columns) histograms[vote + wholeTurn]! += strength * (1 - lowerShare) * rightShare;
      }
      if (upper + 1 < rows) {
        const below = vote + columns * wholeTurn;
        if (left >= 0) histograms[below]! += strength * lowerShare * (1 - rightShare);
        if (left + 1 < columns) histograms[below + wholeTurn]! += strength * lowerShare * rightShare;
      }
    }
  }
  return histograms;
}

/** @returns a number a cell: the squared length of its 9 undirected orientations */
function sumEnergies(histograms: Float32Array): Float32Array {
  const energies = new Float32Array(histograms.length / wholeTurn);
  for (let cell = 0, at = 0; cell < energies.length; cell++, at += wholeTurn) {
    let sum = 0;
    for (let index = at; index < at + halfTurn; index++) {
      const both = histograms[index]! + histograms[index + halfTurn]!;
      sum += both * both;
    }
    energies[cell] = sum;
  }
  return energies;
}

/** @returns [rows + 1, columns + 1]: one over the length of the block of 2x2 cells around each corner; beyond the border the
 *    cells at it repeat */
function measureBlocks(energies: Float32Array, columns: number, rows: number): Float32Array {
  const inverse = new Float32Array((rows + 1) * (columns + 1));
  for (let row = 0; row <= rows; row++) {
    const upper = Math.max(0, row - 1) * columns;
    const lower = Math.min(rows - 1, row) * columns;
    for (let column = 0; column <= columns; column++) {
      const left = Math.max(0, column - 1);
      const right = Math.min(columns - 1, column);
      const sum = energies[upper + left]! + energies[upper + right]! + energies[lower + left]! + energies[lower + right]!;
      inverse[row * (columns + 1) + column] = 1 / Math.sqrt(sum + leastEnergy);
    }
  }
  return inverse;
}

/** Writes a cell's 31 features into `features` from `to` on. */
function normaliseCell(histograms: Float32Array, from: number, [a, b, c, d]: Four, features: Float32Array, to: number): void {
  let sumA = 0;
  let sumB = 0;
  let sumC = 0;
  let sumD = 0;
  for (let index = 0; index < wholeTurn; index++) {
    const strength = histograms[from + index]!;
    const inA = Math.min(mostShare, strength * a);
    const inB = Math.min(mostShare, strength * b);
    const inC = Math.min(mostShare, strength * c);
    const inD = Math.min(mostShare, strength * d);
    features[to + index] = (inA + inB + inC + inD) / 2;
    sumA += inA;
    sumB += inB;
    sumC += inC;
    sumD += inD;
  }
  for (let index = 0; index < halfTurn; index++) {
    const both = histograms[from + index]! + histograms[from + index + halfTurn]!;
    features[to + wholeTurn + index] =
      (Math.min(mostShare, both * a) + Math.min(mostShare, both * b) + Math.min(mostShare, both * c) + Math.min(mostShare, both * d)) / 2;
  }
  features[to + 27] = energyWeight * sumA;
  features[to + 28] = energyWeight * sumB;
  features[to + 29] = energyWeight * sumC;
  features[to + 30] = energyWeight * sumD;
}
