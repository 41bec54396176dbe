/** L2 normalisation: puts embeddings on the unit hypersphere. */

import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { makeUnitVectors } from '../../../onnx/unit-vectors.ts';
import { takeInput } from './single-input.ts';

/** x / sqrt(sum of x^2 + 1e-12), over the last axis. */
export class L2Normalisation extends layers.Layer {
  static readonly className = 'KindredL2Normalisation';

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return makeUnitVectors(takeInput(inputs));
  }
}

tf.serialization.registerClass(L2Normalisation);
