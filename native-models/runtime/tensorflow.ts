/** Opens TensorFlow.js on TensorFlow's C library, where set-up has brought it. */

import nodeUtil from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describeRuntimeFailure } from './load-failure.ts';
import type { Runtime } from './runtime.ts';
import { setTensorFlowEnvironment } from './tensorflow-environment.ts';
import { createTfjsRuntime } from './tfjs.ts';

export interface TensorFlowOptions {
  /** Threads inside one operation. */
  readonly threads: number;
}

let start: Promise<string> | undefined;

/** @throws AppError "runtime-unavailable" where @tensorflow/tfjs-node or its C library is missing */
export async function createTensorFlowRuntime({ threads }: TensorFlowOptions): Promise<Runtime> {
  let version: string;
  try {
    start ??= startBackend(threads);
    version = await start;
  } catch (error) {
    throw describeRuntimeFailure('tensorflow', '@tensorflow/tfjs-node', error);
  }
  return createTfjsRuntime({
    name: 'tensorflow',
    description: `TensorFlow.js ${tf.version_core} (TensorFlow ${version}, CPU)`,
    // tfjs-node spells PReLU out in six operations.
    hasFusedPrelu: false,
  });
}

/** @returns TensorFlow's own version */
async function startBackend(threads: number): Promise<string> {
  setTensorFlowEnvironment(threads);
  replaceDeprecatedUtilities();
  // By a name that the compiler does not follow: the package is an optional dependency.
  const library: string = '@tensorflow/tfjs-node';
  await import(library);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend did not start');
  // Set-up links the binding so that it stays loaded. Any other is unloaded with its last thread, and that crashes the
  // process where no operation has run (seen with TensorFlow 2.21).
  tf.tidy(() => tf.add(1, 1).dataSync());
  const backend = tf.backend() as { binding?: { TF_Version?: unknown } };
  const version = backend.binding?.TF_Version;
  return typeof version === 'string' ? version : 'of unknown version';
}

/**
 * tfjs-node 4.22 calls util.isNullOrUndefined, which Node 22 warns about and Node 23 no longer has; what it loads calls
 * util.isArray, which both warn about.
 */
function replaceDeprecatedUtilities(): void {
  Object.assign(nodeUtil, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  });
}
