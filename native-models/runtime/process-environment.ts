/** What a process sets before its threads open a runtime: environment of native libraries, and a turnstile for the GPU. */

import { shareTurnstile } from './turnstile.ts';
import type { RuntimeName } from './runtime.ts';

/**
 * For the main thread, before it starts threads that open `name`: in a worker thread process.env is a copy that native
 * libraries do not see. What the user has set stays.
 * @param threads inside one operation
 */
export function prepareProcess(name: RuntimeName, threads: number): void {
  if (name === 'tensorflow' || name === 'tensorflow-cuda') setTensorFlowEnvironment(name, threads);
  if (name === 'onnx-webgpu') shareTurnstile();
}

/** TensorFlow's C library reads these when it loads. */
export function setTensorFlowEnvironment(name: 'tensorflow' | 'tensorflow-cuda', threads: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  // Its notes on processor features would land on the user's terminal.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Every thread has a context of its own, the first of which would take all of the GPU's memory.
  if (name === 'tensorflow-cuda') process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Computes on the CPU even where the C library could do more.
  else process.env['CUDA_VISIBLE_DEVICES'] = '-1';
}
