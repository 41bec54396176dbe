/** Picks the face that a photo is about, where photos show one person each, such as those of Labeled Faces in the Wild. */

import { boxContains } from '../../../electron/geometry/boxes.ts';
import type { Box } from '../../../electron/geometry/types.ts';

/** Of a face's size, the root of its box's area: boxes of faces that are turned aside are narrow. */
const smallestShareOfWidth = 0.25;
const largestShareOfWidth = 0.8;

/**
 * A main face's box holds the photo's centre, and the root of its area is 25 to 80 % of the photo's width; of several it is
 * the one whose middle is nearest to the centre.
 * @param faces boxes in photo pixels
 * @param photo pixels
 * @returns null where no face is the main one
 */
export function pickMainFace<Face extends { readonly box: Box }>(
  faces: readonly Face[],
  photo: { readonly width: number; readonly height: number },
): Face | null {
  const centreX = photo.width / 2;
  const centreY = photo.height / 2;
  const candidates = faces
    .filter(({ box }) => boxContains(box, [centreX, centreY]))
    .filter(({ box }) => {
      const share = Math.sqrt(box.width * box.height) / photo.width;
      return share >= smallestShareOfWidth && share <= largestShareOfWidth;
    })
    .map((face) => {
      const { box } = face;
      return { face, distance: Math.hypot(box.x + box.width / 2 - centreX, box.y + box.height / 2 - centreY) };
    })
    .sort((one, other) => one.distance - other.distance);
  return candidates[0]?.face ?? null;
}
