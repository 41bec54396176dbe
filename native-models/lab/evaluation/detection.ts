/** Compares the faces that were found in photos with those that are there: recall, precision, false faces a photo. */

import { AppError } from '../../../electron/base/errors.ts';
import { boxArea, intersectionOverUnion } from '../../../electron/geometry/boxes.ts';
import type { Box } from '../../../electron/geometry/types.ts';

/** All boxes of one photo are in the same space. */
export interface TrueFace {
  readonly box: Box;
  /** Whether it is left to the detector to find this face: it counts neither as missed nor, if found, as false. */
  readonly isOptional: boolean;
}

export interface FoundFace {
  readonly box: Box;
  readonly score: number;
}

export interface FaceMatch {
  /** Position among the true faces. */
  readonly truth: number;
  /** Position among the found ones. */
  readonly found: number;
  readonly intersectionOverUnion: number;
}

/** Overlap from which on a box counts as the annotated face: PASCAL VOC's. */
export const defaultMinOverlap = 0.5;

/**
 * Gives each found face, by falling score, the true face that it overlaps most among those not yet given away.
 * Source: the PASCAL VOC protocol (Everingham and others 2010, section 4.2), save that a face that is taken already
 * leaves a detection free for the next best.
 *
 * @param minOverlap 0 to 1, intersection over union from which on two boxes are of one face
 * @returns at most one match for each face of either list; of equal scores the first found is the first served
 */
export function matchFaces(
  truth: readonly Pick<TrueFace, 'box'>[],
  found: readonly FoundFace[],
  minOverlap: number = defaultMinOverlap,
): FaceMatch[] {
  if (!(minOverlap > 0 && minOverlap <= 1)) {
    throw new AppError('bad-argument', `Expected an overlap above 0 and up to 1 but received ${minOverlap}`);
  }
  const order = found.map((_, index) => index).sort((one, other) => found[other]!.score - found[one]!.score || one - other);
  const taken = new Set<number>();
  const matches: FaceMatch[] = [];
  for (const foundIndex of order) {
    let best: FaceMatch | null = null;
    truth.forEach(({ box }, truthIndex) => {
      if (taken.has(truthIndex)) return;
      const overlap = intersectionOverUnion(box, found[foundIndex]!.box);
      if (overlap < minOverlap || overlap <= (best?.intersectionOverUnion ?? 0)) return;
      best = { truth: truthIndex, found: foundIndex, intersectionOverUnion: overlap };
    });
    if (best === null) continue;
    taken.add((best as FaceMatch).truth);
    matches.push(best);
  }
  return matches;
}

/**
 * [Note: box conventions] Annotators of dlib's data draw squares from brow to chin, detectors mostly upright rectangles,
 * and what the two share tells of that, too, and not only of where the face is. Squares of the same area and centre
 * take the shape out of the comparison. On the group photos of dlib's examples the standard pack's boxes overlap the
 * annotated ones by 0.68 on average and 0.53 at least as they are, by 0.73 and 0.59 as squares: at 0.5 nothing changes.
 */
export function squareOfSameArea(box: Box): Box {
  const side = Math.sqrt(boxArea(box));
  return { x: box.x + (box.width - side) / 2, y: box.y + (box.height - side) / 2, width: side, height: side };
}

export interface ComparedPhoto {
  readonly photo: string;
  readonly truth: readonly TrueFace[];
  readonly found: readonly FoundFace[];
}

export interface DetectionScores {
  readonly photos: number;
  /** Annotated faces that are to be found. */
  readonly faces: number;
  readonly facesFound: number;
  /** 0 to 1; 1 where there are no faces. */
  readonly recall: number;
  /** 0 to 1; 1 where nothing was found. */
  readonly precision: number;
  readonly falseFaces: number;
  readonly falsePerPhoto: number;
  /** Mean over the faces found, 0 to 1; null where none was. */
  readonly meanOverlap: number | null;
  /** Of the faces found, 0 to 1, in the order of the photos. */
  readonly overlaps: readonly number[];
  readonly byPhoto: readonly PhotoDetectionScores[];
  readonly missed: readonly { readonly photo: string; readonly box: Box }[];
  readonly false: readonly { readonly photo: string; readonly box: Box; readonly score: number }[];
}

export interface PhotoDetectionScores {
  readonly photo: string;
  /** Annotated faces that are to be found. */
  readonly faces: number;
  readonly facesFound: number;
  readonly falseFaces: number;
  /** Mean over the faces found; null where none was. */
  readonly meanOverlap: number | null;
}

/** @throws AppError "bad-argument" where there is no photo */
export function scoreDetections(photos: readonly ComparedPhoto[], minOverlap: number = defaultMinOverlap): DetectionScores {
  if (photos.length === 0) throw new AppError('bad-argument', 'Expected photos to compare but received none');
  const missed: { photo: string; box: Box }[] = [];
  const falsePositives: { photo: string; box: Box; score: number }[] = [];
  const overlaps: number[] = [];
  const byPhoto: PhotoDetectionScores[] = [];
  for (const { photo, truth, found } of photos) {
    const matches = matchFaces(truth, found, minOverlap);
    const matchedTruth = new Set(matches.map((match) => match.truth));
    const matchedFound = new Set(matches.map((match) => match.found));
    const own = matches.flatMap((match) => (truth[match.truth]!.isOptional ? [] : [match.intersectionOverUnion]));
    overlaps.push(...own);
    byPhoto.push({
      photo,
      faces: truth.filter(({ isOptional }) => !isOptional).length,
      facesFound: own.length,
      falseFaces: found.length - matches.length,
      meanOverlap: mean(own),
    });
    truth.forEach(({ box, isOptional }, index) => {
      if (!isOptional && !matchedTruth.has(index)) missed.push({ photo, box });
    });
    found.forEach(({ box, score }, index) => {
      if (!matchedFound.has(index)) falsePositives.push({ photo, box, score });
    });
  }
  const facesFound = overlaps.length;
  const faces = facesFound + missed.length;
  const told = facesFound + falsePositives.length;
  return {
    photos: photos.length,
    faces,
    facesFound,
    recall: faces === 0 ? 1 : facesFound / faces,
    precision: told === 0 ? 1 : facesFound / told,
    falseFaces: falsePositives.length,
    falsePerPhoto: falsePositives.length / photos.length,
    meanOverlap: mean(overlaps),
    overlaps,
    byPhoto,
    missed,
    false: falsePositives,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
