/** Gives a graph of open height and width the size that it is to run at: what comes after reads lengths off shapes. */

import { malformed, type Graph } from './graph.ts';

/** @returns whether the graph can be planned as it is: the batch is the only length that is open */
export function hasFixedImages(graph: Graph): boolean {
  return graph.inputs.every(({ shape }) => shape.every((size, axis) => axis === 0 || size !== null));
}

/**
 * @param shapes by input name; only the lengths that the graph leaves open are taken, and never the batch
 * @throws AppError "model-mismatch" for a length that stays open
 */
export function fixInputShapes(graph: Graph, shapes: Readonly<Record<string, readonly number[]>> = {}): Graph {
  const inputs = graph.inputs.map(({ name, shape }) => ({
    name,
    shape: shape.map((size, axis) => {
      if (axis === 0 || size !== null) return size;
      const given = shapes[name]?.[axis];
      if (given === undefined) throw malformed(`a fixed length for axis ${axis} of input ${name}`, 'none');
      return given;
    }),
  }));
  return { ...graph, inputs };
}
