/** From the bytes of an ONNX file to a plan: the passes in their order. */

import { foldConstants } from './fold-constants.ts';
import { foldScales } from './fold-scales.ts';
import { fuseActivations } from './fuse-activations.ts';
import { parseModel } from './parse-model.ts';
import { planLayout } from './plan-layout.ts';
import type { Plan } from './plan.ts';

/** @throws AppError "model-mismatch", "unsupported-operator" naming operator and node */
export function readNetwork(model: Uint8Array): Plan {
  return planLayout(fuseActivations(foldScales(foldConstants(parseModel(model)))));
}
