/** ONNX Runtime's execution providers: which of them this build and machine have, and what each is like. */

import type * as Ort from 'onnxruntime-node';
import type { Device, RuntimeName } from './runtime.ts';

/** Named as onnxruntime-node takes it. */
export type OnnxProvider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';

export interface ProviderFacts {
  readonly provider: OnnxProvider;
  /** For people. */
  readonly title: string;
  readonly device: Device;
  readonly precision: 'single' | 'half';
  readonly preferredBatch: number;
  /** The systems that it exists for. */
  readonly platforms: readonly NodeJS.Platform[];
  /** [Note: one thread at a time] ONNX Runtime 1.30 ends the process with SIGSEGV where two threads run sessions on
   *  WebGPU at once, on one GPU or two (github.com/microsoft/onnxruntime/issues/32561). */
  readonly takesTurns: boolean;
  /** [Note: lost activation] On WebGPU, ONNX Runtime 1.30 fuses two activations that follow a convolution both into it and
   *  then computes the second alone; it does so at the levels above "basic". */
  readonly optimization: 'basic' | 'all';
}

export type OnnxRuntimeName = Extract<RuntimeName, 'onnx' | `onnx-${string}`>;

const everywhere = ['linux', 'win32', 'darwin'] as const;
const gpu = { device: 'gpu', preferredBatch: 32, takesTurns: false, optimization: 'all' } as const;

export const onnxProviders: Readonly<Record<OnnxRuntimeName, ProviderFacts>> = {
  // A batch takes a CPU as long as its images one by one, see [Note: fixed batch].
  onnx: {
    provider: 'cpu',
    title: 'CPU',
    device: 'cpu',
    precision: 'single',
    preferredBatch: 1,
    platforms: everywhere,
    takesTurns: false,
    optimization: 'all',
  },
  // Convolutions are rounded to TF32 where the GPU has tensor cores.
  'onnx-cuda': { ...gpu, provider: 'cuda', title: 'CUDA', precision: 'half', platforms: ['linux', 'win32'] },
  'onnx-directml': { ...gpu, provider: 'dml', title: 'DirectML', precision: 'single', platforms: ['win32'] },
  // The neural engine computes in half floats.
  'onnx-coreml': { ...gpu, provider: 'coreml', title: 'CoreML', precision: 'half', platforms: ['darwin'] },
  'onnx-webgpu': {
    ...gpu,
    provider: 'webgpu',
    title: 'WebGPU',
    precision: 'single',
    platforms: everywhere,
    takesTurns: true,
    optimization: 'basic',
  },
};

/** A network of one operator, y = max(x, 0) for [1] numbers: opening it shows whether a provider's device is there. */
export const probeModel = Buffer.from('CAc6NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAL', 'base64');

/** @returns why this build of ONNX Runtime has not got the provider, or null where it has */
export function findMissingProvider(ort: typeof Ort, { provider, title, platforms }: ProviderFacts): string | null {
  if (!platforms.includes(process.platform)) return `${title} is not for ${process.platform}`;
  const present = ort.listSupportedBackends().map(({ name }) => name);
  return present.includes(provider) ? null : `this build of ONNX Runtime has no ${title}, only ${present.join(', ')}`;
}

/** @returns the part of an error's message that says something to a person: the rest is source code of the library */
export function readProviderReason(message: string): string {
  const [line = ''] = message.split('\n', 1);
  const [, failure = line] = /\bwas false\.\s*(.+)$/.exec(line) ?? [];
  if (/providers_(shared|cuda)|Failed to load shared library/.test(failure)) return 'its library for CUDA, which comes separately, is not installed';
  return failure.replace(/^no available backend found\. ERR: /, '').trim();
}
