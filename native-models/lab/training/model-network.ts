/** A model of TensorFlow.js's layers as a network that can be trained. */

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../electron/base/errors.ts';
import { makeUnitVectors } from '../../onnx/unit-vectors.ts';
import type { TrainableNetwork } from './trainable-network.ts';

/** Of pixels: what they are moved by, and scaled by, to lie between -1 and 1. */
export const middle = 127.5;

/** @param model [n, height, width, 3] of -1 to 1 in, [n, dims] out, whether or not it normalises them itself; becomes the
 *    network's
 *  @throws AppError "model-mismatch" for other shapes */
export function createModelNetwork(model: LayersModel): TrainableNetwork {
  const [, height, width, channels] = readShape(model.inputs[0]?.shape, 4);
  const [, dims] = readShape(model.outputs[0]?.shape, 2);
  if (channels !== 3) throw new AppError('model-mismatch', `Expected a network of three channels but received ${channels}`);
  return {
    inputHeight: height!,
    inputWidth: width!,
    dims: dims!,
    // A layer's variable is one of TensorFlow.js's.
    variables: model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    averages: model.nonTrainableWeights.map((weight) => weight.read() as tf.Variable),
    embed: (chips, isTraining) =>
      tf.tidy(() => {
        const normalised = tf.div(tf.sub(chips, middle), middle);
        return makeUnitVectors(model.apply(normalised, { training: isTraining }) as tf.Tensor2D);
      }),
    dispose: () => void model.dispose(),
  };
}

function readShape(shape: readonly (number | null)[] | undefined, rank: number): readonly number[] {
  const rest = shape?.slice(1) ?? [];
  if (shape?.length !== rank || rest.some((length) => length === null || length < 1)) {
    throw new AppError('model-mismatch', `Expected a tensor of rank ${rank} with sizes but received ${JSON.stringify(shape)}`);
  }
  return shape.map((length) => length ?? 1);
}
