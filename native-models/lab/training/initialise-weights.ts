/** Scales a network's first weights by what they make of real chips, so that embeddings are spread out from the first step.
 *
 *  [Note: collapse] Without it the embeddings of a deep network without batch normalisation begin nearly alike: what all faces
 *  have in common outweighs what they differ in, more with every layer. Semi-hard triplets then lie on the margin one and
 *  all, and the cheapest way to a loss of the margin is to make everything equal. So layer by layer, from the front, each
 *  channel's output is moved and scaled to mean 0 and deviation 1 over a first batch.
 *  Sources: Mishkin and Matas 2016 (LSUV); Salimans and Kingma 2016, section 3 (data-dependent initialisation). */

import * as tf from '@tensorflow/tfjs-core';
import type { ChipShape } from './chips/chip-shape.ts';
import type { TrainingChip } from './chips/training-chip.ts';
import { middle } from './model-network.ts';
import { readyChips } from './runs/measure-chips.ts';
import { model as createModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Channels that answer alike to all chips are left as they are. */
const leastDeviation = 1e-4;
/** The activation that changes nothing, as layers ask for it. */
const linear = { apply: (values: tf.Tensor): tf.Tensor => values, getClassName: (): string => 'linear' };

const initialisingChips = 64;

/** As initialiseWeights, on the first chips of those people.
 *  @param people to learn from */
export async function initialiseOnPeople(
  model: LayersModel,
  { chips, people, shape }: { readonly chips: readonly TrainingChip[]; readonly people: readonly string[]; readonly shape: ChipShape },
): Promise<void> {
  const learnt = new Set(people);
  const ready = await readyChips(chips.filter(({ person }) => learnt.has(person)).slice(0, initialisingChips), shape);
  tf.tidy(() => {
    const values = tf.tensor4d(ready.pixels, [ready.people.length, shape.height, shape.width, 3]);
    initialiseWeights(model, tf.div(tf.sub(values, middle), middle));
  });
}

/** Changes the model's convolutions and fully connected layers that have a bias; those without are left to what follows them.
 *  @param chips [n, height, width, 3] as the model takes them, -1 to 1 */
export function initialiseWeights(model: LayersModel, chips: tf.Tensor4D): void {
  for (const layer of model.layers) {
    const [kernel, bias, ...others] = layer.trainableWeights;
    const isWeighted = layer.getClassName() === 'Conv2D' || layer.getClassName() === 'Dense';
    if (!isWeighted || kernel === undefined || bias === undefined || others.length > 0) continue;
    tf.tidy(() => {
      const values = runLinear(model, layer, chips);
      const axes = values.shape.slice(0, -1).map((_, axis) => axis);
      const { mean, variance } = tf.moments(values, axes);
      const deviation = tf.sqrt(variance);
      const isLive = tf.greater(deviation, leastDeviation);
      const factor = tf.where(isLive, tf.div(1, tf.maximum(deviation, leastDeviation)), tf.onesLike(deviation));
      kernel.write(tf.mul(kernel.read(), factor));
      bias.write(tf.mul(tf.sub(bias.read(), mean), factor));
    });
  }
}

/** @returns what the layer makes before its activation, [n, ..., channels] */
function runLinear(model: LayersModel, layer: LayersModel['layers'][number], chips: tf.Tensor4D): tf.Tensor {
  const inputOf = layer.input as SymbolicTensor;
  const isFirst = inputOf.name === model.inputs[0]?.name;
  const value = isFirst ? chips : (createModel({ inputs: model.inputs, outputs: inputOf }).apply(chips) as tf.Tensor);
  const configured = layer as unknown as { activation: unknown };
  const { activation } = configured;
  // The statistics are those of what is moved and scaled: the activation stands aside for one run.
  configured.activation = linear;
  try {
    return layer.apply(value) as tf.Tensor;
  } finally {
    configured.activation = activation;
  }
}
