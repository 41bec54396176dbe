/** Counts the multiply-adds of an ONNX network from its graph. */

import { fixInputShapes } from './fix-input-shapes.ts';
import { foldConstants } from './fold-constants.ts';
import { readNumber, requireInput, requireOutput, sizeOfShape, type Graph, type GraphNode, type Shape, type ShapedGraph } from './graph.ts';

/**
 * Of convolutions and matrix products, where nearly all of a network's work is; a bias counts as one more input of its
 * place, as in FaceNet's tables. Scales of channels (batch normalisation) count nothing, as runtimes fold them.
 * @param inputShapes what the lengths are that the graph leaves open beside the batch, by input
 * @returns for one image
 * @throws AppError "unsupported-operator" naming operator and node, "model-mismatch"
 */
export function countMultiplyAdds(graph: Graph, inputShapes: Readonly<Record<string, readonly number[]>> = {}): number {
  const shaped = foldConstants(fixInputShapes(graph, inputShapes));
  return shaped.nodes.reduce((sum, node) => sum + countOfNode(node, shaped), 0);
}

function countOfNode(node: GraphNode, { shapes }: ShapedGraph): number {
  switch (node.operator) {
    case 'Conv': {
      const [, inputsOfGroup, height, width] = readSizes(shapes, requireInput(node, 1));
      return sizeOfOutput(node, shapes) * (inputsOfGroup! * height! * width! + countBias(node));
    }
    case 'Gemm':
    case 'MatMul': {
      const weights = readSizes(shapes, requireInput(node, 1));
      const isTransposed = readNumber(node, 'transB', 0) !== 0;
      return sizeOfOutput(node, shapes) * (weights[isTransposed ? 1 : 0]! + countBias(node));
    }
    default:
      return 0;
  }
}

function countBias(node: GraphNode): number {
  return (node.inputs[2] ?? '') === '' ? 0 : 1;
}

function sizeOfOutput(node: GraphNode, shapes: ReadonlyMap<string, Shape>): number {
  return sizeOfShape(readSizes(shapes, requireOutput(node)));
}

/** The batch, where it is open, counts as one. */
function readSizes(shapes: ReadonlyMap<string, Shape>, name: string): number[] {
  return (shapes.get(name) ?? []).map((size) => size ?? 1);
}
