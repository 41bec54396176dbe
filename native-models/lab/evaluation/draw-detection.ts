/** Draws how well faces are found: precision against recall, and how far found boxes overlap with the annotated ones. */

import { drawHistogram } from '../charts/histogram.ts';
import { drawLineChart } from '../charts/line-chart.ts';
import type { PrecisionRecallCurve } from './detection-curve.ts';
import { defaultMinOverlap, type DetectionScores } from './detection.ts';

const overlapBins = 20;

/** @param name of what was measured, for the titles
 *  @returns self-contained SVGs */
export function drawDetection(
  name: string,
  { scores, curve }: { readonly scores: Pick<DetectionScores, 'overlaps'>; readonly curve: PrecisionRecallCurve },
): { readonly precisionRecall: string; readonly overlaps: string } {
  const counts = new Array<number>(overlapBins).fill(0);
  for (const overlap of scores.overlaps) counts[Math.min(overlapBins - 1, Math.floor(overlap * overlapBins))]! += 1;
  return {
    precisionRecall: drawLineChart(
      {
        title: `Precision and recall, ${name}`,
        x: { label: 'recall', scale: 'linear', range: [0, 1], format: '.0%' },
        y: { label: 'precision', scale: 'linear', range: [0, 1], format: '.0%' },
      },
      [{ name, points: curve.points.map(({ recall, precision }) => ({ x: recall, y: precision })), style: 'both' }],
    ),
    overlaps: drawHistogram(
      {
        title: `Overlap of found faces, ${name}`,
        x: { label: 'intersection over union', scale: 'linear', range: [0, 1] },
        thresholds: [{ value: defaultMinOverlap, label: 'counts as found' }],
      },
      [{ name: 'faces found', counts }],
    ),
  };
}
