/** Tells where a finer scale is worth a search.
 *
 *  [Note: hints] The finest scale costs two thirds of a photo's detection, and in most photos it shows nobody whom coarser
 *  ones do not. But who is too small at one scale leaves a trace in it: a small box of a low score, and where some are
 *  just large enough others may not be. So scales beyond the second are searched around such boxes alone. */

import { boxArea, boxContains, growBox } from '../geometry/boxes.ts';
import type { Box, Point } from '../geometry/types.ts';
import type { Size } from './detection-plan.ts';
import type { ScoredBox } from './merge-detections.ts';

/** A face is at least so many times as large as an eye or an ear of it. */
const partShare = 4;
/** Whoever is this share of a tile's side away from its border, it shows whole, with what is around. */
const marginShare = 0.25;
/** More than this share of a scale in tiles, and the whole of it is searched in less time. */
const maxTiledShare = 0.5;

/** @param smallBoxes of any score
 *  @returns the centres, best first, of those that are no part of a larger face, as eyes and ears are */
export function findHints(smallBoxes: readonly ScoredBox[], faces: readonly ScoredBox[]): Point[] {
  const isPart = (small: Box): boolean =>
    faces.some(({ box }) => boxArea(box) > partShare * boxArea(small) && boxContains(box, centreOf(small)));
  return smallBoxes
    .filter(({ box }) => !isPart(box))
    .sort((first, second) => second.score - first.score)
    .map(({ box }) => centreOf(box));
}

/** @param hints upright photo pixels
 *  @param photo upright pixels
 *  @param scaled the whole photo at the scale that is searched
 *  @returns tiles of that scale that show every hint with what is around it, or null where it is best searched whole */
export function placeAroundHints(hints: readonly Point[], photo: Size, scaled: Size, tile: Size): Box[] | null {
  if (tile.width > scaled.width || tile.height > scaled.height) return hints.length === 0 ? [] : null;
  const mostTiles = (maxTiledShare * scaled.width * scaled.height) / (tile.width * tile.height);
  const margin = marginShare * Math.min(tile.width, tile.height);
  const tiles: Box[] = [];
  for (const [photoX, photoY] of hints) {
    const x = (photoX / photo.width) * scaled.width;
    const y = (photoY / photo.height) * scaled.height;
    if (tiles.some((placed) => boxContains(growBox(placed, -margin), [x, y]))) continue;
    if (tiles.length + 1 > mostTiles) return null;
    tiles.push({ x: startAround(x, tile.width, scaled.width), y: startAround(y, tile.height, scaled.height), ...tile });
  }
  return tiles;
}

/** @returns whole pixels: where a tile starts that has `centre` in its middle, or as near as the photo allows */
function startAround(centre: number, length: number, full: number): number {
  return Math.round(Math.min(full - length, Math.max(0, centre - length / 2)));
}

function centreOf({ x, y, width, height }: Box): Point {
  return [x + width / 2, y + height / 2];
}
