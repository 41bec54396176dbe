/** What Kindred's own layers share: TensorFlow.js hands every layer a tensor or a list of them. */

import type { Tensor } from '@tensorflow/tfjs-core';
import { AppError } from '../../../../electron/base/errors.ts';

export function takeInput(inputs: Tensor | Tensor[]): Tensor {
  const input = Array.isArray(inputs) ? inputs[0] : inputs;
  if (input !== undefined) return input;
  throw new AppError('internal', 'Expected one tensor for a layer but received none');
}
