/** What FaceNet was trained with: lengths of an embedding, and numbers of photos; ours beside its published figures.
 *
 *  Those are of NN1 and NN2 on hundreds of millions of photos: what compares is which way they go. */

import { drawLineChart, type LineSeries } from '../../charts/line-chart.ts';
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

export interface PublishedChart {
  readonly title: string;
  /** Of what the arms differ in. */
  readonly label: string;
  /** Value of the arm that the others are shares of: what is published lies far above what a small network reaches. */
  readonly reference: number;
}

/** @returns a self-contained SVG of every VAL as a share of the reference's */
export function drawBesidePublished({ title, label, reference }: PublishedChart, studied: readonly StudiedArm<PublishedArm>[]): string {
  const compared = studied.find(({ arm }) => arm.value === reference)!;
  const ours = (name: string, far: number): LineSeries => {
    const whole = rateAt(compared.report.trained, far).val;
    const points = studied.map(({ arm, report }) => {
      const { val, standardError } = rateAt(report.trained, far);
      return { x: arm.value, y: val / whole, error: (standardError ?? 0) / whole };
    });
    return { name, style: 'both', points };
  };
  const published = studied.map(({ arm: { value, published: val, publishedError } }) => {
    const whole = compared.arm.published;
    return { x: value, y: val / whole, ...(publishedError === null ? {} : { error: publishedError / whole }) };
  });
  const values = studied.map(({ arm }) => arm.value);
  return drawLineChart(
    {
      title,
      x: { label, scale: 'log', ticks: values, format: 'd' },
      y: { label: `VAL, of that with ${compared.arm.name}`, scale: 'linear', format: '~%' },
    },
    [
      { name: 'published (FaceNet), FAR 1e-3', style: 'both', isDashed: true, points: published },
      ours('ours, FAR 1e-3', 1e-3),
      ours('ours, FAR 1e-2', 1e-2),
    ],
  );
}
