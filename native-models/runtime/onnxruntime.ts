/** Runs networks on ONNX Runtime, on the CPU or through one of its GPU providers. */

import type * as Ort from 'onnxruntime-node';
import { AppError } from '../../electron/base/errors.ts';
import { easeForCpu } from './ease-for-cpu.ts';
import { describeRuntimeFailure, readReason } from './load-failure.ts';
import { findMissingProvider, onnxProviders, probeModel, readProviderReason, type OnnxRuntimeName, type ProviderFacts } from './onnx-provider.ts';
import type { FloatTensor, Network, Runtime } from './runtime.ts';
import { checkInputs, countElements } from './tensor-check.ts';
import { takeTurn } from './turnstile.ts';

export interface OnnxRuntimeOptions {
  readonly name: OnnxRuntimeName;
  /** Threads inside one run; 1 where several workers run side by side. */
  readonly threads: number;
}

interface Host {
  readonly ort: typeof Ort;
  readonly facts: ProviderFacts;
  readonly threads: number;
}

/** @throws AppError "runtime-unavailable" where the library, the provider or its device is missing on this machine */
export async function createOnnxRuntime({ name, threads }: OnnxRuntimeOptions): Promise<Runtime> {
  const facts = onnxProviders[name];
  const host: Host = { ort: await importLibrary(name), facts, threads };
  if (facts.device === 'gpu') await checkProvider(name, host);
  const { node, common } = host.ort.env.versions;
  return {
    name,
    description: `ONNX Runtime ${node ?? common} (${facts.title})`,
    device: facts.device,
    precision: facts.precision,
    preferredBatch: facts.preferredBatch,
    load: (model) => loadNetwork(host, model),
    dispose: async () => {},
  };
}

async function importLibrary(name: OnnxRuntimeName): Promise<typeof Ort> {
  try {
    // CommonJS: depending on the loader its exports are seen by name, as the default, or both.
    const imported = (await import('onnxruntime-node')) as typeof Ort & { default?: typeof Ort };
    return imported.default ?? imported;
  } catch (error) {
    throw describeRuntimeFailure(name, 'ONNX Runtime', error);
  }
}

async function checkProvider(name: OnnxRuntimeName, host: Host): Promise<void> {
  const { ort, facts } = host;
  const library = `ONNX Runtime on ${facts.title}`;
  const missing = findMissingProvider(ort, facts);
  if (missing !== null) throw describeRuntimeFailure(name, library, missing);
  // What goes wrong with a GPU is thrown, and need not stand on the terminal too.
  ort.env.logLevel = 'fatal';
  try {
    const session = await takeTurns(facts, () => ort.InferenceSession.create(probeModel, chooseOptions(host)));
    await takeTurns(facts, () => session.release());
  } catch (error) {
    throw describeRuntimeFailure(name, library, new Error(readProviderReason(readReason(error)), { cause: error }));
  }
}

function chooseOptions({ facts, threads }: Pick<Host, 'facts' | 'threads'>): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [facts.provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: facts.optimization,
    // Warnings about the graph (unused initializers) would reach the user's terminal.
    logSeverityLevel: 3,
  };
}

/** See [Note: one thread at a time]. */
function takeTurns<Value>({ takesTurns }: ProviderFacts, task: () => Promise<Value>): Promise<Value> {
  return takesTurns ? takeTurn(task) : task();
}

async function loadNetwork(host: Host, model: Uint8Array): Promise<Network> {
  const { facts } = host;
  const changed = facts.device === 'gpu' ? await openFixedBatch(host, model) : await easeForCpu(model);
  const session = await openSession(host, changed ?? model);
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
      if (!hasFixedBatch || batch === 1) return takeTurns(facts, () => runOnce(host.ort, session, given));
      // [Note: fixed batch] A graph exported for a batch of one refuses others, so its rows go one after the other. A GPU
      // gets the batch opened. One CPU thread saves nothing by it: of the standard pack, in batches of 1 to 16, the
      // embedder takes 4.5 to 4.9 ms an image either way, the detector 1.2 to 1.4 one by one and 1.2 to 1.6 in one run
      // (docs/performance.md).
      const rows: Record<string, FloatTensor>[] = [];
      for (let row = 0; row < batch; row++) rows.push(await takeTurns(facts, () => runOnce(host.ort, session, takeRow(given, row))));
      return stackRows(rows);
    },
    dispose: () => takeTurns(facts, () => session.release()),
  };
}

async function openSession(host: Pick<Host, 'ort' | 'facts' | 'threads'>, model: Uint8Array): Promise<Ort.InferenceSession> {
  try {
    return await takeTurns(host.facts, () => host.ort.InferenceSession.create(model, chooseOptions(host)));
  } catch (error) {
    throw translateLoadError(error);
  }
}

/**
 * @returns the network with its batch open; null where it is open already, or where the reader cannot follow it
 *   through the graph, or where two images at once get other answers than one after the other
 */
async function openFixedBatch(host: Host, model: Uint8Array): Promise<Uint8Array | null> {
  // Compared on the CPU: it is there, exact, and needs no shaders.
  const onCpu: Host = { ...host, facts: onnxProviders.onnx };
  const single = await openSession(onCpu, model);
  let several: Ort.InferenceSession | null = null;
  try {
    const shapes = single.inputMetadata.map(readShape);
    const isFixed = shapes.every((shape) => shape[0] === 1 && !shape.includes(null));
    if (!isFixed) return null;
    const { openModelBatch } = await import('./rewrite-model.ts');
    const opened = openModelBatch(model);
    several = await openSession(onCpu, opened);
    return (await areAlike(host.ort, single, several)) ? opened : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  } finally {
    await single.release();
    await several?.release();
  }
}

/** Relative to the largest number of the answers. */
const maxBatchError = 1e-4;

/** @param single takes one image, `several` any number */
async function areAlike(ort: typeof Ort, single: Ort.InferenceSession, several: Ort.InferenceSession): Promise<boolean> {
  const pair: Record<string, FloatTensor> = {};
  for (const metadata of single.inputMetadata) {
    const shape = [2, ...readShape(metadata).slice(1).map(Number)];
    pair[metadata.name] = { shape, data: Float32Array.from({ length: countElements(shape) }, (_, index) => Math.sin(0.37 * index)) };
  }
  const expected = stackRows([await runOnce(ort, single, takeRow(pair, 0)), await runOnce(ort, single, takeRow(pair, 1))]);
  const received = await runOnce(ort, several, pair);
  return Object.entries(expected).every(([name, { data, shape }]) => {
    const other = received[name];
    if (other === undefined || other.shape.join() !== shape.join()) return false;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return data.every((value, index) => Math.abs(value - (other.data[index] ?? Number.NaN)) <= maxBatchError * largest);
  });
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
    // Where a provider leaves its results on the GPU, this fetches them.
    const data: unknown = await tensor.getData();
    if (!(data instanceof Float32Array)) {
      throw new AppError('model-mismatch', `Expected float32 for output ${name} but received ${tensor.type}`);
    }
    outputs[name] = { shape: [...tensor.dims], data };
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
