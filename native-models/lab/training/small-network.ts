/** A small convolutional network for studies that train many: FaceNet's loss on a network that a processor trains in minutes. */

import * as tf from '@tensorflow/tfjs-layers';

export const smallNetworkSize = { width: 56, height: 64 } as const;

/** Filters of each level; each level halves the picture. */
const filters = [16, 32, 64, 96] as const;

/**
 * Four levels of a 3x3 convolution, batch normalisation and 2x2 maxima, then one fully connected layer. He's weights at the
 * start, seeded.
 * @returns [n, 64, 56, 3] of -1 to 1 in, [n, dims] out, not normalised
 */
export function buildSmallNetwork({ dims, seed }: { readonly dims: number; readonly seed: number }): tf.LayersModel {
  const input = tf.input({ shape: [smallNetworkSize.height, smallNetworkSize.width, 3] });
  let value: tf.SymbolicTensor = input;
  for (const [level, count] of filters.entries()) {
    const kernelInitializer = tf.initializers.heNormal({ seed: seed + level });
    const convolution = { filters: count, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer } as const;
    value = tf.layers.conv2d({ ...convolution, name: `convolution${level + 1}` }).apply(value) as tf.SymbolicTensor;
    value = tf.layers.batchNormalization({ momentum: 0.9, name: `normalisation${level + 1}` }).apply(value) as tf.SymbolicTensor;
    value = tf.layers.reLU({ name: `relu${level + 1}` }).apply(value) as tf.SymbolicTensor;
    value = tf.layers.maxPooling2d({ poolSize: 2, name: `pool${level + 1}` }).apply(value) as tf.SymbolicTensor;
  }
  value = tf.layers.flatten({ name: 'flat' }).apply(value) as tf.SymbolicTensor;
  const kernelInitializer = tf.initializers.glorotNormal({ seed: seed + filters.length });
  const output = tf.layers.dense({ units: dims, kernelInitializer, name: 'embedding' }).apply(value) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output, name: 'small' });
}
