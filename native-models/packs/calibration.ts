/** Says how likely two faces show one person, from their distance and from how far each picture can be trusted.
 *
 *  [Note: pair calibration] The log-odds of "one person" are a straight line in the distance, and which line depends on
 *  the lower quality q of the two: q times the line of faces of quality 1 plus (1 - q) times the line of faces of
 *  quality 0. Each line is slope * (midpoint - distance); at its midpoint a pair says nothing.
 *
 *  Bad pictures of one person lie further apart than good ones, so the line for quality 0 has its midpoint further out.
 *  Followed as it is, it would call two bad pictures one person at distances that tell two good ones apart. So log-odds
 *  are at most what the line for quality 1 says, or nothing where that speaks against one person: the probability falls
 *  with distance, lower quality never makes a likely pair likelier, and it pulls towards not knowing, never across.
 *
 *  The log-odds are a likelihood ratio: odds of 1 before the faces were looked at. Whoever knows better adds the
 *  logarithm of those odds: among 1,000 strangers and one right person, log(1 / 1000). */

import { z } from 'zod';
import { AppError } from '../../electron/base/errors.ts';

const lineSchema = z.strictObject({
  /** Log-odds lost per unit of distance. */
  slope: z.number().nonnegative(),
  /** Distance at which a pair says nothing; that of the pack's metric. */
  midpoint: z.number().positive(),
});

export const calibrationSchema = z
  .strictObject({
    /** For quality 1. */
    best: lineSchema,
    /** For quality 0. */
    worst: lineSchema,
    /** Log-odds beyond it, either way, rest on too few pairs to be told. */
    maxLogOdds: z.number().positive(),
    /** On which faces it was fitted, and how well it does on people that it never saw. */
    measurement: z.string().min(1),
  })
  .superRefine(({ best, worst }, context) => {
    if (best.slope === 0) refuse('best', 'Expected odds that fall with distance');
    if (worst.slope > best.slope) refuse('worst', 'Expected low quality to say no more than high quality');
    function refuse(field: string, message: string): void {
      context.addIssue({ code: 'custom', path: [field], message });
    }
  });

export type Calibration = z.output<typeof calibrationSchema>;

/** @param distance of the pack's metric, not negative
 *  @param quality1 0 to 1, see [Note: face quality] in electron/imaging/quality.ts
 *  @param quality2 of the other face, 0 to 1
 *  @returns the natural logarithm of how much likelier the distance is among pairs of one person than among strangers
 *  @throws AppError "bad-argument" for what is no number or out of its range */
export function sameLogOdds(distance: number, quality1: number, quality2: number, calibration: Calibration): number {
  if (!(distance >= 0)) throw new AppError('bad-argument', `Expected a distance but received ${distance}`);
  const quality = Math.min(requireQuality(quality1), requireQuality(quality2));
  const { best, worst, maxLogOdds } = calibration;
  const atBest = best.slope * (best.midpoint - distance);
  const logOdds = quality * atBest + (1 - quality) * worst.slope * (worst.midpoint - distance);
  return Math.max(-maxLogOdds, Math.min(maxLogOdds, logOdds, Math.max(0, atBest)));
}

/** As sameLogOdds, with what was known before.
 *  @param priorLogOdds logarithm of the odds of "one person" before the faces were looked at; 0: as likely as not
 *  @returns 0 to 1 */
export function probabilityOfSamePerson(
  distance: number,
  quality1: number,
  quality2: number,
  calibration: Calibration,
  priorLogOdds = 0,
): number {
  return 1 / (1 + Math.exp(-sameLogOdds(distance, quality1, quality2, calibration) - priorLogOdds));
}

function requireQuality(quality: number): number {
  if (!(quality >= 0 && quality <= 1)) throw new AppError('bad-argument', `Expected a quality of 0 to 1 but received ${quality}`);
  return quality;
}
