/** Boxes: overlap, clipping and growing. All boxes of one call are in the same space. */

import type { Box, Point } from './types.ts';

export function boxArea(box: Box): number {
  return box.width * box.height;
}

/** @returns the upper left corner to the lower right corner, as [left, top, right, bottom] */
export function boxCorners(box: Box): [number, number, number, number] {
  return [box.x, box.y, box.x + box.width, box.y + box.height];
}

export function boxFromCorners(left: number, top: number, right: number, bottom: number): Box {
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

export function boxContains(box: Box, [x, y]: Point): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** @returns the box with so much more on every side */
export function growBox(box: Box, margin: number): Box {
  return { x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin };
}

export function intersectionArea(first: Box, second: Box): number {
  const width = Math.min(first.x + first.width, second.x + second.width) - Math.max(first.x, second.x);
  const height = Math.min(first.y + first.height, second.y + second.height) - Math.max(first.y, second.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** @returns 0 to 1; 0 where both boxes are empty */
export function intersectionOverUnion(first: Box, second: Box): number {
  const shared = intersectionArea(first, second);
  return shared === 0 ? 0 : shared / (boxArea(first) + boxArea(second) - shared);
}

/** How much of the smaller box the other one covers.
 *  @returns 0 to 1; 0 where a box is empty */
export function intersectionOverSmaller(first: Box, second: Box): number {
  const shared = intersectionArea(first, second);
  return shared === 0 ? 0 : Math.min(1, shared / Math.min(boxArea(first), boxArea(second)));
}

/** @returns the part of `box` that lies in `bounds`; a box without extent on its edge where nothing does */
export function clipBox(box: Box, bounds: Box): Box {
  const left = clamp(box.x, bounds.x, bounds.x + bounds.width);
  const top = clamp(box.y, bounds.y, bounds.y + bounds.height);
  const right = clamp(box.x + box.width, bounds.x, bounds.x + bounds.width);
  const bottom = clamp(box.y + box.height, bounds.y, bounds.y + bounds.height);
  return boxFromCorners(left, top, right, bottom);
}

/** @returns the square around the same centre whose side is the longer side of `box` times `growth` */
export function squareBox(box: Box, growth = 1): Box {
  const side = Math.max(box.width, box.height) * growth;
  return {
    x: box.x + (box.width - side) / 2,
    y: box.y + (box.height - side) / 2,
    width: side,
    height: side,
  };
}

/** Brings a box out of a scaled part of a space: x' = originX + x scaleX, and the same for y. */
export function placeBox(box: Box, part: { originX: number; originY: number; scaleX: number; scaleY: number }): Box {
  return {
    x: part.originX + box.x * part.scaleX,
    y: part.originY + box.y * part.scaleY,
    width: box.width * part.scaleX,
    height: box.height * part.scaleY,
  };
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
