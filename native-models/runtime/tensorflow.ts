/** Opens TensorFlow.js on TensorFlow's C library: on the CPU where set-up has brought it, on CUDA where a user has. */

import nodeUtil from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describeRuntimeFailure, isMissingPackage } from './load-failure.ts';
import { setTensorFlowEnvironment } from './process-environment.ts';
import type { Runtime } from './runtime.ts';
import { createTfjsRuntime } from './tfjs.ts';

export interface TensorFlowOptions {
  /** Threads inside one operation. */
  readonly threads: number;
}

interface StartedBackend {
  /** TensorFlow's own. */
  readonly version: string;
  readonly isOnGpu: boolean;
}

/** One a thread: both packages register their backend under the same name. */
let start: Promise<StartedBackend> | undefined;

/** @throws AppError "runtime-unavailable" where @tensorflow/tfjs-node or its C library is missing */
export async function createTensorFlowRuntime({ threads }: TensorFlowOptions): Promise<Runtime> {
  let started: StartedBackend;
  try {
    setTensorFlowEnvironment('tensorflow', threads);
    started = await startOnce(['@tensorflow/tfjs-node']);
    if (started.isOnGpu) throw new Error('TensorFlow computes on a GPU here, which is what tensorflow-cuda is for');
  } catch (error) {
    throw describeRuntimeFailure('tensorflow', '@tensorflow/tfjs-node', error);
  }
  return createTfjsRuntime({
    name: 'tensorflow',
    backend: 'tensorflow',
    description: `TensorFlow.js ${tf.version_core} (TensorFlow ${started.version}, CPU)`,
    device: 'cpu',
    precision: 'single',
    preferredBatch: 8,
    // tfjs-node spells PReLU out in six operations.
    hasFusedPrelu: false,
  });
}

/** @throws AppError "runtime-unavailable" where neither package is there or its C library sees no CUDA device */
export async function createTensorFlowCudaRuntime({ threads }: TensorFlowOptions): Promise<Runtime> {
  let started: StartedBackend;
  try {
    setTensorFlowEnvironment('tensorflow-cuda', threads);
    // The second serves where its C library was exchanged for one that knows CUDA.
    started = await startOnce(['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']);
    if (!started.isOnGpu) throw new Error(`TensorFlow ${started.version} sees no CUDA device`);
  } catch (error) {
    throw describeRuntimeFailure('tensorflow-cuda', '@tensorflow/tfjs-node-gpu', error);
  }
  return createTfjsRuntime({
    name: 'tensorflow-cuda',
    backend: 'tensorflow',
    description: `TensorFlow.js ${tf.version_core} (TensorFlow ${started.version}, CUDA)`,
    device: 'gpu',
    // TensorFlow lets tensor cores round factors to TF32.
    precision: 'half',
    preferredBatch: 32,
    hasFusedPrelu: false,
  });
}

/** @param packages of which the first that is installed is taken */
function startOnce(packages: readonly string[]): Promise<StartedBackend> {
  start ??= startBackend(packages).catch((error: unknown) => {
    // The other runtime asks for other packages.
    start = undefined;
    throw error;
  });
  return start;
}

async function startBackend(packages: readonly string[]): Promise<StartedBackend> {
  replaceDeprecatedUtilities();
  await importFirst(packages);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend did not start');
  // Set-up links the binding so that it stays loaded. Any other is unloaded with its last thread, and that crashes the
  // process where no operation has run (seen with TensorFlow 2.21).
  tf.tidy(() => tf.add(1, 1).dataSync());
  const backend = tf.backend() as { binding?: { TF_Version?: unknown }; isUsingGpuDevice?: unknown };
  const version = backend.binding?.TF_Version;
  return { version: typeof version === 'string' ? version : 'of unknown version', isOnGpu: backend.isUsingGpuDevice === true };
}

async function importFirst(packages: readonly string[]): Promise<void> {
  for (const library of packages) {
    try {
      // By a name that the compiler does not follow: the packages are optional.
      await import(library);
      return;
    } catch (error) {
      if (!isMissingPackage(error, library)) throw error;
    }
  }
  throw new Error(`${packages[0] ?? 'the package'} is not installed`);
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
