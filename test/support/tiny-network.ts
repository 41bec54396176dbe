/** A network of a few hundred weights, quick enough to train in a test without native code. */

import * as layers from '@tensorflow/tfjs-layers';
import { createModelNetwork } from '../../native-models/lab/training/model-network.ts';
import type { TrainableNetwork } from '../../native-models/lab/training/trainable-network.ts';

export function buildTinyModel(seed: number = 1): layers.LayersModel {
  const model = layers.sequential();
  model.add(
    layers.layers.conv2d({
      inputShape: [8, 8, 3],
      filters: 4,
      kernelSize: 3,
      strides: 2,
      activation: 'relu',
      kernelInitializer: layers.initializers.heNormal({ seed }),
    }),
  );
  model.add(layers.layers.flatten());
  model.add(layers.layers.dense({ units: 6, kernelInitializer: layers.initializers.glorotNormal({ seed: seed + 1 }) }));
  return model;
}

export function createTinyNetwork(seed: number = 1): TrainableNetwork {
  return createModelNetwork(buildTinyModel(seed));
}
