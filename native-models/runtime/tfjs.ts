/** What the runtimes on TensorFlow.js share: networks read by our ONNX reader, run on one of its backends. */

import * as tf from '@tensorflow/tfjs-core';
import { prepareExecution, type ExecutionOptions } from '../onnx/execute.ts';
import { readNetwork } from '../onnx/read-network.ts';
import type { Network, Runtime } from './runtime.ts';
import { checkInputs } from './tensor-check.ts';

export interface TfjsBackend extends ExecutionOptions {
  readonly name: 'tensorflow' | 'wasm';
  readonly description: string;
}

/**
 * @param backend registered with TensorFlow.js and initialised
 *
 * [Note: one backend at a time] TensorFlow.js has one current backend a process. Runs choose theirs and are synchronous
 * from there on, so runtimes of different backends can be used side by side.
 */
export function createTfjsRuntime(backend: TfjsBackend): Runtime {
  // Checks every result for NaN otherwise, and every argument again.
  tf.enableProdMode();
  return {
    name: backend.name,
    description: backend.description,
    load: (model) => loadNetwork(model, backend),
    dispose: async () => {},
  };
}

async function loadNetwork(model: Uint8Array, backend: TfjsBackend): Promise<Network> {
  const plan = readNetwork(model);
  await selectBackend(backend.name);
  const executable = prepareExecution(plan, backend);
  return {
    inputs: plan.inputs,
    outputs: plan.outputs.map(({ name }) => name),
    async run(inputs) {
      checkInputs(plan.inputs, inputs);
      await selectBackend(backend.name);
      return executable.run(inputs);
    },
    async dispose() {
      executable.dispose();
    },
  };
}

async function selectBackend(name: string): Promise<void> {
  if (tf.getBackend() !== name) await tf.setBackend(name);
}
