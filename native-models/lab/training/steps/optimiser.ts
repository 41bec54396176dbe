/** Changes a network's weights by their gradients; what it remembers of earlier steps can be kept and brought back.
 *
 *  TensorFlow.js has optimisers too, but their learning rate is fixed and what they remember hangs on names of variables. */

import * as tf from '@tensorflow/tfjs-core';

export const optimiserNames = ['adagrad', 'adam', 'momentum', 'sgd'] as const;
export type OptimiserName = (typeof optimiserNames)[number];

export interface Optimiser {
  /** Tensors of one weight's shape, by slot and in the order of the weights. */
  readonly slots: readonly (readonly tf.Variable[])[];
  /** Steps made so far; a caller that brings slots back sets it too. */
  stepsMade: number;
  /** @param gradients in the order of the weights */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  dispose(): void;
}

/** As TensorFlow's. */
const adagradStart = 0.1;
const adagradEpsilon = 1e-7;
const momentumFactor = 0.9;
const adamFirst = 0.9;
const adamSecond = 0.999;
const adamEpsilon = 1e-7;

const slotStarts: Readonly<Record<OptimiserName, readonly number[]>> = { adagrad: [adagradStart], adam: [0, 0], momentum: [0], sgd: [] };

/** Sources: Duchi, Hazan and Singer 2011 (AdaGrad); Kingma and Ba 2015, algorithm 1 (Adam); Polyak 1964 (momentum). */
export function createOptimiser(name: OptimiserName, weights: readonly tf.Variable[]): Optimiser {
  const slots = slotStarts[name].map((start) =>
    weights.map((weight) => tf.tidy(() => tf.variable(tf.fill(weight.shape, start), false))),
  );
  const step = stepOf[name];
  const optimiser: Optimiser = {
    slots,
    stepsMade: 0,
    apply(gradients, learningRate) {
      optimiser.stepsMade += 1;
      for (const [index, weight] of weights.entries()) {
        const memory = slots.map((slot) => slot[index]!);
        tf.tidy(() => weight.assign(tf.sub(weight, step(gradients[index]!, memory, learningRate, optimiser.stepsMade))));
      }
    },
    dispose: () => tf.dispose(slots.map((slot) => [...slot])),
  };
  return optimiser;
}

/** @returns what is taken from the weight; `memory` changes */
type Step = (gradient: tf.Tensor, memory: readonly tf.Variable[], learningRate: number, count: number) => tf.Tensor;

const stepOf: Readonly<Record<OptimiserName, Step>> = {
  sgd: (gradient, _, learningRate) => tf.mul(gradient, learningRate),
  momentum: (gradient, [velocity], learningRate) => {
    velocity!.assign(tf.add(tf.mul(velocity!, momentumFactor), gradient));
    return tf.mul(velocity!, learningRate);
  },
  adagrad: (gradient, [squares], learningRate) => {
    squares!.assign(tf.add(squares!, tf.square(gradient)));
    return tf.mul(tf.div(gradient, tf.sqrt(tf.add(squares!, adagradEpsilon))), learningRate);
  },
  adam: (gradient, [mean, square], learningRate, count) => {
    mean!.assign(tf.add(tf.mul(mean!, adamFirst), tf.mul(gradient, 1 - adamFirst)));
    square!.assign(tf.add(tf.mul(square!, adamSecond), tf.mul(tf.square(gradient), 1 - adamSecond)));
    const meanNow = tf.div(mean!, 1 - adamFirst ** count);
    const squareNow = tf.div(square!, 1 - adamSecond ** count);
    return tf.mul(tf.div(meanNow, tf.add(tf.sqrt(squareNow), adamEpsilon)), learningRate);
  },
};
