/** L2 normalisation: puts embeddings on the unit hypersphere. */

import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { takeInput } from './single-input.ts';

/** Keeps the slope finite where an embedding is all zeros. */
const leastSquaredNorm = 1e-12;

/** x / sqrt(sum of x^2 + 1e-12), over the last axis. */
export class L2Normalisation extends layers.Layer {
  static readonly className = 'KindredL2Normalisation';

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = takeInput(inputs);
      return tf.mul(input, tf.rsqrt(tf.add(tf.sum(tf.square(input), -1, true), leastSquaredNorm)));
    });
  }
}

tf.serialization.registerClass(L2Normalisation);
