/** Rewrites a graph that was exported for a batch of one so that it takes any batch. */

import { cutGraph } from './cut-graph.ts';
import { foldConstants } from './fold-constants.ts';
import { requireInput, requireOutput, unsupported, type Constant, type Graph, type GraphNode, type Shape } from './graph.ts';

/**
 * Every Reshape leaves its first length open, as [Note: traced batch] reads it.
 * @param graph whose inputs leave nothing open but the batch
 * @returns the same network; whether it answers alike for several images at once is the caller's to check, as a graph
 *   may well mean its ones
 * @throws AppError "unsupported-operator" where the batch cannot be followed through a node, "model-mismatch"
 */
export function openBatch(graph: Graph): Graph {
  const folded = foldConstants(graph);
  const constants = new Map<string, Constant>(folded.constants);
  const nodes = folded.nodes.map((node) => {
    if (node.operator !== 'Reshape') return node;
    const shape = readOpenShape(node, folded.shapes.get(requireOutput(node)) ?? []);
    const name = `${requireOutput(node)}@shape`;
    constants.set(name, { type: 'int64', shape: [shape.length], data: shape });
    return { ...node, inputs: [requireInput(node, 0), name] };
  });
  // Folding takes nodes away that hand their input on; an output keeps its name.
  const moved = folded.outputs.filter(({ name, value }) => name !== value);
  nodes.push(...moved.map(({ name, value }) => createIdentity(value, name)));
  const outputs = folded.outputs.map(({ name }) => ({ name, value: name }));
  return cutGraph({ ...graph, nodes, outputs, constants }, { outputs: outputs.map(({ name }) => name) });
}

function readOpenShape(node: GraphNode, shape: Shape): number[] {
  const [batch, ...sizes] = shape;
  if (batch !== null) return shape.map(Number);
  if (sizes.includes(null)) throw unsupported(node, ' that moves the batch');
  return [-1, ...sizes.map(Number)];
}

function createIdentity(from: string, to: string): GraphNode {
  return { name: '', operator: 'Identity', inputs: [from], outputs: [to], attributes: new Map() };
}
