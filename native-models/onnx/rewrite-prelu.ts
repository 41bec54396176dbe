/** Rewrites PReLU as a product and a maximum, which ONNX Runtime computes several values at a time. */

import { type Constant, type FloatConstant, type Graph, type GraphNode } from './graph.ts';

/**
 * [Note: PReLU on a CPU] ONNX Runtime 1.30 asks of every value whether it is negative, and on real faces the processor
 * guesses wrong half the time: PReLU took half of the standard pack's embedder. For slopes up to one, max(x, slope x) is the
 * same to the bit; for others, max(x, 0) + slope min(x, 0).
 * @returns null where nothing is to be rewritten, or where the graph holds what Kindred would not write back as it was
 */
export function rewritePrelu(graph: Graph): Graph | null {
  if (!graph.nodes.every(({ operator }) => safeOperators.has(operator))) return null;
  let isChanged = false;
  const nodes = graph.nodes.flatMap((node) => {
    const slopes = node.operator === 'PRelu' ? readSlopes(node, graph.constants) : null;
    if (slopes === null) return [node];
    isChanged = true;
    return slopes.data.some((slope) => slope > 1) ? spreadOut(node) : takeMaximum(node);
  });
  return isChanged ? { ...graph, nodes } : null;
}

/** Operators whose attributes and constants are read and written without loss: floats, whole numbers of 64 bits, texts. */
const safeOperators: ReadonlySet<string> = new Set([
  'Add',
  'AveragePool',
  'BatchNormalization',
  'Concat',
  'Conv',
  'Div',
  'Flatten',
  'Gemm',
  'GlobalAveragePool',
  'Identity',
  'MatMul',
  'MaxPool',
  'Mul',
  'PRelu',
  'Relu',
  'Reshape',
  'Sigmoid',
  'Softmax',
  'Sub',
  'Transpose',
]);

function readSlopes(node: GraphNode, constants: ReadonlyMap<string, Constant>): FloatConstant | null {
  const slopes = constants.get(node.inputs[1] ?? '');
  return slopes?.type === 'float32' ? slopes : null;
}

function takeMaximum(node: GraphNode): GraphNode[] {
  const [input, slopes, output, scaled] = namesOf(node, 'scaled');
  return [makeNode('Mul', [input, slopes], scaled), makeNode('Max', [input, scaled], output)];
}

function spreadOut(node: GraphNode): GraphNode[] {
  const [input, slopes, output, positive] = namesOf(node, 'positive');
  const negative = `${output}@negative`;
  const scaled = `${output}@scaled`;
  return [
    makeNode('Relu', [input], positive),
    makeNode('Sub', [input, positive], negative),
    makeNode('Mul', [negative, slopes], scaled),
    makeNode('Add', [positive, scaled], output),
  ];
}

function namesOf(node: GraphNode, part: string): [string, string, string, string] {
  const output = node.outputs[0]!;
  return [node.inputs[0]!, node.inputs[1]!, output, `${output}@${part}`];
}

function makeNode(operator: string, inputs: readonly string[], output: string): GraphNode {
  return { name: '', operator, inputs, outputs: [output], attributes: new Map() };
}
