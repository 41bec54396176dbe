/** Says which shape a node's result has, and refuses every operator that the reader does not know. */

import {
  malformed,
  readNumber,
  readNumbers,
  readNumbersFromInputOrAttribute,
  readText,
  requireInput,
  resolveAxis,
  sizeOfShape,
  unsupported,
  type Constant,
  type Dimension,
  type GraphNode,
  type Shape,
} from './graph.ts';
import { readPaddings } from './paddings.ts';
import { readSlices } from './slices.ts';
import { measureOutput, readWindow, type Window } from './windows.ts';

export interface KnownValues {
  readonly operatorSet: number;
  /** Shapes of constants and computed values alike. */
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly constants: ReadonlyMap<string, Constant>;
}

/** @throws AppError "unsupported-operator", "model-mismatch" where the shapes contradict each other */
export function inferShape(node: GraphNode, known: KnownValues): Shape {
  const input = (index: number): Shape => readShape(node, known, index);
  switch (node.operator) {
    case 'Relu':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Exp':
    case 'Sqrt':
    case 'Clip':
    case 'BatchNormalization':
    case 'LRN':
    case 'LpNormalization':
      return input(0);
    case 'PRelu':
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return broadcastShapes(node, input(0), input(1));
    case 'Conv':
      return inferConvolution(node, input(0), input(1));
    case 'MaxPool':
    case 'AveragePool':
      return inferPooling(node, input(0));
    case 'GlobalAveragePool':
      return input(0).map((size, axis) => (axis < 2 ? size : 1));
    case 'Resize':
      return inferResize(node, input(0), known);
    case 'Gemm':
    case 'MatMul':
      return inferProduct(node, input(0), input(1));
    case 'Softmax':
      checkSoftmax(node, input(0), known.operatorSet);
      return input(0);
    case 'Concat':
      return inferConcat(
        node,
        node.inputs.map((_, index) => input(index)),
      );
    case 'Slice':
      return readSlices(node, known.constants, input(0)).sizes;
    case 'Pad':
      return inferPadding(node, input(0), known);
    case 'Transpose':
      return readPermutation(node, input(0).length).map((axis) => input(0)[axis] ?? null);
    case 'Reshape':
      return inferReshape(node, input(0), known);
    case 'Flatten':
      return inferFlatten(node, input(0));
    case 'Squeeze':
    case 'Unsqueeze':
      return inferSqueeze(node, input(0), known);
    default:
      throw unsupported(node, '');
  }
}

function readShape(node: GraphNode, known: KnownValues, index: number): Shape {
  const name = requireInput(node, index);
  const shape = known.shapes.get(name);
  if (shape === undefined) throw malformed(`a value ${name} made before ${node.operator} ${node.name}`, 'none');
  return shape;
}

/** @returns for each axis of the result the axis of the input that it takes */
export function readPermutation(node: GraphNode, rank: number): readonly number[] {
  return readNumbers(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

/** [height, width] of an [n, channels, height, width] value. */
export function readImageSize(node: GraphNode, shape: Shape): readonly [number, number] {
  const [, , height, width] = shape;
  if (shape.length !== 4 || height == null || width == null) throw unsupported(node, ` on shape ${describeShape(shape)}`);
  return [height, width];
}

export function readConvolutionWindow(node: GraphNode, input: Shape, filter: Shape): Window {
  return readWindow(node, readImageSize(node, input), readImageSize(node, filter));
}

export function readPoolingWindow(node: GraphNode, input: Shape): Window {
  const [height, width, ...more] = readNumbers(node, 'kernel_shape') ?? [];
  if (height === undefined || width === undefined || more.length > 0) throw unsupported(node, ' without two dimensions');
  return readWindow(node, readImageSize(node, input), [height, width]);
}

function inferConvolution(node: GraphNode, input: Shape, filter: Shape): Shape {
  const window = readConvolutionWindow(node, input, filter);
  const [batch = null, channels = null] = input;
  const [outputs = null, inputsOfGroup] = filter;
  const groups = readNumber(node, 'group', 1);
  if (inputsOfGroup == null || channels !== inputsOfGroup * groups) {
    throw malformed(`${inputsOfGroup} x ${groups} channels for Conv ${node.name}`, `${channels}`);
  }
  return [batch, outputs, ...measureOutput(readImageSize(node, input), window)];
}

function inferPooling(node: GraphNode, input: Shape): Shape {
  const window = readPoolingWindow(node, input);
  const [batch = null, channels = null] = input;
  return [batch, channels, ...measureOutput(readImageSize(node, input), window)];
}

/** Nearest neighbours by whole factors only: what upsampling in detectors is. */
function inferResize(node: GraphNode, input: Shape, known: KnownValues): Shape {
  const [height, width] = readImageSize(node, input);
  const mode = readText(node, 'mode', 'nearest');
  const transformation = readText(node, 'coordinate_transformation_mode', 'half_pixel');
  const rounding = readText(node, 'nearest_mode', 'round_prefer_floor');
  // With whole factors these all pick the pixel that the output pixel lies in.
  const isPlain =
    (transformation === 'asymmetric' && rounding === 'floor') || (transformation === 'half_pixel' && rounding.startsWith('round'));
  if (mode !== 'nearest' || !isPlain) throw unsupported(node, ` with mode ${mode}, ${transformation}, ${rounding}`);
  const scalesInput = known.operatorSet >= 11 ? 2 : 1;
  const scales = readNumbersFromInputOrAttribute(node, known.constants, scalesInput, 'scales') ?? [];
  const [first = 1, second = 1, rows = 0, columns = 0] = scales;
  const isWhole = first === 1 && second === 1 && [rows, columns].every((scale) => Number.isInteger(scale) && scale >= 1);
  if (!isWhole) throw unsupported(node, ` with scales ${scales.join(', ')}`);
  return [input[0] ?? null, input[1] ?? null, height * rows, width * columns];
}

function inferProduct(node: GraphNode, left: Shape, right: Shape): Shape {
  if (left.length !== 2 || right.length !== 2) {
    throw unsupported(node, ` on shapes ${describeShape(left)} and ${describeShape(right)}`);
  }
  if (readNumber(node, 'transA', 0) !== 0) throw unsupported(node, ' with transA');
  const isTransposed = readNumber(node, 'transB', 0) !== 0;
  const [inner, outputs] = isTransposed ? [right[1], right[0]] : right;
  if (inner !== left[1]) throw malformed(`${inner} columns for ${node.operator} ${node.name}`, `${left[1]}`);
  return [left[0] ?? null, outputs ?? null];
}

function checkSoftmax(node: GraphNode, input: Shape, operatorSet: number): void {
  const axis = resolveAxis(node, readNumber(node, 'axis', operatorSet >= 13 ? -1 : 1), input.length);
  // Before set 13 every axis from `axis` on is taken together, which is the same thing only for the last one.
  if (operatorSet < 13 && axis !== input.length - 1) throw unsupported(node, ` over axis ${axis} of ${describeShape(input)}`);
}

function inferConcat(node: GraphNode, inputs: readonly Shape[]): Shape {
  const [first = []] = inputs;
  const axis = resolveAxis(node, readNumber(node, 'axis', 0), first.length);
  return first.map((size, index) => {
    if (index === axis) return inputs.reduce((sum, shape) => sum + knownLength(node, shape, axis), 0);
    for (const shape of inputs) {
      if (shape.length !== first.length || shape[index] !== size) {
        throw malformed(`like shapes for Concat ${node.name}`, inputs.map(describeShape).join(' and '));
      }
    }
    return size;
  });
}

function knownLength(node: GraphNode, shape: Shape, axis: number): number {
  const size = shape[axis];
  if (size == null) throw unsupported(node, ' along the batch');
  return size;
}

function inferPadding(node: GraphNode, input: Shape, known: KnownValues): Shape {
  return readPaddings(node, known.constants, input).map(([before, after], axis) => {
    const size = input[axis] ?? null;
    return size === null ? null : size + before + after;
  });
}

function inferReshape(node: GraphNode, input: Shape, known: KnownValues): Shape {
  const target = known.constants.get(requireInput(node, 1));
  if (target === undefined) throw unsupported(node, ' to a shape that is not constant');
  if (readNumber(node, 'allowzero', 0) !== 0) throw unsupported(node, ' with allowzero');
  const wanted: readonly Dimension[] = Array.from<Dimension>(target.data);
  const [batch = null, ...sizes] = input;
  if (batch !== null) return fillShape(node, wanted, input.map(Number));

  // [Note: traced batch] A graph exported for a batch of one writes 1 where it means the batch; read literally it
  // would serve a single image only. So a leading 1, like a leading 0 ("as in the input"), stands for the batch.
  const [head, ...tail] = wanted;
  const rest = sizes.map((size) => size ?? 0);
  if (head === null || head === 0 || head === 1) return [null, ...fillShape(node, tail, rest)];
  if (head === -1 && !tail.includes(-1)) return [null, ...fillShape(node, tail, rest)];
  throw unsupported(node, ` from ${describeShape(input)} to [${wanted.join(', ')}]: it mixes the batch with other axes`);
}

/**
 * Resolves -1 (what is left over) and 0 (as in the input) of a target shape.
 * @param sizes of the input, in the same places as in `target`
 */
function fillShape(node: GraphNode, target: readonly Dimension[], sizes: readonly number[]): number[] {
  const filled = target.map((size, index) => {
    if (size === null) throw unsupported(node, ' that moves the batch');
    return size === 0 ? (sizes[index] ?? 0) : size;
  });
  const total = sizeOfShape(sizes);
  const others = sizeOfShape(filled.filter((size) => size !== -1));
  const shape = filled.map((size) => (size === -1 ? total / others : size));
  if (sizeOfShape(shape) !== total || shape.some((size) => !Number.isInteger(size) || size < 0)) {
    throw malformed(`${total} elements for Reshape ${node.name}`, `[${shape.join(', ')}]`);
  }
  return shape;
}

function inferFlatten(node: GraphNode, input: Shape): Shape {
  const axis = readNumber(node, 'axis', 1);
  if (axis !== 1) throw unsupported(node, ` at axis ${axis}`);
  return [input[0] ?? null, sizeOfShape(input.slice(1).map(Number))];
}

function inferSqueeze(node: GraphNode, input: Shape, known: KnownValues): Shape {
  const axes = readNumbersFromInputOrAttribute(node, known.constants, 1, 'axes');
  if (axes === undefined) throw unsupported(node, ' without axes');
  if (node.operator === 'Squeeze') {
    const removed = new Set(axes.map((axis) => resolveAxis(node, axis, input.length)));
    for (const axis of removed) {
      if (input[axis] !== 1) throw malformed(`length 1 for axis ${axis} of Squeeze ${node.name}`, `${input[axis]}`);
    }
    return input.filter((_, axis) => !removed.has(axis));
  }
  const rank = input.length + axes.length;
  const added = new Set(axes.map((axis) => resolveAxis(node, axis, rank)));
  const rest = [...input];
  return Array.from({ length: rank }, (_, axis): Dimension => (added.has(axis) ? 1 : (rest.shift() ?? null)));
}

function broadcastShapes(node: GraphNode, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis): Dimension => {
    const a = at(left, axis - rank + left.length);
    const b = at(right, axis - rank + right.length);
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    throw malformed(
      `shapes that broadcast for ${node.operator} ${node.name}`,
      `${describeShape(left)} and ${describeShape(right)}`,
    );
  });
}

function at(shape: Shape, axis: number): Dimension {
  const size = shape[axis];
  return size === undefined ? 1 : size;
}

export function describeShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? 'n').join(', ')}]`;
}
