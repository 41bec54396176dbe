/** What FaceNet was trained with: lengths of an embedding, and numbers of photos; ours beside its published figures.
 *
 *  Those are of NN1 and NN2 on hundreds of millions of photos: what compares is which way they go. */

import { drawLineChart } from '../../charts/line-chart.ts';
import type { TrainingOptions } from '../../training/runs/training-options.ts';
import { rateAt, type StudiedArm, type StudyArm } from './training-study.ts';

export interface PublishedArm extends StudyArm {
  /** Where it stands on the chart. */
  readonly value: number;
  /** VAL at FAR 1e-3, 0 to 1. */
  readonly published: number;
  /** Standard error; null where none is given. */
  readonly publishedError: number | null;
}

/** Source: Schroff, Kalenichenko and Philbin 2015, table 5. */
export function listDimsArms(options: TrainingOptions): PublishedArm[] {
  return [
    { dims: 64, published: 0.868, publishedError: 0.017 },
    { dims: 128, published: 0.879, publishedError: 0.019 },
    { dims: 256, published: 0.877, publishedError: 0.019 },
    { dims: 512, published: 0.856, publishedError: 0.02 },
  ].map((arm) => ({ ...arm, name: String(arm.dims), folder: String(arm.dims), value: arm.dims, share: 1, options }));
}

/** 2.6, 26, 52 and 260 million photos there: 1, 10, 20 and 100 %. Source: the same, table 6. */
export function listTrainingSizeArms(dims: number, options: TrainingOptions): PublishedArm[] {
  return [
    { percent: 1, published: 0.763 },
    { percent: 10, published: 0.851 },
    { percent: 20, published: 0.851 },
    { percent: 100, published: 0.862 },
  ].map(({ percent, published }) => ({
    ...{ name: `${percent} %`, folder: String(percent), value: percent, share: percent / 100 },
    ...{ dims, published, publishedError: null, options },
  }));
}

/** @returns a self-contained SVG */
export function drawBesidePublished(title: string, label: string, studied: readonly StudiedArm<PublishedArm>[]): string {
  return drawLineChart(
    { title, x: { label, scale: 'log' }, y: { label: 'VAL at FAR 1e-3', scale: 'linear', format: '~%', range: [0, 1] } },
    [
      {
        name: 'published (FaceNet)',
        style: 'both',
        isDashed: true,
        points: studied.map(({ arm }) => ({ x: arm.value, y: arm.published, ...(arm.publishedError === null ? {} : { error: arm.publishedError }) })),
      },
      {
        name: 'ours',
        style: 'both',
        points: studied.map(({ arm, report }) => {
          const { val, standardError } = rateAt(report.trained, 1e-3);
          return { x: arm.value, y: val, error: standardError ?? 0 };
        }),
      },
    ],
  );
}
