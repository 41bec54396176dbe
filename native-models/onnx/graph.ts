/** A network as a graph of operators: what the passes from an ONNX file to a plan hand to one another. */

import { AppError } from '../../electron/base/errors.ts';

/**
 * [Note: batch dimension] A length, or null for the batch: known only when the network runs. Inputs of a parsed graph may
 * leave height and width open in the same way, until fixInputShapes fills them.
 */
export type Dimension = number | null;
export type Shape = readonly Dimension[];

export interface FloatConstant {
  readonly type: 'float32';
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Indices, axes and shapes; an element is null where it stands for the batch. */
export interface IntegerConstant {
  readonly type: 'int64';
  readonly shape: readonly number[];
  readonly data: readonly Dimension[];
}

export type Constant = FloatConstant | IntegerConstant;
export type AttributeValue = number | string | readonly number[] | Constant;

/** What a convolution or matrix product does to its result before it is stored. */
export type Activation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'relu6' }
  | { readonly kind: 'prelu'; /** One a channel. */ readonly slopes: Float32Array };

export interface GraphNode {
  readonly name: string;
  /** ONNX operator; operators outside ONNX's own set carry their domain: "com.microsoft.FusedConv". */
  readonly operator: string;
  /** Names of values; '' for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly activation?: Activation;
}

export interface Graph {
  /** Version of ONNX's operator set that the nodes are written in. */
  readonly operatorSet: number;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** `value` is the name inside the graph, which folding may change; `name` is what callers know. */
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  /** In an order in which every node comes after the nodes that it takes values from. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
}

/** A graph whose constants are folded and whose values all have a known shape. */
export interface ShapedGraph extends Graph {
  readonly shapes: ReadonlyMap<string, Shape>;
}

export function unsupported(node: GraphNode, what: string): AppError {
  const where = node.name === '' ? `making ${node.outputs[0] ?? '?'}` : node.name;
  return new AppError('unsupported-operator', `Expected a supported operator but node ${where} is ${node.operator}${what}`, {
    parameters: { operator: node.operator, node: where },
  });
}

export function malformed(expected: string, received: string): AppError {
  return new AppError('model-mismatch', `Expected ${expected} but received ${received}`);
}

/** @throws AppError "model-mismatch" where the node has no such input */
export function requireInput(node: GraphNode, index: number): string {
  const name = node.inputs[index];
  if (name === undefined || name === '') throw malformed(`input ${index} for ${node.operator} ${node.name}`, 'none');
  return name;
}

export function requireOutput(node: GraphNode): string {
  const name = node.outputs[0];
  if (name === undefined) throw malformed(`an output of ${node.operator} ${node.name}`, 'none');
  return name;
}

export function readNumber(node: GraphNode, name: string, fallback: number): number {
  const value = node.attributes.get(name);
  if (value === undefined) return fallback;
  if (typeof value !== 'number') throw malformed(`a number for ${name} of ${node.operator} ${node.name}`, typeof value);
  return value;
}

export function readText(node: GraphNode, name: string, fallback: string): string {
  const value = node.attributes.get(name);
  if (value === undefined) return fallback;
  if (typeof value !== 'string') throw malformed(`a text for ${name} of ${node.operator} ${node.name}`, typeof value);
  return value;
}

export function readNumbers(node: GraphNode, name: string): readonly number[] | undefined {
  const value = node.attributes.get(name);
  if (value === undefined) return undefined;
  if (!isNumberList(value)) throw malformed(`numbers for ${name} of ${node.operator} ${node.name}`, typeof value);
  return value;
}

function isNumberList(value: AttributeValue): value is readonly number[] {
  return Array.isArray(value);
}

/**
 * Reads what newer operator sets pass as an input and older ones as an attribute.
 * @throws AppError "unsupported-operator" where the input is computed by the network
 */
export function readNumbersFromInputOrAttribute(
  node: GraphNode,
  constants: ReadonlyMap<string, Constant>,
  input: number,
  attribute: string,
): readonly number[] | undefined {
  const name = node.inputs[input];
  if (name === undefined || name === '') return readNumbers(node, attribute);
  const constant = constants.get(name);
  if (constant === undefined) throw unsupported(node, ` whose ${attribute} are not constant`);
  return Array.from(constant.data, (value) => {
    if (value === null) throw unsupported(node, ` whose ${attribute} depend on the batch`);
    return value;
  });
}

/** @returns an axis counted from the front */
export function resolveAxis(node: GraphNode, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(resolved) || resolved < 0 || resolved >= rank) {
    throw malformed(`an axis below ${rank} for ${node.operator} ${node.name}`, `${axis}`);
  }
  return resolved;
}

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Counts how many nodes and outputs take each value. */
export function countUses(graph: Pick<Graph, 'nodes' | 'outputs'>): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const count = (name: string): unknown => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of node.inputs) count(input);
  for (const { value } of graph.outputs) count(value);
  return uses;
}

/** Limits of a Clip node; either may be open. */
export function readLimits(
  node: GraphNode,
  constants: ReadonlyMap<string, Constant>,
): { readonly lowest: number; readonly highest: number } {
  const read = (input: number, attribute: string, open: number): number => {
    const isGivenAsInput = (node.inputs[input] ?? '') !== '';
    if (!isGivenAsInput) return readNumber(node, attribute, open);
    return readNumbersFromInputOrAttribute(node, constants, input, attribute)?.[0] ?? open;
  };
  return { lowest: read(1, 'min', -Infinity), highest: read(2, 'max', Infinity) };
}
