/** First pass: computes whatever does not depend on the input, and learns the shape of everything else. */

import { evaluateNode } from './evaluate-node.ts';
import { malformed, requireInput, requireOutput, type Constant, type Graph, type GraphNode, type ShapedGraph, type Shape } from './graph.ts';
import { inferShape } from './infer-shape.ts';

/** Operators that hand their first input on when a network is used rather than trained. */
const passThrough = new Set(['Identity', 'Dropout']);

/**
 * Nodes of constants only become constants, as do shapes (with the batch left open), and what hands its input on
 * disappears.
 * @throws AppError "unsupported-operator", "model-mismatch"
 */
export function foldConstants(graph: Graph): ShapedGraph {
  const constants = new Map<string, Constant>(graph.constants);
  const shapes = new Map<string, Shape>();
  for (const [name, { shape }] of constants) shapes.set(name, shape);
  for (const { name, shape } of graph.inputs) shapes.set(name, shape);

  const renamed = new Map<string, string>();
  const resolve = (name: string): string => renamed.get(name) ?? name;
  const nodes: GraphNode[] = [];
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(resolve) };
    const output = requireOutput(node);
    const constant = foldNode(node, constants, shapes);
    if (constant !== undefined) {
      constants.set(output, constant);
      shapes.set(output, constant.shape);
    } else if (passThrough.has(node.operator)) {
      renamed.set(output, requireInput(node, 0));
    } else {
      shapes.set(output, inferShape(node, { operatorSet: graph.operatorSet, shapes, constants }));
      nodes.push(node);
    }
  }
  const outputs = graph.outputs.map(({ name, value }) => {
    if (!shapes.has(resolve(value))) throw malformed(`a node that makes output ${name}`, 'none');
    return { name, value: resolve(value) };
  });
  return { ...graph, nodes, outputs, constants, shapes };
}

function foldNode(
  node: GraphNode,
  constants: ReadonlyMap<string, Constant>,
  shapes: ReadonlyMap<string, Shape>,
): Constant | undefined {
  if (node.operator === 'Shape') {
    const shape = shapes.get(requireInput(node, 0));
    if (shape === undefined) throw malformed(`a value made before Shape ${node.name}`, 'none');
    return { type: 'int64', shape: [shape.length], data: shape };
  }
  const areConstant = node.inputs.every((input) => input === '' || constants.has(input));
  return areConstant ? evaluateNode(node, constants) : undefined;
}
