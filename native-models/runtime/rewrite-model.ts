/** Rewrites ONNX files for ONNX Runtime. */

import { isAppError } from '../../electron/base/errors.ts';
import type { Graph } from '../onnx/graph.ts';
import { openBatch } from '../onnx/open-batch.ts';
import { parseModel } from '../onnx/parse-model.ts';
import { rewritePrelu } from '../onnx/rewrite-prelu.ts';
import { writeModel } from '../onnx/write-model.ts';

/** See [Note: PReLU on a CPU].
 *  @returns null where the model stays as it is */
export function rewriteModelPrelu(model: Uint8Array): Uint8Array | null {
  let graph: Graph | null;
  try {
    graph = rewritePrelu(parseModel(model));
  } catch (error) {
    // What our reader does not read, ONNX Runtime may: it says itself what is wrong with a file.
    if (isAppError(error)) return null;
    throw error;
  }
  if (graph === null) return null;
  // The reader takes a batch of one for any batch; the graph may not.
  const inputs = graph.inputs.map(({ name, shape }) => ({ name, shape: shape.map((size, axis) => (axis === 0 ? (size ?? 1) : size)) }));
  return writeModel({ ...graph, inputs });
}

/** @throws AppError where the reader cannot follow the batch through the graph */
export function openModelBatch(model: Uint8Array): Uint8Array {
  return writeModel(openBatch(parseModel(model)));
}
