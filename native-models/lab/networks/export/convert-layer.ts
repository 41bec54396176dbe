/** Says each layer that networks are built of here in ONNX's operators. */

import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
import { addConstant, addIntegers, addNode, type GraphDraft } from '../../../onnx/graph-draft.ts';
import type { AttributeValue, Dimension, FloatConstant } from '../../../onnx/graph.ts';
import { permuteConstant, toChannelsLast } from '../../../onnx/permutations.ts';
import { measureSamePads, type Window } from '../../../onnx/windows.ts';
import { L2Normalisation } from '../layers/l2-normalisation.ts';
import { L2Pooling, leastMeanSquare } from '../layers/l2-pooling.ts';
import { localResponse, LocalResponseNormalisation } from '../layers/local-response-normalisation.ts';
import { Maxout } from '../layers/maxout.ts';

export interface LayerToConvert {
  /** What it makes has this name in the graph too. */
  readonly name: string;
  readonly className: string;
  /** As getConfig gives it. */
  readonly config: unknown;
  /** Names of the graph's values. */
  readonly inputs: readonly string[];
  /** Of the first input and of the output, without the batch, as TensorFlow.js has them: [height, width, channels] or
   *  [length]. */
  readonly inputShape: readonly Dimension[];
  readonly outputShape: readonly Dimension[];
  /** In the layer's order. */
  readonly weights: readonly FloatConstant[];
}

/** @returns the name of the value that the layer makes */
type Convert = (draft: GraphDraft, layer: LayerToConvert) => string;

const pair = z.tuple([z.number(), z.number()]);
const activation = z.enum(['linear', 'relu']);
/** How a window moves over a picture. */
const windowFields = { strides: pair, padding: z.enum(['same', 'valid']), dataFormat: z.literal('channelsLast') } as const;
const convolutionConfig = z.object({ ...windowFields, dilationRate: pair, activation });
const poolingConfig = z.object({ ...windowFields, poolSize: pair });
const denseConfig = z.object({ activation });
const batchConfig = z.object({ axis: z.number(), epsilon: z.number(), center: z.boolean(), scale: z.boolean() });
const reluConfig = z.object({ maxValue: z.null().optional() });
const imageConfig = z.object({ dataFormat: z.literal('channelsLast') });
const concatenationConfig = z.object({ axis: z.number() });
const l2PoolingConfig = z.object({ size: z.number() });
const maxoutConfig = z.object({ pieces: z.number() });

const converters: Readonly<Record<string, Convert>> = {
  Conv2D: convertConvolution,
  Dense: convertDense,
  BatchNormalization: convertBatchNormalisation,
  ReLU: (draft, layer) => {
    readConfig(layer, reluConfig);
    return addNode(draft, 'Relu', layer.inputs, layer.name);
  },
  MaxPooling2D: (draft, layer) => convertPooling(draft, layer, 'MaxPool'),
  // Neither TensorFlow.js nor ONNX counts what lies beyond the border.
  AveragePooling2D: (draft, layer) => convertPooling(draft, layer, 'AveragePool'),
  GlobalAveragePooling2D: (draft, layer) => {
    readConfig(layer, imageConfig);
    const means = addNode(draft, 'GlobalAveragePool', layer.inputs, `${layer.name}.means`);
    return addNode(draft, 'Flatten', [means], layer.name, { axis: 1 });
  },
  Flatten: convertFlatten,
  Concatenate: convertConcatenation,
  [Maxout.className]: convertMaxout,
  [L2Pooling.className]: convertL2Pooling,
  [LocalResponseNormalisation.className]: (draft, { name, inputs }) => {
    const { radius, bias, alpha, beta } = localResponse;
    const size = 2 * radius + 1;
    // ONNX divides alpha by the number of channels, TensorFlow.js does not.
    return addNode(draft, 'LRN', inputs, name, { size, bias, alpha: alpha * size, beta });
  },
  [L2Normalisation.className]: (draft, layer) => {
    if (layer.inputShape.length !== 1) throw unsupportedLayer(layer, ' of pictures');
    return addNode(draft, 'LpNormalization', layer.inputs, layer.name, { axis: -1, p: 2 });
  },
};

/** @returns the name of the value that the layer makes
 *  @throws AppError "unsupported-operator" naming the layer */
export function convertLayer(draft: GraphDraft, layer: LayerToConvert): string {
  const convert = Object.hasOwn(converters, layer.className) ? converters[layer.className] : undefined;
  if (convert === undefined) throw unsupportedLayer(layer, '');
  return convert(draft, layer);
}

export function unsupportedLayer({ name, className }: Pick<LayerToConvert, 'name' | 'className'>, what: string): AppError {
  return new AppError('unsupported-operator', `Expected a layer that can be written to an ONNX file but ${name} is ${className}${what}`, {
    parameters: { operator: className, node: name },
  });
}

function convertConvolution(draft: GraphDraft, layer: LayerToConvert): string {
  const { name, inputs } = layer;
  const { strides, padding, dilationRate, activation: after } = readConfig(layer, convolutionConfig);
  const [kernel, bias] = layer.weights;
  // [height, width, channels in, channels out] to [channels out, channels in, height, width].
  const filter = permuteConstant(kernel!, [3, 2, 0, 1]);
  const [, , height = 0, width = 0] = filter.shape;
  const window = { kernel: [height, width], strides, dilations: dilationRate } as const;
  return activate(draft, name, after, (output) =>
    addNode(draft, 'Conv', [...inputs, addWeights(draft, `${name}.filter`, filter), ...addBias(draft, name, bias)], output, {
      ...describeWindow(layer, window, padding),
      dilations: dilationRate,
    }),
  );
}

function convertDense(draft: GraphDraft, layer: LayerToConvert): string {
  const { name, inputs } = layer;
  if (layer.inputShape.length !== 1) throw unsupportedLayer(layer, ' of pictures');
  const { activation: after } = readConfig(layer, denseConfig);
  const [kernel, bias] = layer.weights;
  return activate(draft, name, after, (output) =>
    addNode(draft, bias === undefined ? 'MatMul' : 'Gemm', [...inputs, addWeights(draft, `${name}.weights`, kernel!), ...addBias(draft, name, bias)], output),
  );
}

/** @param make adds the node whose result is activated, under the name that it is given */
function activate(draft: GraphDraft, name: string, after: z.output<typeof activation>, make: (output: string) => string): string {
  return after === 'linear' ? make(name) : addNode(draft, 'Relu', [make(`${name}.linear`)], name);
}

function convertBatchNormalisation(draft: GraphDraft, layer: LayerToConvert): string {
  const { name, inputs, inputShape } = layer;
  const { axis, epsilon, center, scale } = readConfig(layer, batchConfig);
  if (axis !== -1 && axis !== inputShape.length) throw unsupportedLayer(layer, ` over axis ${axis}`);
  const weights = [...layer.weights];
  const [variance, mean] = [weights.pop()!, weights.pop()!];
  const factors = scale ? weights.shift()! : fill(mean, 1);
  const offsets = center ? weights.shift()! : fill(mean, 0);
  const parts = Object.entries({ factors, offsets, mean, variance }).map(([part, weight]) => addWeights(draft, `${name}.${part}`, weight));
  return addNode(draft, 'BatchNormalization', [...inputs, ...parts], name, { epsilon });
}

function convertPooling(draft: GraphDraft, layer: LayerToConvert, operator: 'MaxPool' | 'AveragePool'): string {
  const { poolSize, strides, padding } = readConfig(layer, poolingConfig);
  const window = { kernel: poolSize, strides, dilations: [1, 1] } as const;
  return addNode(draft, operator, layer.inputs, layer.name, describeWindow(layer, window, padding));
}

/** A dense layer behind it has its weights in the order of a picture whose channels lie last. */
function convertFlatten(draft: GraphDraft, { name, inputs, inputShape }: LayerToConvert): string {
  const ordered = inputShape.length === 3 ? [addNode(draft, 'Transpose', inputs, `${name}.channels-last`, { perm: toChannelsLast })] : inputs;
  return addNode(draft, 'Flatten', ordered, name, { axis: 1 });
}

function convertConcatenation(draft: GraphDraft, layer: LayerToConvert): string {
  const { axis } = readConfig(layer, concatenationConfig);
  if (axis !== -1 && axis !== layer.inputShape.length) throw unsupportedLayer(layer, ` along axis ${axis}`);
  return addNode(draft, 'Concat', layer.inputs, layer.name, { axis: 1 });
}

/** Numbers that stand side by side are a picture of a row each, and the largest are its pooled ones: every runtime has that. */
function convertMaxout(draft: GraphDraft, layer: LayerToConvert): string {
  const { name, inputs, outputShape } = layer;
  const { pieces } = readConfig(layer, maxoutConfig);
  const units = Number(outputShape[0]);
  const pieceShape = addIntegers(draft, `${name}.piece-shape`, [-1, 1, units, pieces]);
  const unitShape = addIntegers(draft, `${name}.unit-shape`, [-1, units]);
  const beside = addNode(draft, 'Reshape', [...inputs, pieceShape], `${name}.pieces`);
  const largest = addNode(draft, 'MaxPool', [beside], `${name}.largest`, { kernel_shape: [1, pieces], strides: [1, pieces] });
  return addNode(draft, 'Reshape', [largest, unitShape], name);
}

function convertL2Pooling(draft: GraphDraft, layer: LayerToConvert): string {
  const { name, inputs } = layer;
  const { size } = readConfig(layer, l2PoolingConfig);
  const border = (size - 1) / 2;
  const pads = addIntegers(draft, `${name}.pads`, [0, 0, border, border, 0, 0, border, border]);
  const squares = addNode(draft, 'Mul', [...inputs, ...inputs], `${name}.squares`);
  // As a node of its own, as the zeros beyond the border count.
  const padded = addNode(draft, 'Pad', [squares, pads], `${name}.padded`, { mode: 'constant' });
  const means = addNode(draft, 'AveragePool', [padded], `${name}.means`, { kernel_shape: [size, size], strides: [1, 1] });
  const raised = addNode(draft, 'Add', [means, addConstant(draft, `${name}.least`, [], [leastMeanSquare])], `${name}.raised`);
  return addNode(draft, 'Sqrt', [raised], name);
}

function readConfig<Schema extends z.ZodType>(layer: LayerToConvert, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(layer.config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unsupportedLayer(layer, ` whose ${issue?.path.join('.')} is otherwise: ${issue?.message}`);
}

/** Pads are counted out, as ONNX Runtime does not know "same" for every operator. */
function describeWindow(
  { inputShape }: LayerToConvert,
  window: Omit<Window, 'pads'>,
  padding: 'same' | 'valid',
): Readonly<Record<string, AttributeValue>> {
  const { kernel, strides } = window;
  const pads = padding === 'same' ? measureSamePads([Number(inputShape[0]), Number(inputShape[1])], window) : [0, 0, 0, 0];
  return { kernel_shape: kernel, strides, pads };
}

function addBias(draft: GraphDraft, name: string, bias: FloatConstant | undefined): string[] {
  return bias === undefined ? [] : [addWeights(draft, `${name}.bias`, bias)];
}

function addWeights(draft: GraphDraft, name: string, weights: FloatConstant): string {
  draft.constants.set(name, weights);
  return name;
}

function fill({ shape, data }: FloatConstant, value: number): FloatConstant {
  return { type: 'float32', shape, data: new Float32Array(data.length).fill(value) };
}
