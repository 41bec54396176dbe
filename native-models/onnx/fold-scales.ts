/** Second pass: takes batch normalisation, and other factors and offsets a channel, into the weights before them. */

import {
  countUses,
  malformed,
  readNumber,
  requireInput,
  requireOutput,
  sizeOfShape,
  type AttributeValue,
  type Constant,
  type FloatConstant,
  type GraphNode,
  type ShapedGraph,
  type Shape,
} from './graph.ts';

/** y = factor x + offset, one of each a channel. */
interface ChannelScale {
  readonly factors: Float64Array;
  readonly offsets: Float64Array;
}

const foldable = new Set(['Conv', 'Gemm']);

/**
 * A batch normalisation, or a product, quotient, sum or difference with a constant a channel, that directly follows a
 * convolution or Gemm whose result nothing else takes becomes part of its weights. A batch normalisation elsewhere
 * becomes a product and a sum.
 * @throws AppError "model-mismatch" where a batch normalisation lacks its constants
 */
export function foldScales(graph: ShapedGraph): ShapedGraph {
  const uses = new Map(countUses(graph));
  const draft: Draft = {
    constants: new Map(graph.constants),
    shapes: new Map(graph.shapes),
    nodes: [],
    makers: new Map(),
  };
  const renamed = new Map<string, string>();
  const resolve = (name: string): string => renamed.get(name) ?? name;

  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(resolve) };
    const scaled = readScale(node, draft);
    const maker = scaled === undefined ? undefined : draft.makers.get(scaled.input);
    const position = maker === undefined ? -1 : draft.nodes.indexOf(maker);
    if (scaled !== undefined && maker !== undefined && position >= 0 && uses.get(requireOutput(maker)) === 1) {
      const folded = scaleWeights(maker, scaled.scale, draft);
      if (folded !== undefined) {
        draft.nodes[position] = folded;
        draft.makers.set(requireOutput(folded), folded);
        renamed.set(requireOutput(node), requireOutput(folded));
        // Whoever took the scaled value takes the folded node's from now on.
        uses.set(requireOutput(folded), uses.get(requireOutput(node)) ?? 0);
        continue;
      }
    }
    if (node.operator === 'BatchNormalization' && scaled !== undefined) {
      append(draft, ...spellOut(node, scaled.scale, draft));
    } else {
      append(draft, node);
    }
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: resolve(value) }));
  return { ...graph, nodes: draft.nodes, outputs, constants: draft.constants, shapes: draft.shapes };
}

interface Draft {
  readonly constants: Map<string, Constant>;
  readonly shapes: Map<string, Shape>;
  readonly nodes: GraphNode[];
  /** Nodes that scales can be folded into, by their output. */
  readonly makers: Map<string, GraphNode>;
}

function append(draft: Draft, ...nodes: readonly GraphNode[]): void {
  for (const node of nodes) {
    draft.nodes.push(node);
    if (foldable.has(node.operator)) draft.makers.set(requireOutput(node), node);
  }
}

/** @returns undefined where the node is no scale a channel */
function readScale(node: GraphNode, draft: Draft): { input: string; scale: ChannelScale } | undefined {
  if (node.operator === 'BatchNormalization') {
    return { input: requireInput(node, 0), scale: readBatchNormalisation(node, draft) };
  }
  if (!['Mul', 'Div', 'Add', 'Sub'].includes(node.operator)) return undefined;
  const [left, right] = [requireInput(node, 0), requireInput(node, 1)];
  const isCommutative = node.operator === 'Mul' || node.operator === 'Add';
  const constantName = draft.constants.has(right) ? right : isCommutative && draft.constants.has(left) ? left : undefined;
  if (constantName === undefined) return undefined;
  const input = constantName === right ? left : right;
  const values = readPerChannel(draft, constantName, draft.shapes.get(input) ?? []);
  if (values === undefined) return undefined;
  const { length } = values;
  const ones = new Float64Array(length).fill(1);
  const zeros = new Float64Array(length);
  switch (node.operator) {
    case 'Mul':
      return { input, scale: { factors: values, offsets: zeros } };
    case 'Div':
      return { input, scale: { factors: values.map((value) => 1 / value), offsets: zeros } };
    case 'Add':
      return { input, scale: { factors: ones, offsets: values } };
    default:
      return { input, scale: { factors: ones, offsets: values.map((value) => -value) } };
  }
}

function readBatchNormalisation(node: GraphNode, draft: Draft): ChannelScale {
  const [weights, bias, means, variances] = [1, 2, 3, 4].map((index) => {
    const constant = draft.constants.get(requireInput(node, index));
    if (constant?.type !== 'float32') throw malformed(`constants for BatchNormalization ${node.name}`, 'none');
    return constant.data;
  });
  const epsilon = readNumber(node, 'epsilon', 1e-5);
  const factors = Float64Array.from(weights ?? [], (weight, c) => weight / Math.sqrt((variances?.[c] ?? 0) + epsilon));
  const offsets = factors.map((factor, channel) => (bias?.[channel] ?? 0) - factor * (means?.[channel] ?? 0));
  return { factors, offsets };
}

/**
 * @param shape of the value that the constant meets, channels on axis 1
 * @returns one value a channel, or undefined where the constant varies along another axis or adds axes
 */
function readPerChannel(draft: Draft, name: string, shape: Shape): Float64Array | undefined {
  const constant = draft.constants.get(name);
  const channels = shape[1];
  if (constant?.type !== 'float32' || channels == null || constant.shape.length > shape.length) return undefined;
  const padded = [...Array<number>(shape.length - constant.shape.length).fill(1), ...constant.shape];
  if (padded.some((size, axis) => axis !== 1 && size !== 1)) return undefined;
  if (sizeOfShape(constant.shape) === 1) return new Float64Array(channels).fill(constant.data[0] ?? 0);
  return constant.data.length === channels ? Float64Array.from(constant.data) : undefined;
}

/** @returns the node with new weights, or undefined where its weights are not constant */
function scaleWeights(node: GraphNode, scale: ChannelScale, draft: Draft): GraphNode | undefined {
  const weights = draft.constants.get(requireInput(node, 1));
  const biasName = node.inputs[2] ?? '';
  const bias = biasName === '' ? undefined : draft.constants.get(biasName);
  if (weights?.type !== 'float32' || (biasName !== '' && bias?.type !== 'float32')) return undefined;
  const channels = scale.factors.length;
  // Gemm's alpha and beta act on its terms alone, so scaling both terms scales the whole.
  const isRowPerChannel = node.operator === 'Conv' || readNumber(node, 'transB', 0) !== 0;
  const inner = weights.data.length / channels;
  const scaledWeights = weights.data.map(
    (weight, index) => weight * (scale.factors[isRowPerChannel ? Math.floor(index / inner) : index % channels] ?? 1),
  );
  const beta = node.operator === 'Gemm' ? readNumber(node, 'beta', 1) : 1;
  if (beta === 0) return undefined;
  const scaledBias = Float32Array.from(scale.factors, (factor, channel) => {
    const before = bias === undefined ? 0 : Number(bias.data[bias.data.length === 1 ? 0 : channel] ?? 0);
    return before * factor + (scale.offsets[channel] ?? 0) / beta;
  });
  const output = requireOutput(node);
  const names = { weights: uniqueName(draft, `${output}.weights`), bias: uniqueName(draft, `${output}.bias`) };
  addConstant(draft, names.weights, { type: 'float32', shape: weights.shape, data: scaledWeights });
  addConstant(draft, names.bias, { type: 'float32', shape: [channels], data: scaledBias });
  return { ...node, inputs: [requireInput(node, 0), names.weights, names.bias] };
}

/** A batch normalisation that cannot be folded, as a product and a sum. */
function spellOut(node: GraphNode, scale: ChannelScale, draft: Draft): [GraphNode, GraphNode] {
  const input = requireInput(node, 0);
  const output = requireOutput(node);
  const rank = draft.shapes.get(input)?.length ?? 2;
  const shape = [scale.factors.length, ...Array<number>(Math.max(0, rank - 2)).fill(1)];
  const names = {
    factors: uniqueName(draft, `${output}.factors`),
    offsets: uniqueName(draft, `${output}.offsets`),
    product: uniqueName(draft, `${output}.product`),
  };
  addConstant(draft, names.factors, { type: 'float32', shape, data: Float32Array.from(scale.factors) });
  addConstant(draft, names.offsets, { type: 'float32', shape, data: Float32Array.from(scale.offsets) });
  draft.shapes.set(names.product, draft.shapes.get(output) ?? []);
  const attributes = new Map<string, AttributeValue>();
  return [
    { name: node.name, operator: 'Mul', inputs: [input, names.factors], outputs: [names.product], attributes },
    { name: node.name, operator: 'Add', inputs: [names.product, names.offsets], outputs: [output], attributes },
  ];
}

function addConstant(draft: Draft, name: string, constant: FloatConstant): void {
  draft.constants.set(name, constant);
  draft.shapes.set(name, constant.shape);
}

function uniqueName(draft: Draft, wanted: string): string {
  let name = wanted;
  for (let suffix = 2; draft.shapes.has(name); suffix++) name = `${wanted}.${suffix}`;
  return name;
}
