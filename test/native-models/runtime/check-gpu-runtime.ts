/** A process that holds one GPU runtime (the argument) to the contract of all runtimes and prints what it found. */

import * as tf from '@tensorflow/tfjs-core';
import { isAppError } from '../../../electron/base/errors.ts';
import { createKnownInput, findWrongAnswer, maxRelativeErrors } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import { prepareProcess } from '../../../native-models/runtime/process-environment.ts';
import type { FloatTensor, Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';
import { craftModel, wave } from '../onnx/craft-model.ts';
import { relativeError } from './open-runtimes.ts';
import { operatorModels } from './operator-models.ts';

/** What the process prints. */
export type GpuReport =
  | { readonly missing: string }
  | { readonly description: string; /** By check; null where it holds. */ readonly problems: Readonly<Record<string, string | null>> };

const name = process.argv[2] as RuntimeName;
prepareProcess(name, 1);

async function compare(runtime: Runtime, reference: Runtime, model: Uint8Array, inputs: Record<string, FloatTensor>): Promise<void> {
  const [network, expectedNetwork] = [await runtime.load(model), await reference.load(model)];
  const [received, expected] = [await network.run(inputs), await expectedNetwork.run(inputs)];
  await network.dispose();
  await expectedNetwork.dispose();
  for (const [output, tensor] of Object.entries(expected)) {
    if (received[output]?.shape.join() !== tensor.shape.join()) throw new Error(`${output} has shape ${received[output]?.shape.join()}`);
    const error = relativeError(received[output], tensor);
    if (!(error < maxRelativeErrors[runtime.precision])) throw new Error(`${output} is off by ${error}`);
  }
}

async function expectCode(code: string, task: Promise<unknown>): Promise<void> {
  const error = await task.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error) || error.code !== code) throw error;
}

function makeInput(shape: readonly number[]): FloatTensor {
  return { shape, data: Float32Array.from(wave(shape.reduce((product, size) => product * size, 1))) };
}

async function check(runtime: Runtime): Promise<Record<string, string | null>> {
  const problems: Record<string, string | null> = {};
  const pack = await loadStandardPack();
  const reference = await createRuntime('onnx');
  async function attempt(title: string, task: () => Promise<void>): Promise<void> {
    problems[title] = await task().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  await attempt('gives the known answers', async () => {
    const wrong = await findWrongAnswer(runtime, pack);
    if (wrong !== null) throw new Error(wrong);
  });
  await attempt('takes several images at once', async () => {
    await compare(runtime, reference, pack.landmarker, { input: createKnownInput([3, 1, 64, 64]) });
  });
  await attempt('computes every operator', async () => {
    const wrong: string[] = [];
    for (const [title, model] of Object.entries(operatorModels)) {
      const x = makeInput([2, ...(model.input ?? []).slice(1).map(Number)]);
      await compare(runtime, reference, craftModel(model), { x }).catch((error: unknown) => wrong.push(`${title}: ${String(error)}`));
    }
    if (wrong.length > 0) throw new Error(wrong.join('; '));
  });
  await attempt('runs a network of open height and width at every size', async () => {
    const model = craftModel({ ...operatorModels['a convolution with stride 2 and padding 1']!, input: [1, 4, 'height', 'width'] });
    for (const shape of [[1, 4, 9, 8], [2, 4, 5, 12]]) await compare(runtime, reference, model, { x: makeInput(shape) });
  });
  await attempt('refuses what does not fit', async () => {
    const network = await runtime.load(pack.landmarker);
    await expectCode('bad-argument', network.run({ input: createKnownInput([1, 1, 64, 63]) }));
    await network.dispose();
    const sharpen = craftModel({ nodes: [{ operator: 'Sharpen', inputs: ['x'], output: 'y' }], outputs: ['y'] });
    await expectCode('unsupported-operator', runtime.load(sharpen));
    await expectCode('model-mismatch', runtime.load(Uint8Array.of(1, 2, 3)));
  });
  await attempt('leaves no tensor behind', async () => {
    const countTensors = (): number => (tf.getBackend() === undefined ? 0 : tf.memory().numTensors);
    const before = countTensors();
    const network = await runtime.load(pack.landmarker);
    const loaded = countTensors();
    const run = (): Promise<unknown> => network.run({ input: createKnownInput([1, 1, 64, 64]) });
    // Two at a time, as nobody has to wait for results that come from a GPU.
    await Promise.all([run(), run()]);
    if (countTensors() !== loaded) throw new Error(`${countTensors() - loaded} tensors after runs`);
    await network.dispose();
    if (countTensors() !== before) throw new Error(`${countTensors() - before} tensors at the end`);
  });
  return problems;
}

async function report(): Promise<GpuReport> {
  let runtime: Runtime;
  try {
    runtime = await createRuntime(name);
  } catch (error) {
    if (isAppError(error, 'runtime-unavailable')) return { missing: String(error.parameters['reason']) };
    throw error;
  }
  return { description: runtime.description, problems: await check(runtime) };
}

process.stdout.write(JSON.stringify(await report()), () => process.exit(0));
