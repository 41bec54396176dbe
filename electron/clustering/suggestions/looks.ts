/**
 * Describes a person by how it looked at different times, and compares two people where they are closest in time.
 *
 * [Note: looks in time] A face changes with the years: a child resembles the adult it became less than a stranger of
 * its age may. So the dated faces of a person are summed up by periods, and of all pairs of two people's faces those
 * count most whose photos were taken about the same time. Pairs without a date on one side count as if they lay a
 * number of years apart; where nothing is dated this is the plain average over all pairs.
 */

import { unknownDay } from '../../terms/capture-day.ts';
import type { LibraryView } from './types.ts';
import { averageSimilarity, sumFaces, type VectorSum } from './vectors.ts';

export interface Look extends VectorSum {
  /** The middle of its days since 1970-01-01; unknownDay for the faces without a date. */
  readonly day: number;
  /** The first of its days; unknownDay likewise, which is before all others. */
  readonly firstDay: number;
}

/** Photos of one look are taken within so long; a person of thirty years has thirty. */
const lookDays = 365;

/** A pair of faces counts half for every so many days between them. No library whose people are known over decades was
 *  at hand to measure it on: two years tell a small child from a school child, and leave grown people alone. */
const halvingDays = 730;

/** Between faces of which one has no date. */
const assumedGapDays = 5 * 365;

/** @param faces at least one
 *  @returns the undated faces first, the others by day */
export function listLooks(view: LibraryView, faces: readonly number[]): Look[] {
  const days = view.input.captureDays;
  const dated = faces.filter((face) => days[face] !== unknownDay).sort((one, other) => days[one]! - days[other]!);
  const undated = faces.filter((face) => days[face] === unknownDay);
  const looks: Look[] = [];
  if (undated.length > 0) looks.push({ ...sumOf(view, undated), day: unknownDay, firstDay: unknownDay });
  let from = 0;
  dated.forEach((face, index) => {
    const isLast = index === dated.length - 1 || days[dated[index + 1]!]! - days[dated[from]!]! > lookDays;
    if (!isLast) return;
    const own = dated.slice(from, index + 1);
    const firstDay = days[own[0]!]!;
    looks.push({ ...sumOf(view, own), day: (firstDay + days[face]!) / 2, firstDay });
    from = index + 1;
  });
  return looks;
}

/** @returns the average cosine similarity of all pairs of faces, those close in time counting most */
export function similarityInTime(ones: readonly Look[], others: readonly Look[], length: number): number {
  let weights = 0;
  let total = 0;
  for (const one of ones) {
    for (const other of others) {
      const weight = one.count * other.count * weightOfGap(one.day, other.day);
      weights += weight;
      total += weight * averageSimilarity(one, other, length);
    }
  }
  return total / weights;
}

/** @returns above 0, 1 for faces of one day */
export function weightOfGap(oneDay: number, otherDay: number): number {
  const gap = oneDay === unknownDay || otherDay === unknownDay ? assumedGapDays : Math.abs(oneDay - otherDay);
  return 2 ** (-gap / halvingDays);
}

/** @returns the two looks least far apart in time, the first where no date is known */
export function findClosestLooks(ones: readonly Look[], others: readonly Look[]): readonly [Look, Look] {
  let closest: readonly [Look, Look] = [ones[0]!, others[0]!];
  let smallest = gapBetween(ones[0]!, others[0]!);
  let [at, to] = [0, 0];
  // Both go forward in time: whichever is behind can only come closer to the other by going on.
  while (at < ones.length && to < others.length) {
    const [one, other] = [ones[at]!, others[to]!];
    const gap = gapBetween(one, other);
    if (gap < smallest) {
      smallest = gap;
      closest = [one, other];
    }
    if (one.day <= other.day) at += 1;
    else to += 1;
  }
  return closest;
}

function gapBetween({ day: oneDay }: Look, { day: otherDay }: Look): number {
  return oneDay === unknownDay || otherDay === unknownDay ? assumedGapDays : Math.abs(oneDay - otherDay);
}

function sumOf({ units, input }: LibraryView, faces: readonly number[]): VectorSum {
  return sumFaces(units, input.embeddingLength, faces);
}
