/** What the runtimes on TensorFlow.js share: networks read by our ONNX reader, run on one of its backends. */

import * as tf from '@tensorflow/tfjs-core';
import { prepareExecution, type Executable, type ExecutionOptions } from '../onnx/execute.ts';
import { hasFixedImages } from '../onnx/fix-input-shapes.ts';
import type { Graph } from '../onnx/graph.ts';
import { parseModel } from '../onnx/parse-model.ts';
import { planNetwork } from '../onnx/read-network.ts';
import type { FloatTensor, Network, Runtime } from './runtime.ts';
import { checkInputs } from './tensor-check.ts';

export interface TfjsBackend extends ExecutionOptions, Pick<Runtime, 'name' | 'description' | 'device' | 'precision' | 'preferredBatch'> {
  /** The name that TensorFlow.js knows it by. */
  readonly backend: 'tensorflow' | 'webgpu' | 'wasm';
}

/** Sizes that a network of open height and width keeps a plan for; a detector's takes 1 MB and 10 ms to make. */
const mostPlans = 8;

/**
 * @param backend registered with TensorFlow.js and initialised
 *
 * [Note: one backend at a time] TensorFlow.js has one current backend a process. Runs choose theirs and compute
 * synchronously from there on, so runtimes of different backends can be used side by side.
 */
export function createTfjsRuntime(backend: TfjsBackend): Runtime {
  // Checks every result for NaN otherwise, and every argument again.
  tf.enableProdMode();
  const { name, description, device, precision, preferredBatch } = backend;
  return {
    name,
    description,
    device,
    precision,
    preferredBatch,
    load: (model) => loadNetwork(model, backend),
    dispose: async () => {},
  };
}

async function loadNetwork(model: Uint8Array, backend: TfjsBackend): Promise<Network> {
  const graph = parseModel(model);
  const plans = new PlansBySize(graph, backend);
  await selectBackend(backend);
  // Where the size is known, operators that cannot be planned are refused here rather than at the first run.
  if (hasFixedImages(graph)) plans.take({});
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ name }) => name),
    async run(inputs) {
      checkInputs(graph.inputs, inputs);
      await selectBackend(backend);
      return plans.take(inputs).run(inputs);
    },
    async dispose() {
      plans.dispose();
    },
  };
}

/** Makes a plan for every size of image that a network is run at and keeps the last few. */
class PlansBySize {
  readonly #graph: Graph;
  readonly #options: ExecutionOptions;
  /** The one used last comes last. */
  readonly #executables = new Map<string, Executable>();

  constructor(graph: Graph, options: ExecutionOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  /** On the current backend. */
  take(inputs: Readonly<Record<string, FloatTensor>>): Executable {
    const shapes = this.#readOpenShapes(inputs);
    const key = JSON.stringify(shapes);
    const executable = this.#executables.get(key) ?? prepareExecution(planNetwork(this.#graph, shapes), this.#options);
    this.#executables.delete(key);
    this.#executables.set(key, executable);
    const [oldest] = this.#executables;
    if (this.#executables.size > mostPlans && oldest !== undefined) {
      oldest[1].dispose();
      this.#executables.delete(oldest[0]);
    }
    return executable;
  }

  dispose(): void {
    for (const executable of this.#executables.values()) executable.dispose();
    this.#executables.clear();
  }

  /** Shapes of the inputs whose size is open, without the batch. */
  #readOpenShapes(inputs: Readonly<Record<string, FloatTensor>>): Record<string, readonly number[]> {
    const open = this.#graph.inputs.filter(({ shape }) => shape.some((size, axis) => axis > 0 && size === null));
    return Object.fromEntries(open.map(({ name }) => [name, [1, ...(inputs[name]?.shape.slice(1) ?? [])]]));
  }
}

async function selectBackend({ backend }: TfjsBackend): Promise<void> {
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
}
