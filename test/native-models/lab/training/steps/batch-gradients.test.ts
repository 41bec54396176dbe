import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../../../../electron/base/random.ts';
import { computeBatchGradients, type GradientOptions } from '../../../../../native-models/lab/training/steps/batch-gradients.ts';
import type { TrainableNetwork } from '../../../../../native-models/lab/training/trainable-network.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const dims = 3;
const inputs = 2 * 2 * 3;

/** Its embeddings are pixels times weights, made unit vectors: what float64 below computes by hand. */
function createLinearNetwork(weights: readonly number[]): TrainableNetwork {
  const variable = tf.variable(tf.tensor2d([...weights], [inputs, dims]));
  return {
    inputHeight: 2,
    inputWidth: 2,
    dims,
    variables: [variable],
    embed: (chips) =>
      tf.tidy(() => {
        const values = tf.matMul(tf.reshape(tf.div(chips, 255), [chips.shape[0], inputs]), variable as tf.Tensor2D);
        return tf.div(values, tf.norm(values, 2, 1, true)) as tf.Tensor2D;
      }),
    dispose: () => variable.dispose(),
  };
}

const people = Int32Array.from([0, 0, 0, 1, 1, 2, 2, 3]);
const random = createRandom(3);
const pixels = Float32Array.from({ length: people.length * inputs }, () => Math.floor(random() * 256));
const weights = Array.from({ length: inputs * dims }, () => random() - 0.5);
const margin = 0.2;

function embedInDoubles(values: readonly number[]): number[][] {
  return Array.from(people, (_, face) => {
    const raw = Array.from({ length: dims }, (_, at) => {
      let sum = 0;
      for (let input = 0; input < inputs; input++) sum += (pixels[face * inputs + input]! / 255) * values[input * dims + at]!;
      return sum;
    });
    const norm = Math.hypot(...raw);
    return raw.map((value) => value / norm);
  });
}

function distance(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + (value - other[at]!) ** 2, 0);
}

/** Selection by enumeration, written apart from the code it checks. @returns [anchor, positive, negative] */
function selectByEnumeration(embeddings: number[][], negatives: 'semi-hard' | 'hard', positives: 'all' | 'hard'): [number, number, number][] {
  const triplets: [number, number, number][] = [];
  for (const [anchor, at] of embeddings.entries()) {
    const others = embeddings.map((to, face) => ({ face, d: distance(at, to) })).filter(({ face }) => face !== anchor);
    let same = others.filter(({ face }) => people[face] === people[anchor]);
    if (positives === 'hard') same = same.sort((one, other) => other.d - one.d).slice(0, 1);
    for (const positive of same) {
      const candidates = others
        .filter(({ face }) => people[face] !== people[anchor])
        .filter(({ d }) => negatives === 'hard' || (d > positive.d && d < positive.d + margin))
        .sort((one, other) => one.d - other.d);
      if (candidates[0] !== undefined) triplets.push([anchor, positive.face, candidates[0].face]);
    }
  }
  return triplets;
}

/** @returns mean over the active ones */
function lossInDoubles(values: readonly number[], triplets: readonly [number, number, number][]): number {
  const embeddings = embedInDoubles(values);
  const losses = triplets.map(([a, p, n]) => distance(embeddings[a]!, embeddings[p]!) - distance(embeddings[a]!, embeddings[n]!) + margin);
  const active = losses.filter((loss) => loss > 0);
  return active.reduce((sum, loss) => sum + loss, 0) / active.length;
}

describe('Loss and gradient of a batch', () => {
  test.each([
    ['semi-hard', 'all', 8],
    ['semi-hard', 'all', 3],
    ['hard', 'all', 3],
    ['hard', 'hard', 8],
    ['semi-hard', 'hard', 2],
  ] as const)('With %s negatives, %s positives and slices of %i they are what float64 finds', async (negatives, positives, sliceSize) => {
    const network = createLinearNetwork(weights);
    const options: GradientOptions = { negatives, positives, margin, random: createRandom(1), sliceSize };
    const { gradients, triplets, active } = await computeBatchGradients(network, { pixels, people }, options);
    const expected = selectByEnumeration(embedInDoubles(weights), negatives, positives);
    expect(triplets).toBe(expected.length);
    expect(active).toBeGreaterThan(0);
    const values = gradients![0]!.dataSync();
    const reach = 1e-6;
    weights.forEach((weight, at) => {
      const moved = (by: number): number[] => weights.map((value, index) => (index === at ? weight + by : value));
      const slope = (lossInDoubles(moved(reach), expected) - lossInDoubles(moved(-reach), expected)) / (2 * reach);
      expect(values[at]).toBeCloseTo(slope, 4);
    });
    tf.dispose([...gradients!]);
    network.dispose();
  });

  test('Nothing is left on the backend, in slices or at once', async () => {
    const network = createLinearNetwork(weights);
    const before = tf.memory().numTensors;
    for (const sliceSize of [3, 8]) {
      const options: GradientOptions = { negatives: 'random', positives: 'all', margin, random: createRandom(1), sliceSize };
      const { gradients } = await computeBatchGradients(network, { pixels, people }, options);
      tf.dispose([...gradients!]);
    }
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  test('A batch without a triplet has nothing to teach', async () => {
    const network = createLinearNetwork(weights);
    const options: GradientOptions = { negatives: 'hard', positives: 'all', margin, random: createRandom(1), sliceSize: 8 };
    const alone = { pixels: pixels.slice(0, 2 * inputs), people: Int32Array.from([0, 1]) };
    expect(await computeBatchGradients(network, alone, options)).toEqual({ loss: 0, triplets: 0, active: 0, gradients: null });
    network.dispose();
  });

  test('A network that has lost its numbers is told, not trained further', async () => {
    const network = createLinearNetwork(weights.map(() => Number.NaN));
    const options: GradientOptions = { negatives: 'hard', positives: 'all', margin, random: createRandom(1), sliceSize: 3 };
    await expect(computeBatchGradients(network, { pixels, people }, options)).rejects.toMatchObject({ code: 'internal' });
    network.dispose();
  });
});
