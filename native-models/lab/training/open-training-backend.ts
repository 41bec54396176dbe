/** Opens what trains: a backend of TensorFlow.js that has the gradients' operators. */

import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../../electron/base/errors.ts';
import { createRuntime } from '../../runtime/create-runtime.ts';
import type { RuntimeName } from '../../runtime/runtime.ts';

export const trainingRuntimes = ['tensorflow', 'tensorflow-cuda', 'webgpu'] as const;
export type TrainingRuntime = (typeof trainingRuntimes)[number];

/** A GPU first, as it is many times faster; WebGPU last, as it may be drawn by a processor. */
const automaticOrder: readonly TrainingRuntime[] = ['tensorflow-cuda', 'tensorflow', 'webgpu'];

export interface TrainingBackend {
  readonly runtime: TrainingRuntime;
  /** For people: library and version. */
  readonly description: string;
}

/** Makes it the current backend of this thread.
 *  @param threads inside one operation, on a CPU
 *  @throws AppError "unsupported-operator" for a runtime that only runs networks, "runtime-unavailable" */
export async function openTrainingBackend(name: RuntimeName | 'auto', threads: number): Promise<TrainingBackend> {
  if (name !== 'auto') return await openNamed(name, threads);
  const reasons: string[] = [];
  for (const candidate of automaticOrder) {
    try {
      return await openNamed(candidate, threads);
    } catch (error) {
      reasons.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new AppError('runtime-unavailable', `Expected TensorFlow.js on TensorFlow or WebGPU to train on but found none (${reasons.join('; ')})`, {
    parameters: { reasons: reasons.join('; ') },
  });
}

async function openNamed(name: RuntimeName, threads: number): Promise<TrainingBackend> {
  const runtime = trainingRuntimes.find((one) => one === name);
  if (runtime === undefined) {
    const reason =
      name === 'wasm' ? "TensorFlow.js's WASM backend lacks the operators that training takes gradients with" : 'ONNX Runtime only runs networks';
    throw new AppError('unsupported-operator', `Expected one of ${trainingRuntimes.join(', ')} to train on but received ${name}: ${reason}`, {
      parameters: { runtime: name, reason },
    });
  }
  const { description } = await createRuntime(runtime, { threads });
  await tf.setBackend(runtime === 'webgpu' ? 'webgpu' : 'tensorflow');
  return { runtime, description };
}
