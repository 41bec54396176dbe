import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { createOptimiser, optimiserNames, type OptimiserName } from '../../../../../native-models/lab/training/steps/optimiser.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const references: Record<OptimiserName, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  adam: () => tf.train.adam(0.1),
};

test.each(optimiserNames)("%s makes the steps that TensorFlow.js's own makes", (name) => {
  const mine = tf.variable(tf.tensor1d([1, -2, 0.5]));
  const theirs = tf.variable(tf.tensor1d([1, -2, 0.5]));
  const optimiser = createOptimiser(name, [mine]);
  const reference = references[name]();
  for (let step = 0; step < 5; step++) {
    const loss = (weights: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.square(weights), tf.tensor1d([1, 3, step])));
    const gradient = tf.grad((weights: tf.Tensor) => loss(weights))(mine);
    optimiser.apply([gradient], 0.1);
    reference.minimize(() => loss(theirs), false, [theirs]);
  }
  const expected = theirs.dataSync();
  mine.dataSync().forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
});

test('An optimiser leaves nothing behind', () => {
  const weight = tf.variable(tf.tensor1d([1, 2]));
  const before = tf.memory().numTensors;
  const optimiser = createOptimiser('adam', [weight]);
  const gradient = tf.tensor1d([0.1, 0.2]);
  optimiser.apply([gradient], 0.1);
  gradient.dispose();
  optimiser.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
