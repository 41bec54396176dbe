/** Puts embeddings on the unit hypersphere, so that gradients can be taken through it. */

import * as tf from '@tensorflow/tfjs-core';

/** Keeps the slope finite where an embedding is all zeros. */
const leastSquaredNorm = 1e-12;

/** x / sqrt(sum of x^2 + 1e-12), over the last axis. */
export function makeUnitVectors<Vectors extends tf.Tensor>(vectors: Vectors): Vectors {
  return tf.tidy(() => tf.mul(vectors, tf.rsqrt(tf.add(tf.sum(tf.square(vectors), -1, true), leastSquaredNorm))));
}
