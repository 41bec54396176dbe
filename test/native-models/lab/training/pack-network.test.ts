import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../electron/base/errors.ts';
import { createPackNetwork, type EmbedderOfPack, type PackNetwork } from '../../../../native-models/lab/training/pack-network.ts';
import { createRuntime } from '../../../../native-models/runtime/create-runtime.ts';
import type { FloatTensor, Runtime } from '../../../../native-models/runtime/runtime.ts';
import { loadStandardPack } from '../../../support/standard-pack.ts';
import { openPackStore } from '../../../support/packs.ts';
import { wave } from '../../onnx/craft-model.ts';
import { relativeError } from '../../runtime/open-runtimes.ts';
import { tinyPack } from './tiny-pack.ts';

const tensorflow = await openTensorFlow();
let onnx: Runtime;

async function openTensorFlow(): Promise<Runtime | null> {
  try {
    return await createRuntime('tensorflow');
  } catch (error) {
    if (isAppError(error, 'runtime-unavailable')) return null;
    throw error;
  }
}

beforeAll(async () => {
  onnx = await createRuntime('onnx');
});

afterAll(async () => {
  await onnx.dispose();
  await tensorflow?.dispose();
});

const tinyChips = (): tf.Tensor4D => tf.tensor4d(wave(2 * 6 * 6 * 3).map((value) => 127 + 150 * value), [2, 6, 6, 3]);

/** Changes every variable, each of its elements differently. */
function disturb(network: PackNetwork): void {
  for (const variable of network.variables) {
    const change = tf.tensor(wave(variable.size, 0.6).map((value) => value * 0.05), variable.shape);
    variable.assign(tf.add(variable, change));
  }
}

async function runOnnx(model: Uint8Array, input: FloatTensor, { inputName, output }: { inputName: string; output: string }): Promise<FloatTensor> {
  const network = await onnx.load(model);
  const outputs = await network.run({ [inputName]: input });
  await network.dispose();
  return outputs[output]!;
}

/** @returns unit vectors of the chips alone, without mirror images, as ONNX Runtime and the network compute them */
async function embedBoth(pack: EmbedderOfPack, network: PackNetwork, chips: tf.Tensor4D): Promise<{ received: FloatTensor; expected: FloatTensor }> {
  const { input, outputs } = pack.manifest.embedder;
  const received = tf.tidy(() => network.embedFrozen(network.computeFrozen(chips)));
  const [count = 0] = chips.shape;
  const ordered = input.channelOrder === 'bgr' ? tf.reverse(chips, 3) : chips;
  const seen = tf.transpose(tf.div(tf.sub(ordered, input.mean), input.scale), [0, 3, 1, 2]);
  const answer = await runOnnx(await network.writeModel(), { shape: seen.shape, data: seen.dataSync<'float32'>() }, { inputName: input.name, output: outputs.embedding });
  const rows = tf.tensor2d(answer.data, [count, network.dims]);
  const unit = tf.div(rows, tf.norm(rows, 2, 1, true));
  const result = {
    received: { shape: received.shape, data: received.dataSync<'float32'>() },
    expected: { shape: unit.shape, data: unit.dataSync<'float32'>() },
  };
  tf.dispose([received, ordered === chips ? [] : ordered, seen, rows, unit]);
  return result;
}

describe.skipIf(tensorflow === null)('the embedder of a pack as a network to train (skipped: no tfjs-node)', () => {
  test('gradients are those of finite differences, for every kind of weight', () => {
    const network = createPackNetwork(tinyPack, { frozenLayers: 0 });
    const chips = tinyChips();
    const target = tf.tensor2d(wave(6, 0.8), [2, 3]);
    const measureLoss = (): tf.Scalar => tf.tidy(() => tf.sum<tf.Scalar>(tf.square(tf.sub(network.embed(chips, true), target))));
    const { grads } = tf.variableGrads(measureLoss, [...network.variables]);
    // Three convolutions with filter, bias each, one with slopes, and a product with weights and bias.
    expect(network.variables).toHaveLength(9);
    for (const variable of network.variables) {
      const values = Float32Array.from(variable.dataSync<'float32'>());
      const gradient = grads[variable.name]!.dataSync<'float32'>();
      for (const at of new Set([0, values.length >> 1, values.length - 1])) {
        const lossAt = (change: number): number => {
          variable.assign(tf.tensor(values.map((value, index) => (index === at ? value + change : value)), variable.shape));
          return measureLoss().dataSync()[0]!;
        };
        const step = 2e-3;
        const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
        variable.assign(tf.tensor(values, variable.shape));
        expect(Math.abs(gradient[at]! - slope), `${variable.name}[${at}]: ${gradient[at]} beside ${slope}`).toBeLessThan(2e-3 + 0.01 * Math.abs(slope));
      }
    }
    network.dispose();
  });

  test('what is frozen has no variables, and the same gradients are left to the others', () => {
    const whole = createPackNetwork(tinyPack, { frozenLayers: 0 });
    const frozen = createPackNetwork(tinyPack, { frozenLayers: 2 });
    const chips = tinyChips();
    const takeGradients = (network: PackNetwork): number[][] => {
      const { grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.square(tf.sub(network.embed(chips, true), 0.3))), [...network.variables]);
      return network.variables.map(({ name }) => Array.from(grads[name]!.dataSync()));
    };
    const received = takeGradients(frozen);
    expect(received).toHaveLength(4);
    takeGradients(whole).slice(-4).forEach((values, index) => {
      values.forEach((value, at) => expect(received[index]![at]).toBeCloseTo(value, 5));
    });
    whole.dispose();
    frozen.dispose();
  });

  test.for([0, 2])('untouched weights come back as a file with the same outputs, with %i layers frozen', async (frozenLayers) => {
    const network = createPackNetwork(tinyPack, { frozenLayers });
    const { received, expected } = await embedBoth(tinyPack, network, tinyChips());
    expect(relativeError(received, expected)).toBeLessThan(1e-5);
    network.dispose();
  });

  test.for([0, 3])('changed weights come back as a file that computes what the network does, with %i layers frozen', async (frozenLayers) => {
    const network = createPackNetwork(tinyPack, { frozenLayers });
    const before = tf.tidy(() => Array.from(network.embed(tinyChips(), false).dataSync()));
    disturb(network);
    const after = tf.tidy(() => Array.from(network.embed(tinyChips(), false).dataSync()));
    expect(after).not.toEqual(before);
    const { received, expected } = await embedBoth(tinyPack, network, tinyChips());
    expect(relativeError(received, expected)).toBeLessThan(1e-5);
    network.dispose();
  });

  test('mirror images are added where the manifest says so', () => {
    const network = createPackNetwork(tinyPack, { frozenLayers: 1 });
    tf.tidy(() => {
      const chips = tinyChips();
      const one = network.embed(chips, false);
      const other = network.embed(tf.reverse(chips, 2), false);
      expect(Array.from(one.dataSync())).toEqual(Array.from(other.dataSync()).map((value) => expect.closeTo(value, 5)));
    });
    network.dispose();
  });

  test('tensors are let go of', async () => {
    const before = tf.memory().numTensors;
    const network = createPackNetwork(tinyPack, { frozenLayers: 1 });
    tf.tidy(() => void network.embed(tinyChips(), true));
    await network.writeModel();
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a network of which nothing is left to change is refused', () => {
    expect(() => createPackNetwork(tinyPack, { frozenLayers: 4 })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });

  test.for(['standard', 'classic'] as const)('the embedder of %s is trained and written back', { timeout: 60_000 }, async (name) => {
    const pack = name === 'standard' ? await loadStandardPack() : await openPackStore().load('classic');
    const frozenLayers = name === 'standard' ? 40 : 22;
    const network = createPackNetwork(pack, { frozenLayers });
    const side = network.inputHeight;
    const chips = tf.tensor4d(Float32Array.from({ length: 2 * side * side * 3 }, (_, at) => 127 + 100 * Math.sin(0.013 * at)), [2, side, side, 3]);
    const { grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.slice(network.embed(chips, true), [0, 0], [2, 5])), [...network.variables]);
    for (const { name: variable } of network.variables) {
      expect(grads[variable]!.dataSync().some((value) => value !== 0), variable).toBe(true);
    }
    disturb(network);
    const { received, expected } = await embedBoth(pack, network, chips);
    expect(relativeError(received, expected)).toBeLessThan(1e-4);
    network.dispose();
  });
});
