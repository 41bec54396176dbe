/** Small graphs, each about one operator or pattern of them, for every runtime to run. */

import { wave, type CraftedModel, type CraftedNode } from '../onnx/craft-model.ts';

const weights = (shape: readonly number[], phase = 1): { shape: readonly number[]; floats: number[] } => ({
  shape,
  floats: wave(
    shape.reduce((product, size) => product * size, 1),
    phase,
  ),
});

function conv(integers: CraftedNode['integers'], filter: readonly number[]): CraftedModel {
  return {
    input: [1, 4, 9, 8],
    nodes: [{ operator: 'Conv', inputs: ['x', 'w', 'b'], output: 'y', ...(integers ? { integers } : {}) }],
    constants: { w: weights(filter), b: weights([filter[0] ?? 0], 2) },
    outputs: ['y'],
  };
}

/** A convolution makes "c" with channels last; then come `nodes`. */
function afterConv(nodes: readonly CraftedNode[], constants: CraftedModel['constants'] = {}, operatorSet = 11): CraftedModel {
  return {
    input: [1, 2, 6, 5],
    nodes: [{ operator: 'Conv', inputs: ['x', 'w'], output: 'c' }, ...nodes],
    constants: { w: weights([3, 2, 2, 2]), ...constants },
    outputs: [nodes.at(-1)?.output ?? 'c'],
    operatorSet,
  };
}

const normalisation = {
  scale: { shape: [3], floats: [0.5, 2, -1] },
  shift: { shape: [3], floats: [0.1, -0.2, 0.3] },
  mean: { shape: [3], floats: [0.4, 0, -0.1] },
  variance: { shape: [3], floats: [0.3, 1.5, 0.9] },
};
const normalise = (input: string, output: string): CraftedNode => ({
  operator: 'BatchNormalization',
  inputs: [input, 'scale', 'shift', 'mean', 'variance'],
  output,
  floats: { epsilon: 1e-3 },
});

/** By what they are about. */
export const operatorModels: Readonly<Record<string, CraftedModel>> = {
  'a convolution without padding': conv({}, [5, 4, 3, 3]),
  'a convolution with stride 2 and padding 1': conv({ strides: [2, 2], pads: [1, 1, 1, 1] }, [5, 4, 3, 3]),
  'a convolution with the same padding on all sides': conv({ pads: [1, 1, 1, 1] }, [5, 4, 3, 3]),
  'a convolution padded on two sides only': conv({ pads: [2, 0, 0, 1] }, [5, 4, 3, 3]),
  'a dilated convolution': conv({ dilations: [2, 2], pads: [2, 2, 2, 2] }, [5, 4, 3, 3]),
  'a convolution with auto_pad': {
    ...conv({ strides: [2, 2] }, [5, 4, 3, 3]),
    nodes: [{ operator: 'Conv', inputs: ['x', 'w', 'b'], output: 'y', integers: { strides: [2, 2] }, texts: { auto_pad: 'SAME_LOWER' } }],
  },
  'a depthwise convolution': conv({ group: 4, pads: [1, 1, 1, 1] }, [4, 1, 3, 3]),
  'a depthwise convolution with stride 2': conv({ group: 4, strides: [2, 2], pads: [1, 1, 1, 1] }, [4, 1, 3, 3]),
  'a depthwise convolution with two outputs a channel': conv({ group: 4 }, [8, 1, 3, 3]),
  'a convolution in two groups': conv({ group: 2, pads: [1, 1, 1, 1] }, [6, 2, 3, 3]),
  'a convolution in two groups with PReLU': {
    ...conv({ group: 2 }, [6, 2, 3, 3]),
    nodes: [
      { operator: 'Conv', inputs: ['x', 'w', 'b'], output: 'c', integers: { group: 2 } },
      { operator: 'PRelu', inputs: ['c', 'slopes'], output: 'y' },
    ],
    constants: { w: weights([6, 2, 3, 3]), b: weights([6], 2), slopes: weights([6, 1, 1], 3) },
  },
  'ReLU after a convolution': afterConv([{ operator: 'Relu', inputs: ['c'], output: 'y' }]),
  'ReLU after a convolution that something else takes too': afterConv([
    { operator: 'Relu', inputs: ['c'], output: 'r' },
    { operator: 'Add', inputs: ['c', 'r'], output: 'y' },
  ]),
  'PReLU with slopes below one': afterConv([{ operator: 'PRelu', inputs: ['c', 's'], output: 'y' }], {
    s: { shape: [3, 1, 1], floats: [0.1, -0.5, 0.9] },
  }),
  'PReLU with slopes above one': afterConv([{ operator: 'PRelu', inputs: ['c', 's'], output: 'y' }], {
    s: { shape: [3, 1, 1], floats: [0.1, 2.5, 0.9] },
  }),
  'PReLU of the input, with slopes that vary along the rows': {
    input: [1, 2, 3, 4],
    nodes: [{ operator: 'PRelu', inputs: ['x', 's'], output: 'y' }],
    constants: { s: weights([3, 1]) },
    outputs: ['y'],
  },
  'ReLU6 as Clip': afterConv([{ operator: 'Clip', inputs: ['c', 'low', 'high'], output: 'y' }], {
    low: { shape: [], floats: [0] },
    high: { shape: [], floats: [6] },
  }),
  'Clip to other limits': afterConv([{ operator: 'Clip', inputs: ['c', '', 'high'], output: 'y' }], {
    high: { shape: [], floats: [0.3] },
  }),
  'LeakyReLU, sigmoid and exponential': afterConv([
    { operator: 'LeakyRelu', inputs: ['c'], output: 'l', floats: { alpha: 0.3 } },
    { operator: 'Sigmoid', inputs: ['l'], output: 's' },
    { operator: 'Exp', inputs: ['s'], output: 'y' },
  ]),
  'square roots of squares': afterConv([
    { operator: 'Mul', inputs: ['c', 'c'], output: 's' },
    { operator: 'Sqrt', inputs: ['s'], output: 'y' },
  ]),
  'local response normalisation': {
    input: [1, 7, 3, 4],
    nodes: [{ operator: 'LRN', inputs: ['x'], output: 'y', integers: { size: 5 }, floats: { alpha: 3, beta: 0.75, bias: 2 } }],
    outputs: ['y'],
  },
  'unit vectors': {
    input: [1, 6],
    nodes: [{ operator: 'LpNormalization', inputs: ['x'], output: 'y' }],
    outputs: ['y'],
  },
  'unit vectors of channels': afterConv([{ operator: 'LpNormalization', inputs: ['c'], output: 'y', integers: { axis: 1, p: 2 } }]),
  'the largest of every two numbers': {
    input: [1, 8],
    nodes: [
      { operator: 'Reshape', inputs: ['x', 'pairs'], output: 'p' },
      { operator: 'MaxPool', inputs: ['p'], output: 'm', integers: { kernel_shape: [1, 2], strides: [1, 2] } },
      { operator: 'Reshape', inputs: ['m', 'row'], output: 'y' },
    ],
    constants: { pairs: { shape: [4], integers: [-1, 1, 4, 2] }, row: { shape: [2], integers: [-1, 4] } },
    outputs: ['y'],
  },
  'batch normalisation after a convolution without bias': afterConv([normalise('c', 'y')], normalisation),
  'batch normalisation after a convolution that something else takes too': afterConv(
    [normalise('c', 'n'), { operator: 'Add', inputs: ['n', 'c'], output: 'y' }],
    normalisation,
  ),
  'two batch normalisations in a row, the first taken twice': afterConv(
    [normalise('c', 'n'), normalise('n', 'm'), { operator: 'Add', inputs: ['n', 'm'], output: 'y' }],
    normalisation,
  ),
  'batch normalisation of the input': {
    input: [1, 3, 4, 4],
    nodes: [normalise('x', 'y')],
    constants: normalisation,
    outputs: ['y'],
  },
  'factors and offsets a channel after a convolution': afterConv(
    [
      { operator: 'Mul', inputs: ['factors', 'c'], output: 'm' },
      { operator: 'Sub', inputs: ['m', 'offsets'], output: 's' },
      { operator: 'Div', inputs: ['s', 'two'], output: 'y' },
    ],
    { factors: weights([3, 1, 1]), offsets: weights([1, 3, 1, 1], 2), two: { shape: [], floats: [2] } },
  ),
  'a constant along the columns after a convolution': afterConv([{ operator: 'Mul', inputs: ['c', 'k'], output: 'y' }], {
    k: weights([4]),
  }),
  'a constant minus a convolution': afterConv([{ operator: 'Sub', inputs: ['k', 'c'], output: 'y' }], {
    k: weights([3, 1, 1]),
  }),
  'concatenation along the channels': afterConv([
    { operator: 'Relu', inputs: ['c'], output: 'r' },
    { operator: 'Concat', inputs: ['c', 'r'], output: 'y', integers: { axis: 1 } },
  ]),
  'concatenation along the columns of a stored constant': afterConv(
    [{ operator: 'Concat', inputs: ['x', 'x'], output: 'y', integers: { axis: 3 } }],
  ),
  'a slice of channels and rows': afterConv([
    { operator: 'Slice', inputs: ['c'], output: 'y', integers: { axes: [1, 2], starts: [1, -2], ends: [3, 100] } },
  ], {}, 9),
  'flattening of an image': afterConv([{ operator: 'Flatten', inputs: ['c'], output: 'y' }]),
  'reshaping of an image': afterConv([{ operator: 'Reshape', inputs: ['c', 'shape'], output: 'y' }], {
    shape: { shape: [3], integers: [1, -1, 3] },
  }),
  'channels moved last and reshaped': afterConv(
    [
      { operator: 'Transpose', inputs: ['c'], output: 't', integers: { perm: [0, 2, 3, 1] } },
      { operator: 'Reshape', inputs: ['t', 'shape'], output: 'y' },
    ],
    { shape: { shape: [3], integers: [1, -1, 3] } },
  ),
  'rows and columns exchanged, then convolved': afterConv(
    [
      { operator: 'Transpose', inputs: ['c'], output: 't', integers: { perm: [0, 1, 3, 2] } },
      { operator: 'Conv', inputs: ['t', 'v'], output: 'y' },
    ],
    { v: weights([2, 3, 2, 3], 4) },
  ),
  'softmax over channels': afterConv([{ operator: 'Softmax', inputs: ['c'], output: 'y', integers: { axis: 1 } }], {}, 13),
  'softmax over the last axis': {
    input: [1, 5, 4],
    nodes: [{ operator: 'Softmax', inputs: ['x'], output: 'y', integers: { axis: 2 } }],
    outputs: ['y'],
  },
  'largest and mean of windows': afterConv([
    { operator: 'MaxPool', inputs: ['c'], output: 'm', integers: { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 1, 1] } },
    { operator: 'AveragePool', inputs: ['m'], output: 'y', integers: { kernel_shape: [2, 2], strides: [2, 2] } },
  ]),
  'mean of the image, flattened': afterConv([
    { operator: 'GlobalAveragePool', inputs: ['c'], output: 'm' },
    { operator: 'Flatten', inputs: ['m'], output: 'y' },
  ]),
  'enlarging by whole factors': afterConv(
    [
      {
        operator: 'Resize',
        inputs: ['c', '', 'scales'],
        output: 'y',
        texts: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      },
    ],
    { scales: { shape: [4], floats: [1, 1, 2, 3] } },
    13,
  ),
  'Gemm with transposed weights, factors and batch normalisation': {
    input: [1, 7],
    nodes: [
      { operator: 'Gemm', inputs: ['x', 'w', 'b'], output: 'g', integers: { transB: 1 }, floats: { alpha: 0.5, beta: 2 } },
      normalise('g', 'n'),
      { operator: 'Relu', inputs: ['n'], output: 'y' },
    ],
    constants: { w: weights([3, 7]), b: weights([3], 2), ...normalisation },
    outputs: ['y'],
  },
  'Gemm and MatMul with plain weights': {
    input: [1, 7],
    nodes: [
      { operator: 'Gemm', inputs: ['x', 'w', 'b'], output: 'g' },
      { operator: 'PRelu', inputs: ['g', 's'], output: 'p' },
      { operator: 'MatMul', inputs: ['p', 'v'], output: 'y' },
    ],
    constants: { w: weights([7, 4]), b: weights([4], 2), s: { shape: [4], floats: [0.1, 0.2, 3, 0.4] }, v: weights([4, 5], 3) },
    outputs: ['y'],
  },
  'squeezing and unsqueezing': {
    input: [1, 5, 1, 4],
    nodes: [
      { operator: 'Squeeze', inputs: ['x'], output: 's', integers: { axes: [2] } },
      { operator: 'Unsqueeze', inputs: ['s'], output: 'y', integers: { axes: [1] } },
    ],
    outputs: ['y'],
  },
  'an output that is an inner value too': {
    ...afterConv([{ operator: 'Relu', inputs: ['c'], output: 'y' }]),
    outputs: ['c', 'y'],
  },
};
