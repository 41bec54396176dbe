import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawMining, listMiningArms, summariseMining } from '../../../../../native-models/lab/studies/training/mining-arms.ts';
import { drawBesidePublished, listDimsArms, listTrainingSizeArms } from '../../../../../native-models/lab/studies/training/published-arms.ts';
import { runTrainingStudy } from '../../../../../native-models/lab/studies/training/training-study.ts';
import type { TrainingReport } from '../../../../../native-models/lab/training/runs/train-and-test.ts';
import { noAugmentation } from '../../../../../native-models/lab/training/batches/augment-chip.ts';
import type { TrainingOptions } from '../../../../../native-models/lab/training/runs/training-options.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-study-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const options: TrainingOptions = {
  ...{ seed: 1, margin: 0.2, negatives: 'semi-hard', positives: 'all', people: 4, faces: 2, batch: 8, slice: 8, optimiser: 'adam' },
  ...{ learningRate: 0.01, lowerAt: [], augmentation: noAugmentation, steps: 10, minutes: Number.POSITIVE_INFINITY, checkEvery: 5, patience: 2 },
};

function invent(title: string): TrainingReport {
  const check = { step: 10, loss: 0.1, activeShare: 1, triplets: 8, learningRate: 0.01, val1e3: 0.3, val1e4: 0.1, equalError: 0.2, seconds: 5 };
  const rates = [1e-2, 1e-3].map((far) => ({ far, val: 0.4, standardError: 0.05, threshold: 1, impostorsAccepted: 3 }));
  const figures = { faces: 8, people: 4, genuinePairs: 6, impostorPairs: 20, rates, equalError: { rate: 0.2, threshold: 1 } };
  return { title, options, end: 'steps', best: check, checks: [check], untrained: figures, trained: figures };
}

test('An arm that was finished with the same options is not trained again', async () => {
  const trained: string[] = [];
  const train = async (arm: { readonly name: string }, armFolder: string): Promise<TrainingReport> => {
    trained.push(arm.name);
    await mkdir(armFolder, { recursive: true });
    await writeFile(path.join(armFolder, 'results.json'), JSON.stringify(invent(arm.name)));
    return invent(arm.name);
  };
  const studied = await runTrainingStudy(listTrainingSizeArms(128, options), folder, train);
  expect(trained).toEqual(['1 %', '10 %', '20 %', '100 %']);
  const again = await runTrainingStudy(listTrainingSizeArms(128, options), folder, train);
  expect(trained).toHaveLength(4);
  expect(again.map(({ report }) => report.title)).toEqual(studied.map(({ report }) => report.title));
  await runTrainingStudy(listTrainingSizeArms(128, { ...options, steps: 20 }), folder, train);
  expect(trained).toHaveLength(8);
});

test('The chart shows the published figures beside ours', () => {
  const studied = listDimsArms(options).map((arm) => ({ arm, report: invent(arm.name) }));
  const svg = drawBesidePublished({ title: 'dims', label: 'numbers', reference: 128 }, studied);
  expect(svg).toContain('published (FaceNet)');
  expect(svg).toContain('VAL, of that with 128');
  expect(svg).toContain('>512</text>');
  expect(svg.match(/<circle/g)).toHaveLength(12);
});

test('Rules of triplets are compared by means over their seeds', () => {
  const arms = listMiningArms(128, 2, options);
  expect(arms.map(({ folder: own }) => own)).toEqual([
    ...['semi-hard-all-1', 'hard-all-1', 'random-all-1', 'semi-hard-hard-1'],
    ...['semi-hard-all-2', 'hard-all-2', 'random-all-2', 'semi-hard-hard-2'],
  ]);
  expect(arms[5]!.options).toEqual({ ...options, negatives: 'hard', positives: 'all', seed: 2 });
  // By seed 0.5 or 0.7 at FAR 1e-2: a mean of 0.6, off by 0.1 each.
  const studied = arms.map((arm) => {
    const report = invent(arm.name);
    const val = arm.options.seed === 1 ? 0.5 : 0.7;
    return { arm, report: { ...report, trained: { ...report.trained, rates: report.trained.rates.map((rate) => ({ ...rate, val })) } } };
  });
  const rules = summariseMining(studied);
  expect(rules).toHaveLength(4);
  expect(rules[1]!.rule).toBe('hard negatives, all positives');
  expect(rules[1]!.rates[0]!.far).toBe(1e-2);
  expect(rules[1]!.rates[0]!.trained.mean).toBeCloseTo(0.6, 12);
  expect(rules[1]!.rates[0]!.trained.standardError).toBeCloseTo(0.1, 12);
  expect(rules[1]!.rates[0]!.untrained).toEqual({ mean: 0.4, standardError: 0 });
  expect(rules[1]!.equalError.trained).toEqual({ mean: 0.2, standardError: 0 });
  const charts = drawMining('NNS2', studied);
  expect(Object.keys(charts)).toEqual(['validation.svg', 'equal-error.svg', 'loss.svg']);
  expect(charts['validation.svg']!.match(/<circle/g)).toHaveLength(4);
});
