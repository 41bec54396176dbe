/** A pack's embedder of a few hundred weights that has every kind of layer that training knows. */

import type { EmbedderOfPack } from '../../../../native-models/lab/training/pack-network.ts';
import { craftModel, wave } from '../../onnx/craft-model.ts';

const filter = (shape: number[], phase: number): { shape: number[]; floats: number[] } => ({
  shape,
  floats: wave(shape.reduce((product, size) => product * size, 1), phase),
});

/** Uneven pads, a PReLU with a slope above one, a depthwise convolution, a batch normalisation, a sum and a product. */
export const tinyPack: EmbedderOfPack = {
  embedder: craftModel({
    input: [1, 3, 6, 6],
    nodes: [
      { operator: 'Conv', inputs: ['x', 'w1', 'b1'], output: 'c1', integers: { pads: [1, 0, 2, 1] } },
      { operator: 'PRelu', inputs: ['c1', 's1'], output: 'r1' },
      { operator: 'Conv', inputs: ['r1', 'w2'], output: 'c2', integers: { pads: [1, 1, 1, 1], group: 4 } },
      { operator: 'BatchNormalization', inputs: ['c2', 'gain', 'shift', 'average', 'variance'], output: 'n2' },
      { operator: 'Add', inputs: ['n2', 'r1'], output: 'a2' },
      { operator: 'MaxPool', inputs: ['a2'], output: 'p2', integers: { kernel_shape: [2, 2], strides: [2, 2] } },
      { operator: 'Conv', inputs: ['p2', 'w3', 'b3'], output: 'c3', integers: { strides: [2, 2] } },
      { operator: 'Relu', inputs: ['c3'], output: 'r3' },
      { operator: 'Flatten', inputs: ['r3'], output: 'f3', integers: { axis: 1 } },
      { operator: 'Gemm', inputs: ['f3', 'w4', 'b4'], output: 'y', integers: { transB: 1 }, floats: { alpha: 0.5 } },
    ],
    constants: {
      w1: filter([4, 3, 2, 2], 0.1),
      b1: filter([4], 0.7),
      s1: { shape: [4, 1, 1], floats: [0.25, 1.5, 0.1, -0.3] },
      w2: filter([4, 1, 3, 3], 0.4),
      gain: { shape: [4], floats: [1.2, 0.8, 1, 0.6] },
      shift: filter([4], 0.2),
      average: filter([4], 1.1),
      variance: { shape: [4], floats: [0.5, 1.5, 1, 2] },
      w3: filter([5, 4, 1, 1], 0.9),
      b3: { shape: [5], floats: [0.4, 0.3, 0.5, 0.2, 0.6] },
      w4: filter([3, 20], 0.3),
      b4: filter([3], 0.5),
    },
    outputs: ['y'],
  }),
  manifest: {
    embedder: {
      file: 'tiny.onnx',
      input: { name: 'x', shape: [1, 3, 6, 6], layout: 'nchw', channelOrder: 'bgr', mean: [120, 130, 125], scale: 100 },
      outputs: { embedding: 'y' },
      template: { kind: 'arcface-5', chipSizePx: 6, points: [[1, 1], [4, 1], [3, 3], [2, 5], [4, 5]] },
      length: 3,
      normalised: true,
      isMirrored: true,
    },
  },
};
