import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { readKeptChips, writeKeptChips } from '../../../../native-models/lab/training/chips/kept-chips.ts';
import { drawExplainedStep, explainStep } from '../../../../native-models/lab/training/explain-step.ts';
import { readLayersModel, writeLayersModel } from '../../../../native-models/lab/training/layers-model-files.ts';
import { openTrainingBackend } from '../../../../native-models/lab/training/open-training-backend.ts';
import { groupByPerson } from '../../../../native-models/lab/training/runs/train-network.ts';
import { initialiseWeights } from '../../../../native-models/lab/training/initialise-weights.ts';
import { buildTrainingNetwork } from '../../../../native-models/lab/training/training-networks.ts';
import { drawFaces, tinyShape } from '../../../support/drawn-faces.ts';
import { buildTinyModel, createTinyNetwork } from '../../../support/tiny-network.ts';

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

test.each(['wasm', 'onnx'] as const)('Training on %s is refused with the reason', async (runtime) => {
  await expect(openTrainingBackend(runtime, 1)).rejects.toMatchObject({ code: 'unsupported-operator', parameters: { runtime } });
});

test('A model written is read back with the same answers', async () => {
  const model = buildTinyModel();
  await writeLayersModel(folder, model);
  const read = await readLayersModel(folder);
  const input = tf.randomUniform([2, 8, 8, 3], -1, 1, 'float32', 1);
  const [expected, received] = [model, read].map((one) => Array.from((one.predict(input) as tf.Tensor).dataSync()));
  expect(received).toEqual(expected);
});

test('A folder without a model is said to lack one', async () => {
  await expect(readLayersModel(folder)).rejects.toMatchObject({ code: 'model-missing' });
});

test('A network that nobody knows is not built', () => {
  expect(() => buildTrainingNetwork({ name: 'nn9', dims: 8, seed: 1, normalisation: 'batch' })).toThrowError(expect.objectContaining({ code: 'not-found' }));
});

test('Settled weights give every channel mean 0 and deviation 1', () => {
  const model = buildTinyModel();
  const chips = tf.randomUniform<tf.Rank.R4>([32, 8, 8, 3], -0.2, 1, 'float32', 2);
  initialiseWeights(model, chips);
  const { mean, variance } = tf.moments(model.predict(chips) as tf.Tensor, 0);
  mean.dataSync().forEach((value) => expect(value).toBeCloseTo(0, 4));
  variance.dataSync().forEach((value) => expect(value).toBeCloseTo(1, 3));
});

describe('Kept chips', () => {
  const key = { pack: 'standard', packFingerprint: 'f', pipelineVersion: 2, effort: 'balanced' };
  const chips = drawFaces(2, 2);

  test('Come back as they were', async () => {
    const file = path.join(folder, 'chips.bin');
    await writeKeptChips(file, { key, shape: tinyShape, missed: ['a/1.jpg'], chips });
    const kept = await readKeptChips(file, key);
    expect(kept).toMatchObject({ key, shape: tinyShape, missed: ['a/1.jpg'] });
    expect(kept!.chips.map(({ photo }) => photo)).toEqual(chips.map(({ photo }) => photo));
    expect(Array.from(kept!.chips[3]!.image.data)).toEqual(Array.from(chips[3]!.image.data));
  });

  test('Of another way to find faces are not taken', async () => {
    const file = path.join(folder, 'chips.bin');
    await writeKeptChips(file, { key, shape: tinyShape, missed: [], chips });
    expect(await readKeptChips(file, { ...key, pipelineVersion: 3 })).toBeNull();
    expect(await readKeptChips(path.join(folder, 'none.bin'), key)).toBeNull();
  });

  test('Are not read from a file that is something else', async () => {
    const file = path.join(folder, 'chips.bin');
    await writeFile(file, 'no chips at all');
    await expect(readKeptChips(file, key)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

test('A step explained brings the positive closer than the negative', async () => {
  const chips = drawFaces(8, 3, 400);
  const facesByPerson = groupByPerson(chips, [...new Set(chips.map(({ person }) => person))]);
  const rules = { margin: 0.2, negatives: 'hard', positives: 'all', optimiser: 'sgd', learningRate: 0.05, slice: 24, people: 8, faces: 3, size: 24 } as const;
  const step = await explainStep(createTinyNetwork(), { chips, shape: tinyShape, facesByPerson }, rules, createRandom(1));
  expect(step.anchor.person).toBe(step.positive.person);
  expect(step.anchor.person).not.toBe(step.negative.person);
  expect(step.after.toPositive - step.after.toNegative).toBeLessThan(step.before.toPositive - step.before.toNegative);
  const page = await drawExplainedStep(step);
  expect(page).toContain(step.before.toPositive.toFixed(4));
  expect(page.match(/data:image\/jpeg;base64,/g)).toHaveLength(3);
});
