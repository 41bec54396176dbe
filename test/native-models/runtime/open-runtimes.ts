/** Opens every CPU runtime that this machine has, for tests that run over all of them; GPUs get processes of their own. */

import { isAppError } from '../../../electron/base/errors.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { FloatTensor, Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';

export const cpuRuntimeNames = ['onnx', 'tensorflow', 'wasm'] as const satisfies readonly RuntimeName[];

/** ONNX Runtime and WASM come from npm alone; only TensorFlow's C library may be missing. */
const optionalRuntimes: readonly RuntimeName[] = ['tensorflow'];

export async function openRuntimes(): Promise<Map<RuntimeName, Runtime>> {
  const opened = new Map<RuntimeName, Runtime>();
  for (const name of cpuRuntimeNames) {
    try {
      opened.set(name, await createRuntime(name));
    } catch (error) {
      if (!optionalRuntimes.includes(name) || !isAppError(error, 'runtime-unavailable')) throw error;
    }
  }
  return opened;
}

/** Root mean square of the differences over that of the expected values. */
export function relativeError(received: FloatTensor, expected: FloatTensor): number {
  let differences = 0;
  let squares = 0;
  expected.data.forEach((value, index) => {
    differences += ((received.data[index] ?? Number.NaN) - value) ** 2;
    squares += value ** 2;
  });
  return Math.sqrt(differences / squares);
}
