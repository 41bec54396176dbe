/** What any backend is asked about training: a step of a tiny network, and a short training of a tiny pack's embedder. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../../../electron/base/random.ts';
import { lightAugmentation } from '../../../../native-models/lab/training/batches/augment-chip.ts';
import { splitPeople } from '../../../../native-models/lab/training/batches/split-people.ts';
import type { ChipShape } from '../../../../native-models/lab/training/chips/chip-shape.ts';
import { createPackNetwork } from '../../../../native-models/lab/training/pack-network.ts';
import { readTensors } from '../../../../native-models/lab/training/runs/checkpoint.ts';
import { trainAndTest } from '../../../../native-models/lab/training/runs/train-and-test.ts';
import { computeBatchGradients, type BatchLoss } from '../../../../native-models/lab/training/steps/batch-gradients.ts';
import { createOptimiser } from '../../../../native-models/lab/training/steps/optimiser.ts';
import { drawFaces } from '../../../support/drawn-faces.ts';
import { createTinyNetwork } from '../../../support/tiny-network.ts';
import { wave } from '../../onnx/craft-model.ts';
import { tinyPack } from './tiny-pack.ts';

export interface StepAnswer {
  readonly measured: BatchLoss;
  /** By variable. */
  readonly gradients: readonly number[][];
  readonly weightsBefore: readonly number[][];
  readonly weightsAfter: readonly number[][];
  /** That the step left on the backend. */
  readonly tensorsLeft: number;
}

const people = Int32Array.from([0, 0, 0, 1, 1, 1, 2, 2]);

/** Gradients of a drawn batch, and a step of AdaGrad by them; on the current backend.
 *  @param sliceSize faces that the network sees at a time, which changes nothing but rounding */
export async function takeTinyStep(sliceSize: number): Promise<StepAnswer> {
  const network = createTinyNetwork();
  const random = createRandom(5);
  const pixels = Float32Array.from({ length: people.length * 8 * 8 * 3 }, () => Math.floor(random() * 256));
  const readWeights = async (): Promise<number[][]> => toNumbers(await readTensors(network.variables));
  const before = tf.memory().numTensors;
  const weightsBefore = await readWeights();
  const { gradients, ...measured } = await computeBatchGradients(network, { pixels, people }, { ...rules, random, sliceSize });
  const values = await Promise.all(gradients!.map((gradient) => gradient.data<'float32'>()));
  const optimiser = createOptimiser('adagrad', network.variables);
  optimiser.apply(gradients!, 0.05);
  optimiser.dispose();
  tf.dispose([...gradients!]);
  const answer = { measured, gradients: toNumbers(values), weightsBefore, weightsAfter: await readWeights() };
  return { ...answer, tensorsLeft: tf.memory().numTensors - before };
}

const rules = { margin: 0.2, negatives: 'hard', positives: 'all' } as const;

function toNumbers(values: readonly Float32Array[]): number[][] {
  return values.map((one) => Array.from(one));
}

export interface TrainingAnswer {
  /** Of each look at the hold-out. */
  readonly losses: readonly number[];
  /** On people never learnt from. */
  readonly equalErrors: { readonly untrained: number; readonly trained: number };
  /** Of two chips, after the training. */
  readonly embeddings: readonly number[];
  /** ONNX, base 64. */
  readonly model: string;
}

const side = 6;
const shape: ChipShape = { width: side, height: side, borderPx: 2, template: tinyPack.manifest.embedder.template };

/** Four steps; on the current backend. */
export async function trainTinyPack(): Promise<TrainingAnswer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kindred-tiny-training-'));
  const network = createPackNetwork(tinyPack, { frozenLayers: 1 });
  try {
    const chips = drawFaces(18, 4);
    const split = splitPeople([...new Set(chips.map(({ person }) => person))], { seed: 1, validationShare: 0.25, testShare: 0.25, trainingShare: 1 });
    const { checks, untrained, trained } = await trainAndTest({
      ...{ folder, network, chips, shape, split, title: 'tiny', resumes: false, now: () => 0, facts: {} },
      options: {
        ...{ ...rules, seed: 5, people: 6, faces: 3, batch: 18, slice: 9, optimiser: 'adagrad', learningRate: 0.05, lowerAt: [] },
        ...{ augmentation: lightAugmentation, steps: 4, minutes: Number.POSITIVE_INFINITY, checkEvery: 2, patience: Number.POSITIVE_INFINITY },
      },
    });
    return {
      losses: checks.map(({ loss }) => loss),
      equalErrors: { untrained: untrained.equalError.rate, trained: trained.equalError.rate },
      model: Buffer.from(await network.writeModel()).toString('base64'),
      embeddings: await embedTwo(network),
    };
  } finally {
    network.dispose();
    await rm(folder, { recursive: true });
  }
}

/** @returns of two chips, by the network of an ONNX file, on the current backend */
export async function embedByModel(model: string): Promise<number[]> {
  const network = createPackNetwork({ ...tinyPack, embedder: Buffer.from(model, 'base64') }, { frozenLayers: 0 });
  const embeddings = await embedTwo(network);
  network.dispose();
  return embeddings;
}

async function embedTwo(network: ReturnType<typeof createPackNetwork>): Promise<number[]> {
  const embeddings = tf.tidy(() => network.embed(tf.tensor4d(wave(2 * side * side * 3).map((value) => 127 + 120 * value), [2, side, side, 3]), false));
  const values = await embeddings.data<'float32'>();
  embeddings.dispose();
  return Array.from(values);
}
