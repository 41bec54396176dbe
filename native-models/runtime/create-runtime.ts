/** Opens the runtime that was asked for, or with `auto` the first of the fastest kind that loads and answers rightly. */

import { AppError } from '../../electron/base/errors.ts';
import type { LoadedPack } from '../packs/load-pack.ts';
import { findWrongAnswer } from './check-runtime.ts';
import { readReason } from './load-failure.ts';
import { createOnnxRuntime } from './onnxruntime.ts';
import { runtimeNames, type Runtime, type RuntimeName } from './runtime.ts';

export interface RuntimeOptions {
  /** Threads inside one run. Default 1, as several workers run side by side. */
  readonly threads?: number;
  /** Known answers to check candidates of `auto` against; without it a runtime that loads is good enough. */
  readonly pack?: LoadedPack;
}

export interface PassedOverRuntime {
  readonly name: RuntimeName;
  /** For people, in English, from the library itself. */
  readonly reason: string;
}

export interface ChosenRuntime {
  readonly runtime: Runtime;
  readonly passedOver: readonly PassedOverRuntime[];
}

/**
 * What `auto` tries, in this order. An embedding takes 11 ms of one core on ONNX Runtime, 20 on TensorFlow and 30 on
 * WASM (docs/models/standard.md).
 */
const preference = ['onnx', 'tensorflow', 'wasm'] as const satisfies readonly RuntimeName[];

/** @throws AppError "runtime-unavailable" */
export async function createRuntime(name: RuntimeName | 'auto', options: RuntimeOptions = {}): Promise<Runtime> {
  if (name === 'auto') return (await chooseRuntime(options)).runtime;
  return openRuntime(name, options.threads ?? 1);
}

/** @throws AppError "runtime-unavailable" where no runtime loads and answers rightly */
export async function chooseRuntime(
  options: RuntimeOptions = {},
  candidates: readonly RuntimeCandidate[] = listCandidates(options.threads ?? 1),
): Promise<ChosenRuntime> {
  const passedOver: PassedOverRuntime[] = [];
  for (const { name, open } of candidates) {
    const result = await tryRuntime(open, options.pack);
    if ('runtime' in result) return { runtime: result.runtime, passedOver };
    passedOver.push({ name, reason: result.reason });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new AppError('runtime-unavailable', `Expected a runtime that works but found none (${reasons})`, {
    parameters: { reasons },
  });
}

export interface RuntimeCandidate {
  readonly name: RuntimeName;
  readonly open: () => Promise<Runtime>;
}

export type RuntimeState =
  | { readonly name: RuntimeName; readonly isAvailable: true; readonly description: string }
  | { readonly name: RuntimeName; readonly isAvailable: false; readonly reason: string };

/** Tries every runtime, for `doctor`: loads it and, with a pack, checks its answers. */
export async function describeRuntimes(options: RuntimeOptions = {}): Promise<RuntimeState[]> {
  const states: RuntimeState[] = [];
  // One after the other: they share TensorFlow.js, whose backend is one a process.
  for (const name of runtimeNames) {
    const result = await tryRuntime(() => openRuntime(name, options.threads ?? 1), options.pack);
    if ('runtime' in result) {
      states.push({ name, isAvailable: true, description: result.runtime.description });
      await result.runtime.dispose();
    } else {
      states.push({ name, isAvailable: false, reason: result.reason });
    }
  }
  return states;
}

function listCandidates(threads: number): RuntimeCandidate[] {
  return preference.map((name) => ({ name, open: () => openRuntime(name, threads) }));
}

async function openRuntime(name: RuntimeName, threads: number): Promise<Runtime> {
  // TensorFlow.js takes a third of a second to load, so only those who run on it do.
  switch (name) {
    case 'onnx':
      return createOnnxRuntime({ threads });
    case 'tensorflow':
      return (await import('./tensorflow.ts')).createTensorFlowRuntime({ threads });
    case 'wasm':
      return (await import('./wasm.ts')).createWasmRuntime();
  }
}

/** What keeps a runtime from being used is an answer here, not a failure: the next one is tried. */
async function tryRuntime(
  open: () => Promise<Runtime>,
  pack: LoadedPack | undefined,
): Promise<{ runtime: Runtime } | { reason: string }> {
  let runtime: Runtime | undefined;
  try {
    runtime = await open();
    const wrong = pack === undefined ? null : await findWrongAnswer(runtime, pack);
    if (wrong === null) return { runtime };
    await runtime.dispose();
    return { reason: wrong };
  } catch (error) {
    await runtime?.dispose();
    const stated = error instanceof AppError ? error.parameters['reason'] : undefined;
    return { reason: typeof stated === 'string' ? stated : readReason(error) };
  }
}
