/** Third pass: makes an activation that follows a convolution or Gemm part of it, so that both are one operation. */

import {
  countUses,
  readLimits,
  requireInput,
  requireOutput,
  type Activation,
  type GraphNode,
  type ShapedGraph,
} from './graph.ts';

const hosts = new Set(['Conv', 'Gemm']);

export function fuseActivations(graph: ShapedGraph): ShapedGraph {
  const uses = countUses(graph);
  const nodes: GraphNode[] = [];
  const positions = new Map<string, number>();
  for (const node of graph.nodes) {
    const activation = readActivation(node, graph);
    const position = activation === undefined ? undefined : positions.get(requireInput(node, 0));
    const host = position === undefined ? undefined : nodes[position];
    if (activation !== undefined && position !== undefined && host !== undefined && uses.get(requireOutput(host)) === 1) {
      // The host now makes what the activation made. Nothing between them in the list can have asked for either.
      nodes[position] = { ...host, outputs: node.outputs, activation };
      positions.delete(requireInput(node, 0));
      continue;
    }
    if (hosts.has(node.operator)) positions.set(requireOutput(node), nodes.length);
    nodes.push(node);
  }
  return { ...graph, nodes };
}

/** @returns undefined for any node that is not an activation which runtimes can fuse */
function readActivation(node: GraphNode, graph: ShapedGraph): Activation | undefined {
  switch (node.operator) {
    case 'Relu':
      return { kind: 'relu' };
    case 'Clip': {
      const { lowest, highest } = readLimits(node, graph.constants);
      return lowest === 0 && highest === 6 ? { kind: 'relu6' } : undefined;
    }
    case 'PRelu': {
      const slopes = readSlopes(node, graph);
      return slopes === undefined ? undefined : { kind: 'prelu', slopes };
    }
    default:
      return undefined;
  }
}

/** @returns one slope a channel, or undefined where slopes vary along another axis */
function readSlopes(node: GraphNode, graph: ShapedGraph): Float32Array | undefined {
  const slopes = graph.constants.get(requireInput(node, 1));
  const input = graph.shapes.get(requireInput(node, 0)) ?? [];
  const channels = input[1];
  if (slopes?.type !== 'float32' || channels == null) return undefined;
  if (slopes.data.length === 1) return new Float32Array(channels).fill(slopes.data[0] ?? 0);
  const padded = [...Array<number>(Math.max(0, input.length - slopes.shape.length)).fill(1), ...slopes.shape];
  return padded.every((size, axis) => size === (axis === 1 ? channels : 1)) ? slopes.data : undefined;
}
