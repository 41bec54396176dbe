/** Computes a node whose inputs are all constants: mostly the arithmetic on shapes that exporters leave in a graph. */

import {
  readNumber,
  readNumbersFromInputOrAttribute,
  requireInput,
  resolveAxis,
  sizeOfShape,
  unsupported,
  malformed,
  type Constant,
  type Dimension,
  type GraphNode,
} from './graph.ts';
import { readSlices } from './slices.ts';

/**
 * @returns undefined for an operator that is not evaluated here
 * @throws AppError "unsupported-operator" where the result would depend on the batch in a way that cannot be kept
 */
export function evaluateNode(node: GraphNode, constants: ReadonlyMap<string, Constant>): Constant | undefined {
  const first = (): Constant => readConstant(node, constants, 0);
  switch (node.operator) {
    case 'Constant':
      return evaluateConstant(node);
    case 'Identity':
      return first();
    case 'Cast':
      return castConstant(first(), readNumber(node, 'to', 1));
    case 'Gather':
      return gather(node, first(), readConstant(node, constants, 1));
    case 'Unsqueeze':
      return unsqueeze(node, first(), readNumbersFromInputOrAttribute(node, constants, 1, 'axes') ?? []);
    case 'Squeeze':
      return squeeze(node, first(), readNumbersFromInputOrAttribute(node, constants, 1, 'axes'));
    case 'Concat':
      return concatenate(
        node,
        node.inputs.map((_, index) => readConstant(node, constants, index)),
      );
    case 'Slice':
      return slice(node, first(), constants);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return combine(node, first(), readConstant(node, constants, 1));
    default:
      return undefined;
  }
}

function readConstant(node: GraphNode, constants: ReadonlyMap<string, Constant>, index: number): Constant {
  const constant = constants.get(requireInput(node, index));
  if (constant === undefined) throw unsupported(node, ` with an input ${index} that is not constant`);
  return constant;
}

function evaluateConstant(node: GraphNode): Constant {
  const value = node.attributes.get('value');
  if (typeof value === 'object' && 'type' in value) return value;
  const float = node.attributes.get('value_float');
  if (typeof float === 'number') return { type: 'float32', shape: [], data: Float32Array.of(float) };
  const integer = node.attributes.get('value_int');
  if (typeof integer === 'number') return { type: 'int64', shape: [], data: [integer] };
  throw unsupported(node, ' without a tensor');
}

/** Makes a constant of `template`'s type; `pick` are indices into its elements. */
function pickElements(template: Constant, shape: readonly number[], pick: readonly number[]): Constant {
  if (template.type === 'float32') {
    return { type: 'float32', shape, data: Float32Array.from(pick, (index) => template.data[index] ?? Number.NaN) };
  }
  return { type: 'int64', shape, data: pick.map((index) => template.data[index] ?? null) };
}

function castConstant(constant: Constant, to: number): Constant {
  const isFloatWanted = to === 1 || to === 11;
  if (isFloatWanted === (constant.type === 'float32')) return constant;
  if (constant.type === 'float32') {
    return { type: 'int64', shape: constant.shape, data: Array.from(constant.data, Math.trunc) };
  }
  if (constant.data.includes(null)) throw malformed('a cast of known integers', 'the batch');
  return { type: 'float32', shape: constant.shape, data: Float32Array.from(constant.data, Number) };
}

function gather(node: GraphNode, source: Constant, indices: Constant): Constant {
  const axis = resolveAxis(node, readNumber(node, 'axis', 0), source.shape.length);
  const length = source.shape[axis] ?? 0;
  const before = sizeOfShape(source.shape.slice(0, axis));
  const after = sizeOfShape(source.shape.slice(axis + 1));
  const pick: number[] = [];
  for (let outer = 0; outer < before; outer++) {
    for (const index of indices.data) {
      const row = index === null ? Number.NaN : index < 0 ? index + length : index;
      if (!(row >= 0 && row < length)) throw malformed(`an index below ${length} for Gather ${node.name}`, `${index}`);
      for (let inner = 0; inner < after; inner++) pick.push((outer * length + row) * after + inner);
    }
  }
  const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
  return pickElements(source, shape, pick);
}

function unsqueeze(node: GraphNode, source: Constant, axes: readonly number[]): Constant {
  const rank = source.shape.length + axes.length;
  const added = new Set(axes.map((axis) => resolveAxis(node, axis, rank)));
  const rest = [...source.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
  return { ...source, shape };
}

function squeeze(node: GraphNode, source: Constant, axes: readonly number[] | undefined): Constant {
  const removed = new Set(axes?.map((axis) => resolveAxis(node, axis, source.shape.length)));
  const shape = source.shape.filter((size, axis) => (axes === undefined ? size !== 1 : !removed.has(axis)));
  return { ...source, shape };
}

function concatenate(node: GraphNode, parts: readonly Constant[]): Constant {
  const [first] = parts;
  if (first === undefined) throw malformed(`inputs for Concat ${node.name}`, 'none');
  const axis = resolveAxis(node, readNumber(node, 'axis', 0), first.shape.length);
  const outer = sizeOfShape(first.shape.slice(0, axis));
  const elements: Dimension[] = [];
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      const length = part.data.length / outer;
      for (let index = 0; index < length; index++) elements.push(part.data[row * length + index] ?? null);
    }
  }
  const joined = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = first.shape.map((size, index) => (index === axis ? joined : size));
  if (first.type === 'float32') return { type: 'float32', shape, data: Float32Array.from(elements, Number) };
  return { type: 'int64', shape, data: elements };
}

function slice(node: GraphNode, source: Constant, constants: ReadonlyMap<string, Constant>): Constant {
  const { begins, sizes } = readSlices(node, constants, source.shape);
  const shape = sizes.map(Number);
  const pick = listIndices(shape).map((position) =>
    position.reduce((flat, index, axis) => flat * (source.shape[axis] ?? 1) + index + (begins[axis] ?? 0), 0),
  );
  return pickElements(source, shape, pick);
}

function combine(node: GraphNode, left: Constant, right: Constant): Constant {
  const shape = broadcast(left.shape, right.shape, node);
  const positions = listIndices(shape);
  const at = (constant: Constant, position: readonly number[]): Dimension => {
    const offset = position.length - constant.shape.length;
    const flat = constant.shape.reduce((sum, size, axis) => sum * size + (size === 1 ? 0 : (position[axis + offset] ?? 0)), 0);
    return constant.data[flat] ?? null;
  };
  const areIntegers = left.type === 'int64' && right.type === 'int64';
  const values = positions.map((position) => compute(node, at(left, position), at(right, position), areIntegers));
  if (areIntegers) return { type: 'int64', shape, data: values };
  return { type: 'float32', shape, data: Float32Array.from(values, Number) };
}

function compute(node: GraphNode, left: Dimension, right: Dimension, areIntegers: boolean): Dimension {
  if (left === null || right === null) {
    // The batch times or over one is the batch still; anything else would need a formula in its place.
    if (node.operator === 'Mul' && (left === 1 || right === 1)) return null;
    if (node.operator === 'Div' && right === 1) return null;
    throw unsupported(node, ' on the length of the batch');
  }
  switch (node.operator) {
    case 'Add':
      return left + right;
    case 'Sub':
      return left - right;
    case 'Mul':
      return left * right;
    default:
      return areIntegers ? Math.trunc(left / right) : left / right;
  }
}

function broadcast(left: readonly number[], right: readonly number[], node: GraphNode): number[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw malformed(`shapes that broadcast for ${node.name}`, `${left} and ${right}`);
    return a === 1 ? b : a;
  });
}

/** All positions of a shape, last axis fastest. */
function listIndices(shape: readonly number[]): number[][] {
  const count = sizeOfShape(shape);
  return Array.from({ length: count }, (_, flat) => {
    const position: number[] = [];
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      position.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return position;
  });
}
