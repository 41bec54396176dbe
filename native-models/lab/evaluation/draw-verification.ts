/** Draws how well faces are told apart: the ROC curve, and how far genuine and impostor pairs lie apart. */

import { drawHistogram } from '../charts/histogram.ts';
import { drawLineChart } from '../charts/line-chart.ts';
import type { VerificationScores } from '../../../electron/learning/verification/verification.ts';

/** @param name of what was measured, for the title
 *  @param threshold Euclidean distance that is in use, where there is one to mark
 *  @returns self-contained SVGs */
export function drawVerification(
  name: string,
  { roc, rates, distances }: Pick<VerificationScores, 'roc' | 'rates' | 'distances'>,
  threshold: number | null = null,
): { readonly roc: string; readonly distances: string } {
  const shown = trimBins(distances.genuine, distances.impostors);
  return {
    roc: drawLineChart(
      {
        title: `ROC, ${name}`,
        x: { label: 'FAR', scale: 'log', format: '~e' },
        y: { label: 'VAL', scale: 'linear', format: '~%' },
      },
      [
        { name: 'all pairs', points: roc.map(({ far, val }) => ({ x: far, y: val })) },
        {
          name: 'at the FARs asked for, with the standard error over people',
          style: 'marks',
          points: rates.map(({ far, val, standardError }) => ({ x: far, y: val, error: standardError ?? 0 })),
        },
      ],
    ),
    distances: drawHistogram(
      {
        title: `Distances of all pairs, ${name}`,
        x: {
          label: 'Euclidean distance',
          scale: 'linear',
          range: [
            (shown.from * distances.highest) / distances.genuine.length,
            (shown.to * distances.highest) / distances.genuine.length,
          ],
        },
        thresholds: [
          ...rates.map((rate) => ({ value: rate.threshold, label: `FAR ${rate.far.toExponential()}` })),
          ...(threshold === null ? [] : [{ value: threshold, label: 'in use' }]),
        ],
      },
      [
        { name: 'genuine pairs', counts: distances.genuine.slice(shown.from, shown.to) },
        { name: 'impostor pairs', counts: distances.impostors.slice(shown.from, shown.to) },
      ],
    ),
  };
}

/** @returns the bins from the first that holds anything to past the last */
function trimBins(...counts: readonly (readonly number[])[]): { from: number; to: number } {
  const filled = counts[0]!.flatMap((_, bin) => (counts.some((list) => list[bin]! > 0) ? [bin] : []));
  return filled.length === 0 ? { from: 0, to: counts[0]!.length } : { from: filled[0]!, to: filled.at(-1)! + 1 };
}
