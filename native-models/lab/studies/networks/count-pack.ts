/** Counts what a pack's embedder costs for a face. */

import { countMultiplyAdds } from '../../../onnx/count-multiply-adds.ts';
import { parseModel } from '../../../onnx/parse-model.ts';
import type { Embedder } from '../../../packs/manifest.ts';
import { readInputShape } from '../../../runtime/check-runtime.ts';

/** @param model bytes of the embedder's ONNX file
 *  @returns multiply-adds
 *  @throws AppError "unsupported-operator", "model-mismatch" */
export function countEmbedder({ input }: Pick<Embedder, 'input'>, model: Uint8Array): number {
  return countMultiplyAdds(parseModel(model), { [input.name]: readInputShape(input, 1) });
}
