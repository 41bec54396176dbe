/** Ranks the faces of a person by how well each fits the others, the likeliest mistakes first. */

import { oddsAgainstSharing, probabilityAt, relativeDistance } from './likelihood.ts';
import { listLooks, weightOfGap, type Look } from './looks.ts';
import { gatherPerson } from './people-faces.ts';
import type { LibraryView } from './types.ts';
import { dotProductAt } from '../../geometry/vectors.ts';

/** `fit`: probability that the face is of one person with the others, 0 to 1. */
export interface FaceFit {
  readonly face: number;
  readonly fit: number;
}

/** @returns the faces that fit least first, confirmed ones after all others */
export function rankOutliers(view: LibraryView, person: number): FaceFit[] {
  const { confirmed } = view.input;
  const faces = gatherPerson(view, person)?.faces ?? [];
  return measureFits(view, faces)
    .map(({ face, logOdds }) => ({ face, fit: probabilityAt(logOdds), logOdds }))
    .sort(
      (one, other) =>
        confirmed[one.face]! - confirmed[other.face]! || one.logOdds - other.logOdds || one.face - other.face,
    )
    .map(({ face, fit }) => ({ face, fit }));
}

/**
 * [Note: fit] A face is compared with the others of the person by its average distance, faces close in time counting
 * most. Good faces alone are compared with, where there are several. Of two faces in one photo the one that fits less
 * well is likely somebody else. Measured on clusters of LFW that are too loose by a fifth: the log-odds fall by about
 * as much a unit of distance as those of two people, through 0 at 1.05 (standard) and 1.1 (classic).
 *
 * @param faces taken for one person
 * @returns in the order given
 */
export function measureFits(view: LibraryView, faces: readonly number[]): { face: number; logOdds: number }[] {
  const { input, options, suggestions } = view;
  const good = faces.filter((face) => input.qualities[face]! >= options.minSeedQuality);
  const compared = good.length > 1 ? good : faces;
  const looks = listLooks(view, compared);
  const isCompared = new Set(compared);
  const fits = faces.map((face) => {
    const similarity = similarityToOthers(view, face, looks, isCompared.has(face));
    const distance = similarity === null ? 0 : relativeDistance(similarity, options);
    return { face, logOdds: suggestions.oddsSlope * (suggestions.fitDistance - distance) };
  });
  return doubtDoubles(view, fits);
}

/** @returns null where there are no others */
function similarityToOthers(
  { units, input }: LibraryView,
  face: number,
  looks: readonly Look[],
  isAmongThem: boolean,
): number | null {
  const length = input.embeddingLength;
  const day = input.captureDays[face]!;
  const ownLook = isAmongThem ? findOwnLook(looks, day) : null;
  let weights = 0;
  let total = 0;
  for (const look of looks) {
    // A face is not compared with itself: its product with itself is 1.
    const own = look === ownLook ? 1 : 0;
    const weight = weightOfGap(day, look.day);
    weights += weight * (look.count - own);
    total += weight * (dotProductAt(units, face * length, look.values, look.start, length) - own);
  }
  return weights > 0 ? total / weights : null;
}

/** Looks follow each other without overlapping, and the last one that begins by the day is the face's. */
function findOwnLook(looks: readonly Look[], day: number): Look {
  return looks.findLast(({ firstDay }) => firstDay <= day)!;
}

/** Takes odds from those faces that share a photo with one that fits better. */
function doubtDoubles(
  { input, suggestions }: LibraryView,
  fits: readonly { face: number; logOdds: number }[],
): { face: number; logOdds: number }[] {
  const best = new Map<number, { face: number; logOdds: number }>();
  for (const fit of fits) {
    const photo = input.photoIndices[fit.face]!;
    const known = best.get(photo);
    if (known === undefined || known.logOdds < fit.logOdds) best.set(photo, fit);
  }
  return fits.map((fit) => {
    const isBest = best.get(input.photoIndices[fit.face]!) === fit;
    return isBest ? fit : { ...fit, logOdds: fit.logOdds - oddsAgainstSharing(1, suggestions) };
  });
}
