import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dimsArms, drawTrainingStudy, listTrainingSizeArms, runTrainingStudy } from '../../../../native-models/studies/training/training-study.ts';
import type { TrainingReport } from '../../../../native-models/training/runs/train-and-test.ts';
import { noAugmentation } from '../../../../native-models/training/batches/augment-chip.ts';
import type { TrainingOptions } from '../../../../native-models/training/runs/training-options.ts';

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
  const studied = await runTrainingStudy(listTrainingSizeArms(128), { folder, options }, train);
  expect(trained).toEqual(['1 %', '10 %', '20 %', '100 %']);
  const again = await runTrainingStudy(listTrainingSizeArms(128), { folder, options }, train);
  expect(trained).toHaveLength(4);
  expect(again.map(({ report }) => report.title)).toEqual(studied.map(({ report }) => report.title));
  await runTrainingStudy(listTrainingSizeArms(128), { folder, options: { ...options, steps: 20 } }, train);
  expect(trained).toHaveLength(8);
});

test('The chart shows the published figures beside ours', () => {
  const svg = drawTrainingStudy('dims', 'numbers', dimsArms.map((arm) => ({ arm, report: invent(arm.name) })));
  expect(svg).toContain('published (FaceNet)');
  expect(svg.match(/<circle/g)).toHaveLength(8);
});
