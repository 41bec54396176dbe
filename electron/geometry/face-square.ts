/** Chooses which square of a photo stands for one of its faces, so that nobody takes a neighbour for the one who is meant.
 *
 *  [Note: whose picture] The square is centred on the face, always: at the photo's border it reaches beyond it rather than
 *  sliding inwards, where a neighbour would come to stand in its middle. It has room for hair and chin, and less of it
 *  where another face would come in. */

import { boxArea, boxContains, clipBox, intersectionArea, intersectionOverUnion, squareBox } from './boxes.ts';
import type { Box } from './types.ts';

export interface FaceSquare {
  /** The square, upright photo pixels; it may reach beyond the photo. */
  readonly square: Box;
  /** The part of the face's box that lies in the photo. */
  readonly face: Box;
  /** Boxes of other faces that are still to be seen in the square: where there are any, what is not the face is dimmed. */
  readonly others: readonly Box[];
}

/** Sides of the square over the longer side of the box, the best first. A detector's box ends at brows and chin: 1.6 times
 *  that shows a head, 1.05 times that still the whole face. */
const growths = [1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1.05] as const;
/** So much of another face's box, or so much of the square taken by one, and it counts as being in the picture. */
const mostOfOther = 0.3;
const mostOfSquare = 0.2;
/** Less of the square than this is nobody's face any more, but a cheek or an ear. */
const leastInSight = 0.02;
/** Boxes that overlap more are of one face. */
const sameFaceOverlap = 0.5;

/** @param box of the face; at least a part of it lies in the photo
 *  @param others boxes of the photo's other faces; `box` itself among them counts for nothing */
export function planFaceSquare(box: Box, others: readonly Box[], photo: { width: number; height: number }): FaceSquare {
  const face = clipBox(box, { x: 0, y: 0, width: photo.width, height: photo.height });
  const neighbours = others.filter((other) => intersectionOverUnion(other, box) < sameFaceOverlap);
  const squares = growths.map((growth) => squareBox(face, growth));
  const square = squares.find((candidate) => !neighbours.some((other) => isInPicture(other, candidate))) ?? squares.at(-1)!;
  const inSight = neighbours.filter((other) => intersectionArea(other, square) >= leastInSight * boxArea(square));
  // In whichever order they are given, the picture is the same.
  return { square, face, others: inSight.sort((one, other) => one.x - other.x || one.y - other.y) };
}

function isInPicture(other: Box, square: Box): boolean {
  const shared = intersectionArea(other, square);
  if (shared === 0) return false;
  const centre = [other.x + other.width / 2, other.y + other.height / 2] as const;
  return boxContains(square, centre) || shared >= mostOfOther * boxArea(other) || shared >= mostOfSquare * boxArea(square);
}
