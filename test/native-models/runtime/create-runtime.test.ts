import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { chooseRuntime, createRuntime, describeRuntimes } from '../../../native-models/runtime/create-runtime.ts';
import type { Network, Runtime } from '../../../native-models/runtime/runtime.ts';
import { runtimeNames } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack, type StandardPack } from '../../support/standard-pack.ts';

let pack: StandardPack;

beforeAll(async () => {
  pack = await loadStandardPack();
});

/** ONNX Runtime with every output a little too large. */
async function openWrongRuntime(): Promise<Runtime> {
  const right = await createRuntime('onnx');
  return {
    ...right,
    async load(model): Promise<Network> {
      const network = await right.load(model);
      return {
        ...network,
        async run(inputs) {
          const outputs = Object.entries(await network.run(inputs));
          return Object.fromEntries(
            outputs.map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((value) => value * 1.01) }]),
          );
        },
      };
    },
  };
}

function failToOpen(): Promise<Runtime> {
  throw new AppError('runtime-unavailable', 'Expected a library', { parameters: { reason: 'not built' } });
}

test('auto takes ONNX Runtime where it is there', async () => {
  const { runtime, passedOver } = await chooseRuntime({ pack });
  expect(runtime.name).toBe('onnx');
  expect(runtime.description).toMatch(/^ONNX Runtime \d+\.\d+/);
  expect(passedOver).toEqual([]);
});

test('auto passes over a runtime that fails to load and one that answers wrongly, and says why', async () => {
  const { runtime, passedOver } = await chooseRuntime({ pack }, [
    { name: 'tensorflow', open: failToOpen },
    { name: 'onnx', open: openWrongRuntime },
    { name: 'wasm', open: () => createRuntime('wasm') },
  ]);
  expect(runtime.name).toBe('wasm');
  expect(passedOver).toEqual([
    { name: 'tensorflow', reason: 'not built' },
    { name: 'onnx', reason: expect.stringMatching(/norm 63\.5.*scores of fr_detect\.onnx/) },
  ]);
});

test('where nothing works the reasons are all given', async () => {
  await expect(chooseRuntime({ pack }, [{ name: 'wasm', open: failToOpen }])).rejects.toMatchObject({
    code: 'runtime-unavailable',
    message: expect.stringContaining('wasm: not built'),
  });
});

test('every runtime is described, and each that is missing with a reason', async () => {
  const states = await describeRuntimes({ pack });
  expect(states.map(({ name }) => name)).toEqual([...runtimeNames]);
  for (const state of states) {
    expect(state.isAvailable ? state.description : state.reason).not.toBe('');
    if (state.name !== 'tensorflow') expect(state).toMatchObject({ isAvailable: true });
  }
});

test('a runtime can be opened again and again', async () => {
  for (let time = 0; time < 2; time++) {
    const runtime = await createRuntime('wasm');
    expect(runtime.description).toMatch(/WASM/);
    await runtime.dispose();
  }
});
