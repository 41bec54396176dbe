/** L2 pooling: the root mean square over windows, at every place. */

import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { takeInput } from './single-input.ts';

type LayerArgs = ConstructorParameters<typeof layers.Layer>[0];

/** Added to the mean, so that a window of zeros has a slope. */
export const leastMeanSquare = 1e-8;

/**
 * sqrt(mean over a window of x^2 + 1e-8); beyond the border are zeros, which count.
 * The paper does not define it; the mean instead of the sum keeps the scale (at 3x3 they differ by a factor of 3).
 * Padded by hand: TensorFlow.js's CPU backend gives averages at a padded border a slope of another window.
 * Source: Sermanet, Chintala and LeCun 2012, with a flat window.
 */
export class L2Pooling extends layers.Layer {
  static readonly className = 'KindredL2Pooling';
  readonly #size: number;

  /** @param config size: pixels along a window's side, odd */
  constructor(config: NonNullable<LayerArgs> & { readonly size: number }) {
    super(config);
    this.#size = config.size;
  }

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const border = (this.#size - 1) / 2;
      const squares = tf.square(takeInput(inputs) as tf.Tensor4D);
      const padded = tf.pad4d(squares, [[0, 0], [border, border], [border, border], [0, 0]]);
      return tf.sqrt(tf.add(tf.avgPool(padded, this.#size, 1, 'valid'), leastMeanSquare));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.#size };
  }
}

tf.serialization.registerClass(L2Pooling);
