/** Opens the runtime that was asked for. */

import { AppError } from '../../electron/base/errors.ts';
import { createOnnxRuntime } from './onnxruntime.ts';
import type { Runtime, RuntimeName } from './runtime.ts';

export interface RuntimeOptions {
  /** Threads inside one run. Default 1, as several workers run side by side. */
  readonly threads?: number;
}

/** @throws AppError "runtime-unavailable" */
export async function createRuntime(name: RuntimeName | 'auto', options: RuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? 1;
  if (name === 'onnx' || name === 'auto') return createOnnxRuntime({ threads });
  throw new AppError('runtime-unavailable', `Expected an available runtime but received ${name}`);
}
