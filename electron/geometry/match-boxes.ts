/** Tells which boxes of two analyses of one photo are the same face. */

import { intersectionOverUnion } from './boxes.ts';
import type { Box } from './types.ts';

/** [Note: same face] Two detections of one photo are one face where their boxes overlap this much (IoU), those that overlap
 *  most first. Detectors draw their boxes differently: of 259 faces of 186 photos that RFB-320 and YuNet both saw, boxes
 *  overlapped by 0.83 in the middle and less than 0.64 twice (0.44, 0.20); boxes of different faces never by more than 0.25. */
const minSameFaceOverlap = 0.5;

/** @param found boxes of a new analysis; the same space as `known`
 *  @param known boxes that were there before; null for a face without one
 *  @returns per box of `found` the index into `known` that is the same face, each at most once, or null */
export function matchBoxes(found: readonly Box[], known: readonly (Box | null)[]): (number | null)[] {
  const pairs: { foundIndex: number; knownIndex: number; overlap: number }[] = [];
  for (const [foundIndex, box] of found.entries()) {
    for (const [knownIndex, other] of known.entries()) {
      const overlap = other === null ? 0 : intersectionOverUnion(box, other);
      if (overlap >= minSameFaceOverlap) pairs.push({ foundIndex, knownIndex, overlap });
    }
  }
  pairs.sort((one, other) => other.overlap - one.overlap || one.foundIndex - other.foundIndex || one.knownIndex - other.knownIndex);
  const matches = new Array<number | null>(found.length).fill(null);
  const taken = new Set<number>();
  for (const { foundIndex, knownIndex } of pairs) {
    if (matches[foundIndex] !== null || taken.has(knownIndex)) continue;
    matches[foundIndex] = knownIndex;
    taken.add(knownIndex);
  }
  return matches;
}
