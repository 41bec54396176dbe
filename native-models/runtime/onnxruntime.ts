/** Runs networks on ONNX Runtime's CPU provider. */

import type * as Ort from 'onnxruntime-node';
import { AppError } from '../../electron/base/errors.ts';
import { describeRuntimeFailure, readReason } from './load-failure.ts';
import type { FloatTensor, Network, Runtime } from './runtime.ts';
import { checkInputs, countElements } from './tensor-check.ts';

export interface OnnxRuntimeOptions {
  /** Threads inside one run; 1 where several workers run side by side. */
  readonly threads: number;
}

/** @throws AppError "runtime-unavailable" where the library does not load on this machine */
export async function createOnnxRuntime({ threads }: OnnxRuntimeOptions): Promise<Runtime> {
  const ort = await importLibrary();
  return {
    name: 'onnx',
    description: `ONNX Runtime ${ort.env.versions.node ?? ort.env.versions.common} (CPU)`,
    load: (model) => loadNetwork(ort, model, threads),
    dispose: async () => {},
  };
}

async function importLibrary(): Promise<typeof Ort> {
  try {
    // CommonJS: depending on the loader its exports are seen by name, as the default, or both.
    const imported = (await import('onnxruntime-node')) as typeof Ort & { default?: typeof Ort };
    return imported.default ?? imported;
  } catch (error) {
    throw describeRuntimeFailure('onnx', 'ONNX Runtime', error);
  }
}

async function loadNetwork(ort: typeof Ort, model: Uint8Array, threads: number): Promise<Network> {
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Warnings about the graph (unused initializers) would reach the user's terminal.
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw translateLoadError(error);
  }
  const declaredShapes = session.inputMetadata.map(readShape);
  const hasFixedBatch = declaredShapes.some((shape) => shape[0] === 1);
  const inputs = session.inputMetadata.map(({ name }, index) => ({
    name,
    shape: (declaredShapes[index] ?? []).map((size, axis) => (axis === 0 && size === 1 ? null : size)),
  }));
  return {
    inputs,
    outputs: [...session.outputNames],
    async run(given) {
      const batch = checkInputs(inputs, given);
      if (!hasFixedBatch || batch === 1) return runOnce(ort, session, given);
      // [Note: fixed batch] A graph exported for a batch of one refuses others, so its rows go one after the other:
      // on one CPU thread a batch would save nothing.
      const rows: Record<string, FloatTensor>[] = [];
      for (let row = 0; row < batch; row++) rows.push(await runOnce(ort, session, takeRow(given, row)));
      return stackRows(rows);
    },
    dispose: () => session.release(),
  };
}

function readShape(metadata: Ort.InferenceSession.ValueMetadata): (number | null)[] {
  if (!metadata.isTensor || metadata.type !== 'float32') {
    throw new AppError('model-mismatch', `Expected float32 tensors as inputs but ${metadata.name} is something else`);
  }
  return metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
}

async function runOnce(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  given: Readonly<Record<string, FloatTensor>>,
): Promise<Record<string, FloatTensor>> {
  const feeds: Record<string, Ort.Tensor> = {};
  for (const [name, { data, shape }] of Object.entries(given)) feeds[name] = new ort.Tensor('float32', data, [...shape]);
  const results = await session.run(feeds);
  const outputs: Record<string, FloatTensor> = {};
  for (const [name, tensor] of Object.entries(results)) {
    if (!(tensor.data instanceof Float32Array)) {
      throw new AppError('model-mismatch', `Expected float32 for output ${name} but received ${tensor.type}`);
    }
    outputs[name] = { shape: [...tensor.dims], data: tensor.data };
  }
  return outputs;
}

function takeRow(given: Readonly<Record<string, FloatTensor>>, row: number): Record<string, FloatTensor> {
  const taken: Record<string, FloatTensor> = {};
  for (const [name, { data, shape }] of Object.entries(given)) {
    const length = countElements(shape.slice(1));
    taken[name] = { shape: [1, ...shape.slice(1)], data: data.subarray(row * length, (row + 1) * length) };
  }
  return taken;
}

function stackRows(rows: readonly Record<string, FloatTensor>[]): Record<string, FloatTensor> {
  const stacked: Record<string, FloatTensor> = {};
  for (const [name, first] of Object.entries(rows[0] ?? {})) {
    const data = new Float32Array(first.data.length * rows.length);
    rows.forEach((row, index) => data.set(row[name]?.data ?? [], index * first.data.length));
    stacked[name] = { shape: [rows.length, ...first.shape.slice(1)], data };
  }
  return stacked;
}

/** ONNX Runtime tells an unknown operator from a broken file only in its message. */
function translateLoadError(error: unknown): AppError {
  const reason = readReason(error);
  const operator = /(\w+)\((?:-?\d+)\) is not a registered function|No Op registered for (\w+)|implementation for (?:the node )?(\w+)/.exec(reason);
  const name = operator?.[1] ?? operator?.[2] ?? operator?.[3];
  if (name !== undefined) {
    return new AppError('unsupported-operator', `Expected operators that ONNX Runtime knows but received ${name}: ${reason}`, {
      cause: error,
      parameters: { operator: name },
    });
  }
  return new AppError('model-mismatch', `Expected an ONNX file but ONNX Runtime refused it: ${reason}`, { cause: error });
}
