/** Makes one detection of the many that one face gets: from neighbouring priors, tiles and scales. */

import { intersectionOverSmaller, intersectionOverUnion } from '../geometry/boxes.ts';
import type { Box, Point } from '../geometry/types.ts';

export interface ScoredBox {
  /** Upright photo pixels unless said otherwise; may reach beyond the photo. */
  readonly box: Box;
  /** 0 to 1 */
  readonly score: number;
}

export interface Detection extends ScoredBox {
  /** Same space as the box; null where the detector places no landmarks. */
  readonly fivePoints: readonly Point[] | null;
}

/** Non-maximum suppression: keeps the best of those that overlap.
 *  @returns by falling score */
export function suppressOverlaps<Kind extends ScoredBox>(
  detections: readonly Kind[],
  maxIntersectionOverUnion: number,
): Kind[] {
  const kept: Kind[] = [];
  for (const candidate of sortByScore(detections)) {
    if (kept.every((better) => intersectionOverUnion(better.box, candidate.box) <= maxIntersectionOverUnion)) {
      kept.push(candidate);
    }
  }
  return kept;
}

export interface MergeOptions {
  readonly maxIntersectionOverUnion: number;
  /** Of two boxes of which one lies inside the other by more than this share, one is dropped. */
  readonly maxIntersectionOverSmaller: number;
}

/** Merges what different scales and tiles found. A box inside a bigger one is a part of that face or a figment of the
 *  finer scale, unless several good ones lie in it: then the bigger one is the figment. */
export function mergeScales(detections: readonly Detection[], options: MergeOptions): Detection[] {
  const distinct = suppressOverlaps(detections, options.maxIntersectionOverUnion);
  const isInside = (inner: Detection, outer: Detection): boolean =>
    inner.box.width * inner.box.height < outer.box.width * outer.box.height &&
    intersectionOverSmaller(inner.box, outer.box) > options.maxIntersectionOverSmaller;
  const isFigment = (outer: Detection): boolean =>
    distinct.filter((inner) => inner.score >= outer.score && isInside(inner, outer)).length >= 2;
  const solid = distinct.filter((detection) => !isFigment(detection));
  return solid.filter((inner) => !solid.some((outer) => isInside(inner, outer)));
}

function sortByScore<Kind extends ScoredBox>(detections: readonly Kind[]): Kind[] {
  return [...detections].sort((first, second) => second.score - first.score);
}
