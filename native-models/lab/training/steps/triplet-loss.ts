/** The triplet loss, and the distances that triplets are selected by, with TensorFlow.js on its current backend. */

import * as tf from '@tensorflow/tfjs-core';
import type { Triplets } from '../../../../electron/learning/triplets/select-triplets.ts';

/** The sum over all triplets of [D(a, p) - D(a, n) + margin]+, with D the squared distance; differentiable.
 *  @param embeddings [n, dims], unit vectors
 *  @returns a scalar; 0 without triplets
 *  Source: Schroff, Kalenichenko and Philbin 2015, equation 3. */
export function tripletLoss(embeddings: tf.Tensor2D, triplets: Triplets, margin: number): tf.Scalar {
  return tf.tidy(() => {
    if (triplets.anchors.length === 0) return tf.scalar(0);
    const anchors = tf.gather(embeddings, tf.tensor1d(triplets.anchors, 'int32'));
    const positives = tf.gather(embeddings, tf.tensor1d(triplets.positives, 'int32'));
    const negatives = tf.gather(embeddings, tf.tensor1d(triplets.negatives, 'int32'));
    const toPositives = tf.sum(tf.square(tf.sub(anchors, positives)), 1);
    const toNegatives = tf.sum(tf.square(tf.sub(anchors, negatives)), 1);
    return tf.sum<tf.Scalar>(tf.relu(tf.add(tf.sub(toPositives, toNegatives), margin)));
  });
}

/** @param embeddings [n, dims]
 *  @returns [n, n], squared distances of every two, none below 0 */
export function squaredDistancesOf(embeddings: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const lengths = tf.sum(tf.square(embeddings), 1, true);
    const products = tf.matMul(embeddings, embeddings, false, true);
    return tf.relu(tf.sub(tf.add(lengths, tf.transpose(lengths)), tf.mul(products, 2))) as tf.Tensor2D;
  });
}
