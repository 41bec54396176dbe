/** Takes a part out of a graph: from its inputs to values inside it that become its outputs. */

import { malformed, type Dimension, type Graph, type GraphNode } from './graph.ts';

export interface CutOptions {
  /** Names of values of the graph, which become the outputs under these names. */
  readonly outputs: readonly string[];
  /** New shapes of inputs, by name; null leaves a length open. */
  readonly inputShapes?: Readonly<Record<string, readonly Dimension[]>>;
}

/**
 * [Note: open size] A convolutional network takes pictures of any size up to where its answers are decoded: there the
 * places of its priors are constants, made for one size. Cut off before that, the rest of the graph follows its input.
 * @returns the nodes and constants that the outputs need
 * @throws AppError "model-mismatch" where the graph has no such value
 */
export function cutGraph(graph: Graph, { outputs, inputShapes = {} }: CutOptions): Graph {
  const makers = new Map<string, GraphNode>(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const needed = new Set<GraphNode>();
  const values = new Set<string>();
  const waiting = [...outputs];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || values.has(name)) continue;
    values.add(name);
    const maker = makers.get(name);
    if (maker === undefined) {
      const isKnown = graph.constants.has(name) || graph.inputs.some((input) => input.name === name);
      if (!isKnown) throw malformed(`a value ${name} in the graph`, 'none');
      continue;
    }
    needed.add(maker);
    waiting.push(...maker.inputs);
  }
  return {
    operatorSet: graph.operatorSet,
    inputs: graph.inputs
      .filter(({ name }) => values.has(name))
      .map(({ name, shape }) => ({ name, shape: inputShapes[name] ?? shape })),
    outputs: outputs.map((name) => ({ name, value: name })),
    nodes: graph.nodes.filter((node) => needed.has(node)),
    constants: new Map([...graph.constants].filter(([name]) => values.has(name))),
  };
}
