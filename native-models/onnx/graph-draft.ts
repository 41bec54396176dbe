/** Collects the nodes and constants of a graph that is built node by node. */

import type { AttributeValue, Constant, GraphNode } from './graph.ts';

export interface GraphDraft {
  readonly nodes: GraphNode[];
  readonly constants: Map<string, Constant>;
}

/** @returns the name of what the node makes */
export function addNode(
  draft: GraphDraft,
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): string {
  draft.nodes.push({ name: output, operator, inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) });
  return output;
}

/** @param values row-major
 *  @returns its name */
export function addConstant(draft: GraphDraft, name: string, shape: readonly number[], values: ArrayLike<number>): string {
  draft.constants.set(name, { type: 'float32', shape, data: Float32Array.from(values) });
  return name;
}

/** A list of axes, lengths or positions. @returns its name */
export function addIntegers(draft: GraphDraft, name: string, values: readonly number[]): string {
  draft.constants.set(name, { type: 'int64', shape: [values.length], data: values });
  return name;
}
