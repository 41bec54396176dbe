/** Opens TensorFlow.js on WebAssembly: slower than the others, and there on every machine. */

import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as wasmBackend from '@tensorflow/tfjs-backend-wasm';
import { describeRuntimeFailure } from './load-failure.ts';
import type { Runtime } from './runtime.ts';
import { createTfjsRuntime } from './tfjs.ts';

let start: Promise<void> | undefined;

/** @throws AppError "runtime-unavailable" */
export async function createWasmRuntime(): Promise<Runtime> {
  try {
    start ??= startBackend();
    await start;
  } catch (error) {
    throw describeRuntimeFailure('wasm', 'TensorFlow.js on WASM', error);
  }
  // On Node the backend computes on the calling thread alone; several workers use several cores.
  const instructions = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'WASM with SIMD' : 'WASM';
  return createTfjsRuntime({
    name: 'wasm',
    backend: 'wasm',
    description: `TensorFlow.js ${tf.version_core} (${instructions})`,
    device: 'cpu',
    precision: 'single',
    preferredBatch: 8,
    hasFusedPrelu: true,
  });
}

async function startBackend(): Promise<void> {
  const library = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasmBackend.setWasmPaths(path.join(path.dirname(library), path.sep));
  if (!(await tf.setBackend('wasm'))) throw new Error('the backend did not start');
}
