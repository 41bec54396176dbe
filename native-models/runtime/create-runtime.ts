/** Opens the runtime that is asked for by name. */

import { createOnnxRuntime } from './onnxruntime.ts';
import type { Runtime, RuntimeName } from './runtime.ts';

export interface RuntimeOptions {
  /** Threads inside one run. Default 1, as several workers run side by side. */
  readonly threads?: number;
}

/** @throws AppError "runtime-unavailable" */
export async function createRuntime(name: RuntimeName, { threads = 1 }: RuntimeOptions = {}): Promise<Runtime> {
  // TensorFlow.js takes a third of a second to load, so only those who run on it do.
  switch (name) {
    case 'onnx':
    case 'onnx-cuda':
    case 'onnx-directml':
    case 'onnx-coreml':
    case 'onnx-webgpu':
      return createOnnxRuntime({ name, threads });
    case 'tensorflow':
      return (await import('./tensorflow.ts')).createTensorFlowRuntime({ threads });
    case 'tensorflow-cuda':
      return (await import('./tensorflow.ts')).createTensorFlowCudaRuntime({ threads });
    case 'webgpu':
      return (await import('./webgpu.ts')).createWebGpuRuntime();
    case 'wasm':
      return (await import('./wasm.ts')).createWasmRuntime();
  }
}
