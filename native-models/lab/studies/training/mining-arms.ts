/** Which triplets a network learns from: the seminar's rules of negatives and positives, several seeds each.
 *
 *  Source: Schroff, Kalenichenko and Philbin 2015, section 3.2. */

import { groupBy } from '../../../../electron/base/group-by.ts';
import { drawLineChart, type LineSeries } from '../../charts/line-chart.ts';
import { meanWithError, type MeanWithError } from '../../../../electron/learning/verification/spread.ts';
import type { TestFigures, TrainingReport } from '../../training/runs/train-and-test.ts';
import type { TrainingCheck } from '../../training/runs/train-network.ts';
import type { TrainingOptions } from '../../training/runs/training-options.ts';
import { rateAt, type StudiedArm, type StudyArm } from './training-study.ts';

type MiningRule = Pick<TrainingOptions, 'negatives' | 'positives'>;

export interface MiningArm extends StudyArm {
  /** As its rule is called. */
  readonly rule: string;
}

const rules: readonly MiningRule[] = [
  { negatives: 'semi-hard', positives: 'all' },
  { negatives: 'hard', positives: 'all' },
  { negatives: 'random', positives: 'all' },
  { negatives: 'semi-hard', positives: 'hard' },
];

/** All rules of one seed before the next seed, so that what is finished first can be compared.
 *  @param seeds how many, counted up from the options' */
export function listMiningArms(dims: number, seeds: number, options: TrainingOptions): MiningArm[] {
  return Array.from({ length: seeds }, (_, index) => options.seed + index).flatMap((seed) =>
    rules.map(({ negatives, positives }) => ({
      name: `${nameRule({ negatives, positives })}, seed ${seed}`,
      folder: `${negatives}-${positives}-${seed}`,
      rule: nameRule({ negatives, positives }),
      ...{ dims, share: 1, options: { ...options, negatives, positives, seed } },
    })),
  );
}

function nameRule({ negatives, positives }: MiningRule): string {
  return `${negatives} negatives, ${positives} positives`;
}

export interface MiningSummary {
  readonly rule: string;
  /** Of equation 3, over the last steps. */
  readonly loss: MeanWithError;
  readonly activeShare: MeanWithError;
  /** On people whom nothing was chosen by, means over the seeds. */
  readonly rates: readonly (BeforeAndAfter & { readonly far: number })[];
  readonly equalError: BeforeAndAfter;
}

export interface BeforeAndAfter {
  readonly untrained: MeanWithError;
  readonly trained: MeanWithError;
}

const rates = [1e-2, 1e-3];

/** @param studied two seeds of each rule or more */
export function summariseMining(studied: readonly StudiedArm<MiningArm>[]): MiningSummary[] {
  return [...groupBy(studied, ({ arm }) => arm.rule)].map(([rule, arms]) => {
    const reports = arms.map(({ report }) => report);
    return {
      rule,
      loss: meanWithError(reports.map(({ checks }) => checks.at(-1)!.loss)),
      activeShare: meanWithError(reports.map(({ checks }) => checks.at(-1)!.activeShare)),
      rates: rates.map((far) => ({ far, ...compare(reports, (figures) => rateAt(figures, far).val) })),
      equalError: compare(reports, (figures) => figures.equalError.rate),
    };
  });
}

function compare(reports: readonly TrainingReport[], read: (figures: TestFigures) => number): BeforeAndAfter {
  return {
    untrained: meanWithError(reports.map(({ untrained }) => read(untrained))),
    trained: meanWithError(reports.map(({ trained }) => read(trained))),
  };
}

/** Means over the seeds at every look at the hold-out, with their standard errors.
 *  @returns self-contained SVGs by file name */
export function drawMining(title: string, studied: readonly StudiedArm<MiningArm>[]): Record<string, string> {
  const x = { label: 'step', scale: 'linear' } as const;
  const series = (read: (check: TrainingCheck) => number, first = 0): LineSeries[] =>
    [...groupBy(studied, ({ arm }) => arm.rule)].map(([name, arms]) => {
      const steps = Math.min(...arms.map(({ report }) => report.checks.length));
      const points = Array.from({ length: steps }, (_, index) => {
        const { mean, standardError } = meanWithError(arms.map(({ report }) => read(report.checks[index]!)));
        return { x: arms[0]!.report.checks[index]!.step, y: mean, error: standardError };
      });
      return { name, style: 'both', points: points.slice(first) };
    });
  const share = { scale: 'linear', format: '~%' } as const;
  return {
    'validation.svg': drawLineChart(
      { title: `${title}: people never learnt from`, x, y: { label: 'VAL at FAR 1e-3', ...share } },
      series(({ val1e3 }) => val1e3),
    ),
    'equal-error.svg': drawLineChart(
      { title: `${title}: people never learnt from`, x, y: { label: 'equal error rate', ...share } },
      series(({ equalError }) => equalError),
    ),
    // Before the first step there is no loss.
    'loss.svg': drawLineChart(
      { title: `${title}: loss of the triplets selected`, x, y: { label: 'mean of equation 3', scale: 'linear' } },
      series(({ loss }) => loss, 1),
    ),
  };
}
