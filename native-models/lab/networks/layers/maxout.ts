/** Maxout: of every few neighbours of a fully connected layer, the largest. */

import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { takeInput } from './single-input.ts';

type LayerArgs = ConstructorParameters<typeof layers.Layer>[0];

/** [n, units * pieces] in, [n, units] out; stands behind a dense layer that holds the weights.
 *  Source: Goodfellow et al. 2013. */
export class Maxout extends layers.Layer {
  static readonly className = 'KindredMaxout';
  readonly #pieces: number;

  constructor(config: NonNullable<LayerArgs> & { readonly pieces: number }) {
    super(config);
    this.#pieces = config.pieces;
  }

  override computeOutputShape([count = null, width = null]: (number | null)[]): (number | null)[] {
    return [count, width === null ? null : width / this.#pieces];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = takeInput(inputs);
      return tf.max(tf.reshape(input, [-1, input.shape[1]! / this.#pieces, this.#pieces]), 2);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), pieces: this.#pieces };
  }
}

tf.serialization.registerClass(Maxout);
