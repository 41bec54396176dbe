/** Cuts windows out of pictures for a HOG detector to learn from: faces, what is beside them, and patterns. */

import type { Random } from '../../../../electron/base/random.ts';
import { intersectionOverUnion } from '../../../../electron/geometry/boxes.ts';
import type { Box } from '../../../../electron/geometry/types.ts';
import { describeCells, featuresPerCell } from '../../hog/cells.ts';
import type { GreyImage } from '../../hog/grey-image.ts';
import type { HogModel } from '../../hog/hog-model.ts';
import { cropGrey } from '../../hog/resize-grey.ts';

export type WindowShape = Pick<HogModel, 'cellPx' | 'windowCells' | 'faceWidth' | 'faceHeight'>;

/** Of the window's side, the root of the area of the face's box: brow to chin, with some hair and collar around. */
export const faceShare = 0.7;
/** Windows whose face overlaps one that is there by more than this are neither faces nor none. */
const mostOverlap = 0.3;
/** Cells around a window that its own are measured against. */
const marginCells = 1;
/** A detector meets faces between its steps: up to half a cell aside, and half a step of the pyramid too large or small. */
const mostShiftCells = 0.5;
const mostZoom = 0.08;

/** @param window pixels of the picture
 *  @returns [windowCells, windowCells, 31] */
export function describeWindow(image: GreyImage, window: Box, { cellPx, windowCells }: Pick<WindowShape, 'cellPx' | 'windowCells'>): Float32Array {
  const margin = (window.width / windowCells) * marginCells;
  const wide = { x: window.x - margin, y: window.y - margin, width: window.width + 2 * margin, height: window.height + 2 * margin };
  const side = (windowCells + 2 * marginCells) * cellPx;
  const { columns, features } = describeCells(cropGrey(image, wide, { width: side, height: side }), cellPx);
  const line = windowCells * featuresPerCell;
  const inner = new Float32Array(windowCells * line);
  for (let row = 0; row < windowCells; row++) {
    const from = ((row + marginCells) * columns + marginCells) * featuresPerCell;
    inner.set(features.subarray(from, from + line), row * line);
  }
  return inner;
}

/** @returns the window around a face, moved and scaled as chance will have it */
export function placeAroundFace(face: Box, { windowCells }: Pick<WindowShape, 'windowCells'>, random: Random): Box {
  const side = (Math.sqrt(face.width * face.height) / faceShare) * (1 + mostZoom * (2 * random() - 1));
  const shift = (): number => ((2 * random() - 1) * mostShiftCells * side) / windowCells;
  return {
    x: face.x + face.width / 2 - side / 2 + shift(),
    y: face.y + face.height / 2 - side / 2 + shift(),
    width: side,
    height: side,
  };
}

/** @returns a window somewhere that shows none of the faces, or null where chance found none */
export function placeBesideFaces(image: GreyImage, faces: readonly Box[], shape: WindowShape, random: Random): Box | null {
  const largest = Math.min(image.width, image.height);
  const smallest = Math.min(largest, shape.cellPx * shape.windowCells);
  for (let attempt = 0; attempt < 20; attempt++) {
    const side = smallest * (largest / smallest) ** random();
    const window = { x: random() * (image.width - side), y: random() * (image.height - side), width: side, height: side };
    if (isBeside(window, faces)) return window;
  }
  return null;
}

/** Whether a window, or the box of the face in it, shows none of the faces well. */
export function isBeside(window: Box, faces: readonly Box[]): boolean {
  const inset = (1 - faceShare) / 2;
  const inner = {
    x: window.x + window.width * inset,
    y: window.y + window.height * inset,
    width: window.width * faceShare,
    height: window.height * faceShare,
  };
  return faces.every((face) => intersectionOverUnion(inner, face) <= mostOverlap);
}

/** @returns a picture as if seen in a mirror */
export function mirrorGrey({ width, height, data }: GreyImage): GreyImage {
  const mirrored = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) mirrored[row * width + column] = data[row * width + width - 1 - column]!;
  }
  return { width, height, data: mirrored };
}

/** @returns stripes, checks or clouds: regular patterns have strong orientations, and no photo of a person need show them */
export function inventTexture(side: number, random: Random): GreyImage {
  const kind = Math.floor(random() * 3);
  const angle = random() * Math.PI;
  const period = 4 + random() * 28;
  const contrast = 20 + random() * 100;
  const clouds = Array.from({ length: 12 }, () => ({ x: random() * side, y: random() * side, radius: 3 + random() * 24, grey: (random() - 0.5) * 2 }));
  const data = Float32Array.from({ length: side * side }, (_, pixel) => {
    const x = pixel % side;
    const y = Math.floor(pixel / side);
    const along = Math.sin(((x * Math.cos(angle) + y * Math.sin(angle)) * 2 * Math.PI) / period);
    const across = Math.sin(((y * Math.cos(angle) - x * Math.sin(angle)) * 2 * Math.PI) / period);
    const cloudAt = (): number => clouds.reduce((sum, one) => sum + one.grey * Math.exp(-((x - one.x) ** 2 + (y - one.y) ** 2) / (2 * one.radius ** 2)), 0);
    const shade = kind === 0 ? along : kind === 1 ? Math.sign(along * across) : cloudAt();
    return Math.min(255, Math.max(0, 128 + shade * contrast + (random() - 0.5) * 12));
  });
  return { width: side, height: side, data };
}
