/** Trains a small network once for each value of what is studied, and puts the outcome beside FaceNet's published figures.
 *
 *  The published figures are of NN1 and NN2 on hundreds of millions of photos: what compares is which way they go. */

import path from 'node:path';
import { drawLineChart } from '../../charts/line-chart.ts';
import { readTrainingReport, type TrainingReport } from '../../training/runs/train-and-test.ts';
import type { TrainingOptions } from '../../training/runs/training-options.ts';

export interface StudyArm {
  /** As it is called in tables, and in the name of its folder. */
  readonly name: string;
  /** Where it stands on the chart. */
  readonly value: number;
  /** Of an embedding. */
  readonly dims: number;
  /** Of the people to learn from, 0 to 1. */
  readonly share: number;
  /** VAL at FAR 1e-3, 0 to 1. */
  readonly published: number;
  /** Standard error; null where none is given. */
  readonly publishedError: number | null;
}

/** Source: Schroff, Kalenichenko and Philbin 2015, table 5. */
export const dimsArms: readonly StudyArm[] = [
  { name: '64', value: 64, dims: 64, share: 1, published: 0.868, publishedError: 0.017 },
  { name: '128', value: 128, dims: 128, share: 1, published: 0.879, publishedError: 0.019 },
  { name: '256', value: 256, dims: 256, share: 1, published: 0.877, publishedError: 0.019 },
  { name: '512', value: 512, dims: 512, share: 1, published: 0.856, publishedError: 0.02 },
];

/** 2.6, 26, 52 and 260 million photos there: 1, 10, 20 and 100 %. Source: the same, table 6. */
export function listTrainingSizeArms(dims: number): StudyArm[] {
  return [
    { name: '1 %', value: 1, share: 0.01, published: 0.763 },
    { name: '10 %', value: 10, share: 0.1, published: 0.851 },
    { name: '20 %', value: 20, share: 0.2, published: 0.851 },
    { name: '100 %', value: 100, share: 1, published: 0.862 },
  ].map((arm) => ({ ...arm, dims, publishedError: null }));
}

export interface StudiedArm {
  readonly arm: StudyArm;
  readonly report: TrainingReport;
}

/** @param folder one within it for each arm; an arm that was finished there with the same options is not trained again
 *  @param train writes its report into the folder that it is given */
export async function runTrainingStudy(
  arms: readonly StudyArm[],
  { folder, options }: { readonly folder: string; readonly options: TrainingOptions },
  train: (arm: StudyArm, folder: string) => Promise<TrainingReport>,
): Promise<StudiedArm[]> {
  const studied: StudiedArm[] = [];
  for (const arm of arms) {
    const armFolder = path.join(folder, arm.name.replaceAll(/\W+/g, '') || arm.name);
    const kept = await readTrainingReport(armFolder);
    // Through JSON, as the kept ones went.
    const isSame = kept !== null && JSON.stringify(kept.options) === JSON.stringify(options);
    studied.push({ arm, report: isSame ? kept : await train(arm, armFolder) });
  }
  return studied;
}

/** @returns a self-contained SVG */
export function drawTrainingStudy(title: string, label: string, studied: readonly StudiedArm[]): string {
  const rateOf = ({ trained }: TrainingReport) => trained.rates.find(({ far }) => far === 1e-3)!;
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
        name: 'small network on our photos',
        style: 'both',
        points: studied.map(({ arm, report }) => ({ x: arm.value, y: rateOf(report).val, error: rateOf(report).standardError ?? 0 })),
      },
    ],
  );
}
