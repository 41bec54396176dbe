/** Fourth pass: turns a graph, whose images have channels first, into steps on images with channels last. */

import {
  malformed,
  readLimits,
  readNumber,
  requireInput,
  requireOutput,
  resolveAxis,
  unsupported,
  type Dimension,
  type FloatConstant,
  type GraphNode,
  type Shape,
  type ShapedGraph,
} from './graph.ts';
import { readConvolutionWindow, readImageSize, readPermutation, readPoolingWindow } from './infer-shape.ts';
import { readPaddings, type AxisPads } from './paddings.ts';
import { composePermutations, isIdentity, keepsElementsInPlace, permuteConstant, toChannelsFirst, toChannelsLast } from './permutations.ts';
import type { BinaryOperation, Padding, Plan, PlannedActivation, Step, UnaryOperation } from './plan.ts';
import { readSlices } from './slices.ts';
import { hasSamePads, type Window } from './windows.ts';

/**
 * [Note: layouts] A value that is an image, [n, channels, height, width] as the graph declares it, may be stored
 * "channels-last", as [n, height, width, channels]. Convolutions and pooling make such values and want them;
 * elementwise operators, concatenations and slices follow their inputs; whatever depends on the declared order of
 * elements (Reshape, Flatten, outputs of the network) gets a value moved back to "declared". Every value is stored in
 * the layout it was made in, and in the other one too once a node has asked for it.
 */
type Layout = 'declared' | 'channels-last';

interface Draft {
  readonly graph: ShapedGraph;
  readonly steps: Step[];
  readonly constants: Map<string, FloatConstant>;
  /** By graph value: the step value that holds it in each layout. */
  readonly stored: Map<string, Partial<Record<Layout, string>>>;
}

/** @throws AppError "unsupported-operator" for attributes that TensorFlow.js has no counterpart for */
export function planLayout(graph: ShapedGraph): Plan {
  const draft: Draft = { graph, steps: [], constants: new Map(), stored: new Map() };
  for (const { name } of graph.inputs) store(draft, name, 'declared');
  for (const node of graph.nodes) planNode(draft, node);
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: fetch(draft, value, 'declared') }));
  const { steps, constants } = draft;
  return { inputs: graph.inputs, outputs, steps, constants, releases: planReleases(steps, outputs, constants) };
}

function planNode(draft: Draft, node: GraphNode): void {
  switch (node.operator) {
    case 'Conv':
      return planConvolution(draft, node);
    case 'Gemm':
    case 'MatMul':
      return planProduct(draft, node);
    case 'Relu':
      return planUnary(draft, node, 'relu');
    case 'Sigmoid':
      return planUnary(draft, node, 'sigmoid');
    case 'Exp':
      return planUnary(draft, node, 'exp');
    case 'Sqrt':
      return planUnary(draft, node, 'sqrt');
    case 'LeakyRelu': {
      const { input, output } = follow(draft, node);
      draft.steps.push({ kind: 'leaky-relu', slope: readNumber(node, 'alpha', 0.01), input, output });
      return;
    }
    case 'Clip': {
      const { input, output } = follow(draft, node);
      draft.steps.push({ kind: 'clip', ...readLimits(node, draft.graph.constants), input, output });
      return;
    }
    case 'PRelu': {
      const { layout, operands, output } = planElementwise(draft, node);
      draft.steps.push({ kind: 'prelu', input: operands[0], slopes: operands[1], output: store(draft, output, layout) });
      return;
    }
    case 'Add':
      return planBinary(draft, node, 'add');
    case 'Sub':
      return planBinary(draft, node, 'subtract');
    case 'Mul':
      return planBinary(draft, node, 'multiply');
    case 'Div':
      return planBinary(draft, node, 'divide');
    case 'Concat':
      return planConcat(draft, node);
    case 'Slice':
      return planSlice(draft, node);
    case 'Pad':
      return planPadding(draft, node);
    case 'Softmax':
      return planSoftmax(draft, node);
    case 'LpNormalization':
      return planUnitVectors(draft, node);
    case 'LRN':
      return planLocalResponse(draft, node);
    case 'Transpose':
      return planTranspose(draft, node);
    case 'Reshape':
    case 'Flatten':
    case 'Squeeze':
    case 'Unsqueeze':
      return planReshape(draft, node);
    case 'MaxPool':
    case 'AveragePool':
      return planPooling(draft, node);
    case 'GlobalAveragePool': {
      const input = fetch(draft, requireInput(node, 0), 'channels-last');
      draft.steps.push({ kind: 'average-image', input, output: store(draft, requireOutput(node), 'channels-last') });
      return;
    }
    case 'Resize': {
      const size = readImageSize(node, shapeOf(draft, requireOutput(node)));
      const input = fetch(draft, requireInput(node, 0), 'channels-last');
      draft.steps.push({ kind: 'enlarge', input, size, output: store(draft, requireOutput(node), 'channels-last') });
      return;
    }
    default:
      throw unsupported(node, '');
  }
}

// Where values are kept.

function shapeOf(draft: Draft, value: string): Shape {
  return draft.graph.shapes.get(value) ?? [];
}

/** Notes that `value` is now stored in `layout`. @returns the name of the step value that holds it */
function store(draft: Draft, value: string, layout: Layout): string {
  const name = layout === 'declared' ? value : `${value}@channels-last`;
  draft.stored.set(value, { ...draft.stored.get(value), [layout]: name });
  return name;
}

/** @returns the name of the step value or constant that holds `value` in `layout`, moving it there if need be */
function fetch(draft: Draft, value: string, layout: Layout): string {
  const names = draft.stored.get(value);
  const present = names?.[layout];
  if (present !== undefined) return present;
  const constant = draft.graph.constants.get(value);
  if (constant !== undefined) {
    if (constant.type !== 'float32') throw malformed(`float32 for constant ${value}`, 'integers');
    const moved = layout === 'channels-last' ? permuteConstant(constant, toChannelsLast) : constant;
    const name = store(draft, value, layout);
    draft.constants.set(name, moved);
    return name;
  }
  const source = names?.[layout === 'declared' ? 'channels-last' : 'declared'];
  if (source === undefined) throw malformed(`${value} to be made before it is used`, 'nothing');
  const declared = shapeOf(draft, value);
  const [permutation, sourceShape] =
    layout === 'declared'
      ? [toChannelsFirst, toChannelsLast.map((axis) => declared[axis] ?? null)]
      : [toChannelsLast, declared];
  const output = store(draft, value, layout);
  pushTranspose(draft, { input: source, output, permutation, shape: sourceShape });
  return output;
}

function pushTranspose(
  draft: Draft,
  move: { input: string; output: string; permutation: readonly number[]; shape: Shape },
): void {
  const { input, output, permutation, shape } = move;
  if (keepsElementsInPlace(permutation, shape)) {
    const reshaped = toStepShape(permutation.map((axis) => shape[axis] ?? null));
    draft.steps.push({ kind: 'reshape', input, shape: reshaped, output });
  } else {
    draft.steps.push({ kind: 'transpose', input, permutation, output });
  }
}

function toStepShape(shape: readonly Dimension[]): number[] {
  return shape.map((size) => size ?? -1);
}

/** @returns the layout in which a node that follows its inputs should work: channels last where any input is so */
function chooseLayout(draft: Draft, values: readonly string[]): Layout {
  const rank = (value: string): number => shapeOf(draft, value).length;
  const computed = values.filter((value) => !draft.graph.constants.has(value));
  const isStoredLast = computed.some((value) => draft.stored.get(value)?.['channels-last'] !== undefined);
  const areImages = computed.every((value) => rank(value) === 4) && values.every((value) => rank(value) <= 4);
  return isStoredLast && areImages ? 'channels-last' : 'declared';
}

/** For nodes of one input that treat every element alike. */
function follow(draft: Draft, node: GraphNode): { input: string; output: string } {
  const value = requireInput(node, 0);
  const layout = chooseLayout(draft, [value]);
  return { input: fetch(draft, value, layout), output: store(draft, requireOutput(node), layout) };
}

// Convolutions and products.

function planConvolution(draft: Draft, node: GraphNode): void {
  const input = requireInput(node, 0);
  const filter = draft.graph.constants.get(requireInput(node, 1));
  if (filter?.type !== 'float32') throw unsupported(node, ' whose filter is not constant');
  const window = readConvolutionWindow(node, shapeOf(draft, input), filter.shape);
  if (Math.max(...window.strides) > 1 && Math.max(...window.dilations) > 1) {
    throw unsupported(node, ' with both strides and dilations');
  }
  const groups = readNumber(node, 'group', 1);
  const channels = shapeOf(draft, input)[1];
  const filterName = `${requireOutput(node)}@filter`;
  const step = {
    filter: filterName,
    strides: window.strides,
    dilations: window.dilations,
    padding: choosePadding(readImageSize(node, shapeOf(draft, input)), window),
  };
  const image = fetch(draft, input, 'channels-last');
  const output = store(draft, requireOutput(node), 'channels-last');
  const bias = planBias(draft, node, filter.shape[0] ?? 0);
  const activation = planActivation(draft, node);
  if (groups === 1) {
    draft.constants.set(filterName, permuteConstant(filter, [2, 3, 1, 0]));
    draft.steps.push({ kind: 'convolution', input: image, output, ...step, bias, activation });
  } else if (groups === channels) {
    draft.constants.set(filterName, arrangeDepthwiseFilter(filter, groups));
    draft.steps.push({ kind: 'depthwise', input: image, output, ...step, bias, activation });
  } else {
    planGroups(draft, { node, filter, groups, image, output, step });
  }
}

/** ONNX [channels in x multiplier, 1, height, width] to [height, width, channels in, multiplier]. */
function arrangeDepthwiseFilter(filter: FloatConstant, channels: number): FloatConstant {
  const [outputs = 0, , height = 0, width = 0] = filter.shape;
  const split: FloatConstant = { ...filter, shape: [channels, outputs / channels, height, width] };
  return permuteConstant(split, [2, 3, 0, 1]);
}

interface GroupedConvolution {
  readonly node: GraphNode;
  readonly filter: FloatConstant;
  readonly groups: number;
  readonly image: string;
  readonly output: string;
  readonly step: Pick<Extract<Step, { kind: 'convolution' }>, 'filter' | 'strides' | 'dilations' | 'padding'>;
}

/** TensorFlow.js has no grouped convolution on every backend: each group is cut out, convolved and put back. */
function planGroups(draft: Draft, { node, filter, groups, image, output, step }: GroupedConvolution): void {
  const [outputs = 0, inputsOfGroup = 0, height = 0, width = 0] = filter.shape;
  const [rows, columns] = readImageSize(node, shapeOf(draft, requireInput(node, 0)));
  const outputsOfGroup = outputs / groups;
  const bias = planBias(draft, node, outputs);
  const biasData = bias === undefined ? undefined : draft.constants.get(bias)?.data;
  const slopes = node.activation?.kind === 'prelu' ? node.activation.slopes : undefined;
  const results: string[] = [];
  for (let group = 0; group < groups; group++) {
    const name = `${output}.group-${group}`;
    const channels: [number, number] = [group * outputsOfGroup, (group + 1) * outputsOfGroup];
    const length = filter.data.length / groups;
    const part: FloatConstant = {
      type: 'float32',
      shape: [outputsOfGroup, inputsOfGroup, height, width],
      data: filter.data.subarray(group * length, (group + 1) * length),
    };
    const names = { filter: `${name}.filter`, bias: biasData ? `${name}.bias` : undefined };
    draft.constants.set(names.filter, permuteConstant(part, [2, 3, 1, 0]));
    if (names.bias !== undefined && biasData !== undefined) setVector(draft, names.bias, biasData.slice(...channels));
    const cut = { begins: [0, 0, 0, group * inputsOfGroup], sizes: [-1, rows, columns, inputsOfGroup] };
    draft.steps.push({ kind: 'slice', input: image, ...cut, output: `${name}.input` });
    const activation = slopes
      ? planSlopes(draft, `${name}.slopes`, slopes.slice(...channels))
      : planActivation(draft, node);
    draft.steps.push({ kind: 'convolution', ...step, ...names, input: `${name}.input`, output: name, activation });
    results.push(name);
  }
  if (bias !== undefined) draft.constants.delete(bias);
  draft.steps.push({ kind: 'concat', inputs: results, axis: 3, output });
}

function choosePadding(image: readonly [number, number], window: Window): Padding {
  const { top, left, bottom, right } = window.pads;
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return 'valid';
  if (hasSamePads(image, window)) return 'same';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

function setVector(draft: Draft, name: string, data: Float32Array): string {
  draft.constants.set(name, { type: 'float32', shape: [data.length], data });
  return name;
}

/** @returns the name of a constant of one value a channel, or undefined where the node has no bias */
function planBias(draft: Draft, node: GraphNode, channels: number, factor = 1): string | undefined {
  const name = node.inputs[2] ?? '';
  if (name === '') return undefined;
  const bias = draft.graph.constants.get(name);
  if (bias?.type !== 'float32') throw unsupported(node, ' whose bias is not constant');
  const isVector = bias.data.length === channels || bias.data.length === 1;
  if (!isVector) throw unsupported(node, ` with a bias of ${bias.data.length} values for ${channels} channels`);
  const data = Float32Array.from({ length: channels }, (_, c) => factor * (bias.data[bias.data.length === 1 ? 0 : c] ?? 0));
  return setVector(draft, `${requireOutput(node)}@bias`, data);
}

function planActivation(draft: Draft, node: GraphNode): PlannedActivation | undefined {
  const { activation } = node;
  if (activation?.kind !== 'prelu') return activation;
  return planSlopes(draft, `${requireOutput(node)}@slopes`, activation.slopes);
}

function planSlopes(draft: Draft, name: string, slopes: Float32Array): PlannedActivation {
  return { kind: 'prelu', slopes: setVector(draft, name, slopes), areAtMostOne: slopes.every((slope) => slope <= 1) };
}

function planProduct(draft: Draft, node: GraphNode): void {
  const name = requireInput(node, 1);
  const weights = draft.graph.constants.get(name);
  if (weights?.type !== 'float32') throw unsupported(node, ' whose second factor is not constant');
  const isTransposed = readNumber(node, 'transB', 0) !== 0;
  const alpha = readNumber(node, 'alpha', 1);
  const arranged = isTransposed ? permuteConstant(weights, [1, 0]) : weights;
  const scaled = alpha === 1 ? arranged : { ...arranged, data: arranged.data.map((weight) => weight * alpha) };
  const output = requireOutput(node);
  const weightsName = `${output}@weights`;
  draft.constants.set(weightsName, scaled);
  draft.steps.push({
    kind: 'product',
    input: fetch(draft, requireInput(node, 0), 'declared'),
    output: store(draft, output, 'declared'),
    weights: weightsName,
    bias: planBias(draft, node, scaled.shape[1] ?? 0, readNumber(node, 'beta', 1)),
    activation: planActivation(draft, node),
  });
}

function planPooling(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const shape = shapeOf(draft, value);
  const window = readPoolingWindow(node, shape);
  const operation = node.operator === 'MaxPool' ? 'max' : 'average';
  const padding = choosePadding(readImageSize(node, shape), window);
  if (Math.max(...window.dilations) > 1) throw unsupported(node, ' with dilations');
  if (node.outputs.length > 1) throw unsupported(node, ' with indices');
  // TensorFlow leaves the padding out of its averages, ONNX takes it in where count_include_pad says so.
  if (operation === 'average' && padding !== 'valid' && readNumber(node, 'count_include_pad', 0) !== 0) {
    throw unsupported(node, ' with count_include_pad');
  }
  const input = fetch(draft, value, 'channels-last');
  const output = store(draft, requireOutput(node), 'channels-last');
  draft.steps.push({ kind: 'pool', operation, input, output, kernel: window.kernel, strides: window.strides, padding });
}

// Elementwise operators.

function planUnary(draft: Draft, node: GraphNode, operation: UnaryOperation): void {
  draft.steps.push({ kind: 'unary', operation, ...follow(draft, node) });
}

function planBinary(draft: Draft, node: GraphNode, operation: BinaryOperation): void {
  const { layout, operands, output } = planElementwise(draft, node);
  const [left, right] = operands;
  draft.steps.push({ kind: 'binary', operation, left, right, output: store(draft, output, layout) });
}

function planElementwise(
  draft: Draft,
  node: GraphNode,
): { layout: Layout; operands: readonly [string, string]; output: string } {
  const values = [requireInput(node, 0), requireInput(node, 1)] as const;
  const layout = chooseLayout(draft, values);
  const fetchOperand = (value: string): string => {
    if (layout === 'declared') return fetch(draft, value, layout);
    return draft.graph.constants.has(value) ? fetchImageConstant(draft, value) : fetch(draft, value, layout);
  };
  return { layout, operands: [fetchOperand(values[0]), fetchOperand(values[1])], output: requireOutput(node) };
}

/** A constant of fewer than four axes meets an image with its last axes: it gets the missing ones before they move. */
function fetchImageConstant(draft: Draft, value: string): string {
  const constant = draft.graph.constants.get(value);
  if (constant?.type !== 'float32') throw malformed(`float32 for constant ${value}`, 'integers');
  const name = `${value}@channels-last`;
  const shape = [...Array<number>(4 - constant.shape.length).fill(1), ...constant.shape];
  draft.constants.set(name, permuteConstant({ ...constant, shape }, toChannelsLast));
  return name;
}

// Operators that move or join elements.

/** @returns where a declared axis lies in `layout` */
function moveAxis(axis: number, layout: Layout): number {
  return layout === 'declared' ? axis : toChannelsLast.indexOf(axis as 0 | 1 | 2 | 3);
}

function planConcat(draft: Draft, node: GraphNode): void {
  const layout = chooseLayout(draft, node.inputs);
  const rank = shapeOf(draft, requireInput(node, 0)).length;
  const axis = moveAxis(resolveAxis(node, readNumber(node, 'axis', 0), rank), layout);
  const inputs = node.inputs.map((input) => fetch(draft, input, layout));
  draft.steps.push({ kind: 'concat', inputs, axis, output: store(draft, requireOutput(node), layout) });
}

function planSlice(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const layout = chooseLayout(draft, [value]);
  const { begins, sizes } = readSlices(node, draft.graph.constants, shapeOf(draft, value));
  const arrange = <T>(list: readonly T[]): T[] =>
    layout === 'declared' ? [...list] : toChannelsLast.map((axis) => list[axis] as T);
  draft.steps.push({
    kind: 'slice',
    input: fetch(draft, value, layout),
    begins: arrange(begins),
    sizes: toStepShape(arrange(sizes)),
    output: store(draft, requireOutput(node), layout),
  });
}

function planPadding(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const layout = chooseLayout(draft, [value]);
  const declared = readPaddings(node, draft.graph.constants, shapeOf(draft, value));
  const pads = layout === 'declared' ? declared : toChannelsLast.map((axis): AxisPads => declared[axis] ?? [0, 0]);
  draft.steps.push({ kind: 'pad', input: fetch(draft, value, layout), pads, output: store(draft, requireOutput(node), layout) });
}

function planSoftmax(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const rank = shapeOf(draft, value).length;
  const layout = bringLast(node, readNumber(node, 'axis', draft.graph.operatorSet >= 13 ? -1 : 1), rank);
  const input = fetch(draft, value, layout);
  draft.steps.push({ kind: 'softmax', input, output: store(draft, requireOutput(node), layout) });
}

function planUnitVectors(draft: Draft, node: GraphNode): void {
  const norm = readNumber(node, 'p', 2);
  if (norm !== 2) throw unsupported(node, ` with p ${norm}`);
  const value = requireInput(node, 0);
  const layout = bringLast(node, readNumber(node, 'axis', -1), shapeOf(draft, value).length);
  const input = fetch(draft, value, layout);
  draft.steps.push({ kind: 'unit-vectors', input, output: store(draft, requireOutput(node), layout) });
}

/** @returns the layout in which the axis is the last */
function bringLast(node: GraphNode, declaredAxis: number, rank: number): Layout {
  const axis = resolveAxis(node, declaredAxis, rank);
  const layout: Layout = rank === 4 && axis === 1 ? 'channels-last' : 'declared';
  if (moveAxis(axis, layout) !== rank - 1) throw unsupported(node, ` over axis ${axis}`);
  return layout;
}

function planLocalResponse(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const channels = readNumber(node, 'size', 0);
  if (shapeOf(draft, value).length !== 4 || channels % 2 !== 1) throw unsupported(node, ` over ${channels} channels`);
  const input = fetch(draft, value, 'channels-last');
  draft.steps.push({
    kind: 'local-response',
    radius: (channels - 1) / 2,
    bias: readNumber(node, 'bias', 1),
    // ONNX divides by the number of channels, TensorFlow.js does not.
    alpha: readNumber(node, 'alpha', 1e-4) / channels,
    beta: readNumber(node, 'beta', 0.75),
    input,
    output: store(draft, requireOutput(node), 'channels-last'),
  });
}

/** A transposition of an image that is stored channels last is measured from there, and often is none at all. */
function planTranspose(draft: Draft, node: GraphNode): void {
  const value = requireInput(node, 0);
  const layout = chooseLayout(draft, [value]);
  const declared = shapeOf(draft, value);
  const permutation = readPermutation(node, declared.length);
  const input = fetch(draft, value, layout);
  const output = requireOutput(node);
  const moved = layout === 'declared' ? permutation : composePermutations(toChannelsFirst, permutation);
  if (isIdentity(moved)) {
    // The elements lie already as the result declares them: both names mean the same stored value.
    draft.stored.set(output, { declared: input });
    return;
  }
  const shape = layout === 'declared' ? declared : toChannelsLast.map((axis) => declared[axis] ?? null);
  pushTranspose(draft, { input, output: store(draft, output, 'declared'), permutation: moved, shape });
}

function planReshape(draft: Draft, node: GraphNode): void {
  const input = fetch(draft, requireInput(node, 0), 'declared');
  const output = requireOutput(node);
  const shape = toStepShape(shapeOf(draft, output));
  draft.steps.push({ kind: 'reshape', input, shape, output: store(draft, output, 'declared') });
}

// Lifetimes.

function planReleases(
  steps: readonly Step[],
  outputs: Plan['outputs'],
  constants: Draft['constants'],
): (readonly string[])[] {
  const kept = new Set(outputs.map(({ value }) => value));
  const lastUse = new Map<string, number>();
  steps.forEach((step, index) => {
    for (const name of [...listStepInputs(step), step.output]) {
      if (!kept.has(name) && !constants.has(name)) lastUse.set(name, index);
    }
  });
  const releases: string[][] = steps.map(() => []);
  for (const [name, index] of lastUse) releases[index]?.push(name);
  return releases;
}

/** @returns names of what a step takes beside the constants of its own */
export function listStepInputs(step: Step): readonly string[] {
  switch (step.kind) {
    case 'binary':
      return [step.left, step.right];
    case 'concat':
      return step.inputs;
    case 'prelu':
      return [step.input, step.slopes];
    default:
      return [step.input];
  }
}
