/** Counts the multiply-adds of a model of TensorFlow.js's layers. */

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../../electron/base/errors.ts';

type AnyLayer = LayersModel['layers'][number];

/** Every weight of these is used once at each place of the output. */
const perPlace: ReadonlySet<string> = new Set(['Conv2D', 'DepthwiseConv2D']);
/** Runtimes fold its scales into the convolution before. */
const folded: ReadonlySet<string> = new Set(['BatchNormalization']);

/** By the rules of describeNetwork: biases count, what scales channels does not.
 *  @returns for one face
 *  @throws AppError "unsupported-operator" for another layer that has weights */
export function countModel(model: LayersModel): number {
  return model.layers.reduce((sum, layer) => sum + countLayer(layer), 0);
}

function countLayer(layer: AnyLayer): number {
  const parameters = layer.countParams();
  const kind = layer.getClassName();
  if (parameters === 0 || folded.has(kind)) return 0;
  if (kind === 'Dense') return parameters;
  if (perPlace.has(kind)) {
    const [, height, width] = layer.outputShape as (number | null)[];
    return parameters * (height ?? 1) * (width ?? 1);
  }
  throw new AppError('unsupported-operator', `Expected a layer that Kindred trains but ${layer.name} is ${kind}`, {
    parameters: { operator: kind, node: layer.name },
  });
}
