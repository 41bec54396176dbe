/** Local response normalisation: a channel is divided by what its neighbours at the same place say. */

import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { takeInput } from './single-input.ts';

export const localResponse = {
  /** Channels to either side. */
  radius: 2,
  bias: 2,
  /** AlexNet's 1e-4 is for pixels of about -128 to 128; inputs here are 1/127.5 of that, and their squares 1/127.5^2. */
  alpha: 1e-4 * 127.5 ** 2,
  beta: 0.75,
} as const;

/** x / (2 + alpha * sum over 5 channels of x^2)^0.75.
 *  The paper gives no constants. Source: Krizhevsky, Sutskever and Hinton 2012, section 3.3. */
export class LocalResponseNormalisation extends layers.Layer {
  static readonly className = 'KindredLocalResponseNormalisation';

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { radius, bias, alpha, beta } = localResponse;
    return tf.localResponseNormalization(takeInput(inputs) as tf.Tensor4D, radius, bias, alpha, beta);
  }
}

tf.serialization.registerClass(LocalResponseNormalisation);
