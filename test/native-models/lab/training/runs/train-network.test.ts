import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lightAugmentation } from '../../../../../native-models/lab/training/batches/augment-chip.ts';
import { splitPeople } from '../../../../../native-models/lab/training/batches/split-people.ts';
import { trainAndTest, readTrainingReport } from '../../../../../native-models/lab/training/runs/train-and-test.ts';
import { trainNetwork, type TrainingRun } from '../../../../../native-models/lab/training/runs/train-network.ts';
import { learningRateAt, type TrainingOptions } from '../../../../../native-models/lab/training/runs/training-options.ts';
import type { TrainableNetwork } from '../../../../../native-models/lab/training/trainable-network.ts';
import { drawFaces, tinyShape } from '../../../../support/drawn-faces.ts';
import { createTinyNetwork } from '../../../../support/tiny-network.ts';

let folder: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-training-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const chips = drawFaces(24, 4);
const split = splitPeople([...new Set(chips.map(({ person }) => person))], { seed: 1, validationShare: 0.25, testShare: 0.25, trainingShare: 1 });
const options: TrainingOptions = {
  seed: 5,
  margin: 0.2,
  negatives: 'semi-hard',
  positives: 'all',
  people: 6,
  faces: 3,
  batch: 20,
  slice: 7,
  optimiser: 'adam',
  learningRate: 0.01,
  lowerAt: [0.6],
  augmentation: lightAugmentation,
  steps: 4,
  minutes: Number.POSITIVE_INFINITY,
  checkEvery: 2,
  patience: Number.POSITIVE_INFINITY,
};

function prepare(network: TrainableNetwork, changes: Partial<TrainingRun> = {}): TrainingRun {
  return { network, chips, shape: tinyShape, split, options, title: 'tiny', checkpointFile: null, resumes: false, now: () => 0, ...changes };
}

function readWeights(network: TrainableNetwork): number[] {
  return network.variables.flatMap((variable) => Array.from(variable.dataSync()));
}

describe('A training', () => {
  test('Of one seed comes out the same twice, and otherwise of another', async () => {
    const [one, same, other] = [createTinyNetwork(), createTinyNetwork(), createTinyNetwork()];
    const first = await trainNetwork(prepare(one));
    expect(await trainNetwork(prepare(same))).toEqual(first);
    await trainNetwork(prepare(other, { options: { ...options, seed: 6 } }));
    expect(readWeights(same)).toEqual(readWeights(one));
    expect(readWeights(other)).not.toEqual(readWeights(one));
  });

  test('That is stopped after two steps and resumed ends where one of four steps does', async () => {
    const whole = createTinyNetwork();
    const expected = await trainNetwork(prepare(whole));
    const checkpointFile = path.join(folder, 'checkpoint.bin');
    const controller = new AbortController();
    const stopped = prepare(createTinyNetwork(), {
      checkpointFile,
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 2) controller.abort();
      },
    });
    await expect(trainNetwork(stopped)).rejects.toMatchObject({ code: 'cancelled' });
    const resumed = createTinyNetwork(99);
    expect(await trainNetwork(prepare(resumed, { checkpointFile, resumes: true }))).toEqual(expected);
    expect(readWeights(resumed)).toEqual(readWeights(whole));
  });

  test('Learns to tell apart people it has never seen', async () => {
    const longer = { ...options, steps: 60, checkEvery: 20, batch: 30, people: 12, faces: 4, slice: 30, lowerAt: [] };
    const noisy = drawFaces(24, 4, 300);
    const { checks, best } = await trainNetwork(prepare(createTinyNetwork(), { chips: noisy, options: longer }));
    expect(best.equalError).toBeLessThan(checks[0]!.equalError);
    expect(checks.at(-1)!.loss).toBeLessThan(checks[1]!.loss);
  });

  test('Ends where the hold-out has reached a plateau', async () => {
    const patient = { ...options, learningRate: 1e-9, steps: 50, checkEvery: 1, patience: 3 };
    const { end, checks } = await trainNetwork(prepare(createTinyNetwork(), { options: patient }));
    expect(end).toBe('plateau');
    expect(checks).toHaveLength(4);
  });

  test('Does not go on with the checkpoint of other settings', async () => {
    const checkpointFile = path.join(folder, 'checkpoint.bin');
    await trainNetwork(prepare(createTinyNetwork(), { checkpointFile }));
    const other = prepare(createTinyNetwork(), { checkpointFile, resumes: true, options: { ...options, margin: 0.3 } });
    await expect(trainNetwork(other)).rejects.toMatchObject({ code: 'conflict', parameters: { path: checkpointFile, settings: 'margin' } });
  });

  test('Does not take another file for a checkpoint', async () => {
    const checkpointFile = path.join(folder, 'checkpoint.bin');
    await writeFile(checkpointFile, 'something else');
    const run = prepare(createTinyNetwork(), { checkpointFile, resumes: true });
    await expect(trainNetwork(run)).rejects.toMatchObject({ code: 'bad-argument' });
  });

  test('With people to test on writes results and curves', async () => {
    const report = await trainAndTest({ ...prepare(createTinyNetwork()), folder, facts: {} });
    expect(report.trained.people).toBe(6);
    expect(report.trained.rates.map(({ far }) => far)).toEqual([1e-2, 1e-3, 1e-4, 1e-5]);
    expect(await readTrainingReport(folder)).toMatchObject({ end: 'steps', best: { step: report.best.step } });
  });
});

test('The learning rate is divided by ten at every share given', () => {
  const rates = [0, 0.59, 0.6, 0.9].map((share) => learningRateAt({ learningRate: 1, lowerAt: [0.6, 0.85] }, share));
  expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([1, 1, 0.1, 0.01]);
});
