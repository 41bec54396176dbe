/** Rebuilds face-api's recognition network, which is dlib's ResNet, as an ONNX file. */

import { AppError } from '../../electron/base/errors.ts';
import { addConstant, addIntegers, addNode, type GraphDraft } from '../onnx/graph-draft.ts';
import type { Graph } from '../onnx/graph.ts';
import { writeModel } from '../onnx/write-model.ts';
import { readFaceApiWeights, type Weights } from './face-api-weights.ts';

export const recognitionInput = 'input';
export const recognitionOutput = 'embedding';

/** Side of the chip that the network takes, pixels. */
const chipSizePx = 150;

/** Blocks in their order; those that end in "down" halve the picture, and all but the last of them double the channels. */
const blocks = [
  'conv32_1',
  'conv32_2',
  'conv32_3',
  'conv64_down',
  'conv64_1',
  'conv64_2',
  'conv64_3',
  'conv128_down',
  'conv128_1',
  'conv128_2',
  'conv256_down',
  'conv256_1',
  'conv256_2',
  'conv256_down_out',
] as const;

/** What a block hands to the next one. */
interface Picture {
  /** Name of the value. */
  readonly value: string;
  readonly channels: number;
  /** Pixels; height and width are the same. */
  readonly side: number;
}

interface Draft extends GraphDraft {
  readonly weights: ReadonlyMap<string, Weights>;
}

/**
 * The same package gives the same bytes. Input [n, 3, 150, 150], RGB less the means and over the scale of the manifest;
 * output [n, 128].
 * @throws AppError "model-missing", "model-mismatch" where the package does not hold the network
 * Source: dlib, dnn_face_recognition_ex.cpp; face-api's FaceRecognitionNet, whose weights come as they were in dlib.
 */
export async function convertFaceApiRecognition(): Promise<Uint8Array> {
  return writeModel(buildRecognitionGraph(await readFaceApiWeights('face_recognition_model')));
}

function buildRecognitionGraph(weights: ReadonlyMap<string, Weights>): Graph {
  const draft: Draft = { weights, nodes: [], constants: new Map() };
  let picture: Picture = { value: recognitionInput, channels: 3, side: chipSizePx };
  picture = addConvolution(draft, picture, { name: 'conv32_down', stride: 2, pad: 0 });
  picture = { ...picture, value: addNode(draft, 'Relu', [picture.value], 'conv32_down.relu') };
  picture = addPooling(draft, picture, { operator: 'MaxPool', kernel: 3, name: 'pool' });
  for (const block of blocks) picture = addBlock(draft, picture, block);
  addHead(draft, picture.value);
  return {
    operatorSet: 13,
    inputs: [{ name: recognitionInput, shape: [null, 3, chipSizePx, chipSizePx] }],
    outputs: [{ name: recognitionOutput, value: recognitionOutput }],
    nodes: draft.nodes,
    constants: draft.constants,
  };
}

/** Source: He et al. 2015, figure 2, with dlib's shortcut: averages of 2 x 2 pixels, and zeros where one side has less. */
function addBlock(draft: Draft, input: Picture, block: string): Picture {
  const isDown = block.includes('down');
  const first = addConvolution(draft, input, { name: `${block}/conv1`, stride: isDown ? 2 : 1, pad: isDown ? 0 : 1 });
  const relu = { ...first, value: addNode(draft, 'Relu', [first.value], `${block}.relu`) };
  const second = addConvolution(draft, relu, { name: `${block}/conv2`, stride: 1, pad: 1 });
  const shortcut = isDown ? addPooling(draft, input, { operator: 'AveragePool', kernel: 2, name: `${block}.average` }) : input;
  const side = Math.max(second.side, shortcut.side);
  const channels = Math.max(second.channels, shortcut.channels);
  const terms = [padPicture(draft, second, { channels, side }), padPicture(draft, shortcut, { channels, side })];
  const sum = addNode(draft, 'Add', terms, `${block}.sum`);
  return { value: addNode(draft, 'Relu', [sum], block), channels, side };
}

/** Scale and offset of each channel go into filter and bias: (f x + b) s + o = (f s) x + (b s + o). */
function addConvolution(
  draft: Draft,
  input: Picture,
  { name, stride, pad }: { name: string; stride: number; pad: number },
): Picture {
  const filters = takeWeights(draft, `${name}/conv/filters`);
  const [height = 0, width = 0, channelsIn = 0, channels = 0] = filters.shape;
  if (filters.shape.length !== 4 || channelsIn !== input.channels) {
    throw malformed(`filters over ${input.channels} channels as ${name}`, `[${filters.shape.join(', ')}]`);
  }
  const bias = takeWeights(draft, `${name}/conv/bias`, channels).values;
  const factors = takeWeights(draft, `${name}/scale/weights`, channels).values;
  const offsets = takeWeights(draft, `${name}/scale/biases`, channels).values;
  const area = height * width;
  const folded = new Float32Array(filters.values.length);
  for (let cell = 0, from = 0; cell < area; cell++) {
    for (let channelIn = 0; channelIn < channelsIn; channelIn++) {
      for (let channel = 0; channel < channels; channel++, from++) {
        folded[(channel * channelsIn + channelIn) * area + cell] = filters.values[from]! * factors[channel]!;
      }
    }
  }
  addConstant(draft, `${name}.filter`, [channels, channelsIn, height, width], folded);
  addConstant(draft, `${name}.bias`, [channels], bias.map((value, channel) => value * factors[channel]! + offsets[channel]!));
  const value = addNode(draft, 'Conv', [input.value, `${name}.filter`, `${name}.bias`], name, {
    kernel_shape: [height, width],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
  });
  return { value, channels, side: Math.floor((input.side + 2 * pad - height) / stride) + 1 };
}

function addPooling(
  draft: Draft,
  input: Picture,
  { operator, kernel, name }: { operator: 'MaxPool' | 'AveragePool'; kernel: number; name: string },
): Picture {
  const value = addNode(draft, operator, [input.value], name, { kernel_shape: [kernel, kernel], strides: [2, 2] });
  return { ...input, value, side: Math.floor((input.side - kernel) / 2) + 1 };
}

/** Zeros after the last channel, below and to the right. @returns the name of the padded value */
function padPicture(draft: Draft, picture: Picture, wanted: { channels: number; side: number }): string {
  const channels = wanted.channels - picture.channels;
  const border = wanted.side - picture.side;
  if (channels === 0 && border === 0) return picture.value;
  const padded = `${picture.value}.padded`;
  const pads = addIntegers(draft, `${padded}.pads`, [0, 0, 0, 0, 0, channels, border, border]);
  return addNode(draft, 'Pad', [picture.value, pads], padded, { mode: 'constant' });
}

function addHead(draft: Draft, value: string): void {
  const averages = addNode(draft, 'GlobalAveragePool', [value], 'averages');
  const flat = addNode(draft, 'Flatten', [averages], 'flat', { axis: 1 });
  const { shape, values } = takeWeights(draft, 'fc');
  addConstant(draft, 'fc.weights', shape, values);
  addNode(draft, 'MatMul', [flat, 'fc.weights'], recognitionOutput);
}

function takeWeights({ weights }: Draft, name: string, length?: number): Weights {
  const found = weights.get(name);
  if (found === undefined) throw malformed(`weights ${name}`, 'none');
  if (length !== undefined && found.values.length !== length) {
    throw malformed(`${length} numbers as ${name}`, `${found.values.length}`);
  }
  return found;
}

function malformed(expected: string, received: string): AppError {
  return new AppError('model-mismatch', `Expected ${expected} in face-api's recognition network but received ${received}`);
}
