/** Opens TensorFlow.js on WebGPU, which reaches any GPU through Dawn (Vulkan, Metal, Direct3D 12). */

import * as tf from '@tensorflow/tfjs-core';
import { describeRuntimeFailure, isMissingPackage } from './load-failure.ts';
import type { Runtime } from './runtime.ts';
import { createTfjsRuntime } from './tfjs.ts';

/** The part of the `webgpu` package and of WebGPU that is used here; sizes in bytes. */
interface Dawn {
  create(options: string[]): Gpu;
  /** GPUBufferUsage and the like, which code for browsers takes as given. */
  readonly globals: object;
}
interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}
interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly description: string };
  requestDevice(): Promise<GpuDevice>;
}
interface GpuDevice {
  createBuffer(options: { size: number; usage: number; mappedAtCreation: boolean }): {
    getMappedRange(): ArrayBuffer;
    destroy(): void;
  };
  destroy(): void;
}

const bufferUsageCopySource = 4;

interface StartedBackend {
  /** What the GPU is called. */
  readonly title: string;
  /** Kept, as Dawn ends with it, and what still runs on the GPU would take the process along. */
  readonly gpu: Gpu;
}

/** One a thread. */
let start: Promise<StartedBackend> | undefined;

/**
 * @throws AppError "runtime-unavailable" where the package or a GPU is missing, and in Electron
 *
 * [Note: memory cage] Dawn's binding hands JavaScript the GPU's own memory as an external ArrayBuffer. Electron's V8 keeps
 * all of them in a cage and forbids external ones, so nothing could be written to or read from the GPU. A hidden window
 * with Chromium's WebGPU would do, at the price of a second path through process and thread for every tensor; ONNX
 * Runtime's GPU providers copy and work in Electron as they are. So there this runtime says that it is not available,
 * and `auto` has those.
 */
export async function createWebGpuRuntime(): Promise<Runtime> {
  let started: StartedBackend;
  try {
    start ??= startBackend();
    started = await start;
  } catch (error) {
    throw describeRuntimeFailure('webgpu', 'TensorFlow.js on WebGPU', error);
  }
  return createTfjsRuntime({
    name: 'webgpu',
    backend: 'webgpu',
    description: `TensorFlow.js ${tf.version_core} (WebGPU, ${started.title})`,
    device: 'gpu',
    precision: 'single',
    preferredBatch: 32,
    hasFusedPrelu: true,
  });
}

async function startBackend(): Promise<StartedBackend> {
  // Asked first, as Dawn may end the process rather than throw. See [Note: memory cage].
  if (process.versions['electron'] !== undefined) throw new Error("Electron's memory cage forbids the buffers that Dawn shares");
  const { create, globals } = await importDawn();
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('no GPU that Vulkan, Metal or Direct3D 12 offers');
  await checkBuffers(adapter);
  Object.assign(globalThis, globals);
  await pretendBrowser(gpu, async () => {
    const library: string = '@tensorflow/tfjs-backend-webgpu';
    await import(library);
    if (!(await tf.setBackend('webgpu'))) throw new Error('the backend did not start');
  });
  const { vendor, architecture, description } = adapter.info;
  return { gpu, title: description || [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed GPU' };
}

async function importDawn(): Promise<Dawn> {
  // By a name that the compiler does not follow: the package is an optional dependency.
  const library: string = 'webgpu';
  try {
    return (await import(library)) as Dawn;
  } catch (error) {
    if (isMissingPackage(error, library)) throw new Error('the package webgpu is not installed', { cause: error });
    throw error;
  }
}

/** @throws Error where this JavaScript engine does not let Dawn share memory, see [Note: memory cage] */
async function checkBuffers(adapter: Adapter): Promise<void> {
  const device = await adapter.requestDevice();
  try {
    const buffer = device.createBuffer({ size: 16, usage: bufferUsageCopySource, mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).fill(1);
    buffer.destroy();
  } catch (error) {
    throw new Error('this JavaScript engine forbids the buffers that Dawn shares', { cause: error });
  } finally {
    device.destroy();
  }
}

/**
 * TensorFlow.js looks for navigator.gpu in a window or a worker of a browser, and only while its backend starts; left
 * there, other libraries would take Node for a browser.
 */
async function pretendBrowser(gpu: Gpu, task: () => Promise<void>): Promise<void> {
  const pretended = { navigator: { gpu, userAgent: 'Node.js' }, WorkerGlobalScope: class WorkerGlobalScope {} };
  const before = Object.keys(pretended).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(pretended)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    await task();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
