/** Gives an image network a larger picture than it takes, of which it sees a part. */

import { malformed, type Constant, type Graph, type GraphNode } from './graph.ts';

/** Pixels. */
export interface InputCrop {
  /** Of the picture given. */
  readonly height: number;
  readonly width: number;
  /** Where in it the network's own picture begins. */
  readonly top: number;
  readonly left: number;
}

/**
 * @param graph of one input, [n, channels, height, width], no size open
 * @returns the same network with an input of that name and the larger size
 * @throws AppError "model-mismatch" for other inputs, and where the network's picture does not lie inside the larger one
 */
export function cropInput(graph: Graph, { height, width, top, left }: InputCrop): Graph {
  const [input, ...others] = graph.inputs;
  const [batch = null, channels = null, ownHeight, ownWidth] = input?.shape ?? [];
  if (input === undefined || others.length > 0 || ownHeight == null || ownWidth == null) {
    throw malformed('one input of a fixed size', `${graph.inputs.length} of ${JSON.stringify(input?.shape)}`);
  }
  const [bottom, right] = [top + ownHeight, left + ownWidth];
  if (top < 0 || left < 0 || bottom > height || right > width) {
    throw malformed(`a part of ${ownHeight}x${ownWidth} inside ${height}x${width}`, `one that begins at ${top}, ${left}`);
  }
  const part = `${input.name}@part`;
  const bounds = { starts: [top, left], ends: [bottom, right], axes: [2, 3] };
  const constants = new Map<string, Constant>(graph.constants);
  for (const [name, data] of Object.entries(bounds)) constants.set(`${part}.${name}`, { type: 'int64', shape: [2], data });
  const crop: GraphNode = {
    name: part,
    operator: 'Slice',
    inputs: [input.name, ...Object.keys(bounds).map((name) => `${part}.${name}`)],
    outputs: [part],
    attributes: new Map(),
  };
  const nodes = graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => (name === input.name ? part : name)) }));
  return { ...graph, inputs: [{ name: input.name, shape: [batch, channels, height, width] }], nodes: [crop, ...nodes], constants };
}
