/** Draws how a training went. */

import { drawLineChart, type LineSeries } from '../../charts/line-chart.ts';
import type { TrainingCheck } from './train-network.ts';

/** @returns self-contained SVGs by file name */
export function drawTraining(title: string, checks: readonly TrainingCheck[]): Record<string, string> {
  const of = (name: string, read: (check: TrainingCheck) => number, first = 0): LineSeries => ({
    name,
    style: 'both',
    points: checks.slice(first).map((check) => ({ x: check.step, y: read(check) })),
  });
  const x = { label: 'step', scale: 'linear' } as const;
  return {
    'validation.svg': drawLineChart({ title: `${title}: people never learnt from`, x, y: { label: 'VAL', scale: 'linear', format: '~%' } }, [
      of('VAL at FAR 1e-3', (check) => check.val1e3),
      of('VAL at FAR 1e-4', (check) => check.val1e4),
    ]),
    // Before the first step there is no loss.
    'loss.svg': drawLineChart({ title: `${title}: loss of the triplets selected`, x, y: { label: 'mean of equation 3', scale: 'linear' } }, [
      of('loss', (check) => check.loss, 1),
    ]),
    'active.svg': drawLineChart({ title: `${title}: triplets inside the margin`, x, y: { label: 'share', scale: 'linear', format: '~%' } }, [
      of('active triplets', (check) => check.activeShare, 1),
    ]),
  };
}
