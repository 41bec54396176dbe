/** From the bytes of an ONNX file to a plan: the passes in their order. */

import { fixInputShapes } from './fix-input-shapes.ts';
import { foldConstants } from './fold-constants.ts';
import { foldScales } from './fold-scales.ts';
import { fuseActivations } from './fuse-activations.ts';
import type { Graph, ShapedGraph } from './graph.ts';
import { parseModel } from './parse-model.ts';
import { planLayout } from './plan-layout.ts';
import type { Plan } from './plan.ts';

/** @throws AppError "model-mismatch", "unsupported-operator" naming operator and node */
export function readNetwork(model: Uint8Array): Plan {
  return planNetwork(parseModel(model));
}

/**
 * @param inputShapes what the lengths are that the graph leaves open beside the batch
 * @throws AppError "model-mismatch", "unsupported-operator" naming operator and node
 */
export function planNetwork(graph: Graph, inputShapes: Readonly<Record<string, readonly number[]>> = {}): Plan {
  return planLayout(foldNetwork(graph, inputShapes));
}

/** All passes but the last: what can be computed beforehand is, and activations are part of what they follow.
 *  @throws AppError "model-mismatch", "unsupported-operator" */
export function foldNetwork(graph: Graph, inputShapes: Readonly<Record<string, readonly number[]>> = {}): ShapedGraph {
  return fuseActivations(foldScales(foldConstants(fixInputShapes(graph, inputShapes))));
}
