/** One contract over every CPU runtime, as gpu-runtimes.test.ts holds GPUs to it: the networks of the standard pack, one image or several at a time. */

import * as tf from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKnownInput, findWrongAnswer } from '../../../native-models/runtime/check-runtime.ts';
import type { FloatTensor, Network, Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack, standardPackFolder, type StandardPack } from '../../support/standard-pack.ts';
import { craftModel } from '../onnx/craft-model.ts';
import { operatorModels } from './operator-models.ts';
import { cpuRuntimeNames, openRuntimes, relativeError } from './open-runtimes.ts';

const parts = ['detector', 'landmarker', 'embedder'] as const;
const referencePath = fileURLToPath(new URL('../../../../shared/reference/standard-pack.json', import.meta.url));

let runtimes: Map<RuntimeName, Runtime>;
let pack: StandardPack;

beforeAll(async () => {
  runtimes = await openRuntimes();
  pack = await loadStandardPack();
});

afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.dispose();
});

function inputOf(part: (typeof parts)[number], batch: number): Record<string, FloatTensor> {
  const { name, shape } = pack.manifest[part]!.input;
  return { [name]: createKnownInput([batch, ...shape.slice(1)]) };
}

async function withNetwork<Result>(runtime: Runtime, model: Uint8Array, use: (network: Network) => Promise<Result>): Promise<Result> {
  const network = await runtime.load(model);
  try {
    return await use(network);
  } finally {
    await network.dispose();
  }
}

describe.each(cpuRuntimeNames)('%s', (name) => {
  /** Skips the test where the runtime is not installed. */
  function open(context: { skip(note: string): never }): Runtime {
    return runtimes.get(name) ?? context.skip(`${name} is not installed`);
  }

  test.for(parts)('answers as ONNX Runtime does: %s', async (part, context) => {
    const runtime = open(context);
    for (const batch of [1, 3]) {
      const run = (network: Network): Promise<Record<string, FloatTensor>> => network.run(inputOf(part, batch));
      const expected = await withNetwork(runtimes.get('onnx')!, pack[part], run);
      const received = await withNetwork(runtime, pack[part], run);
      expect(Object.keys(received)).toEqual(Object.keys(expected));
      for (const [output, tensor] of Object.entries(expected)) {
        expect(received[output]?.shape).toEqual(tensor.shape);
        expect(relativeError(received[output]!, tensor)).toBeLessThan(1e-5);
      }
    }
  });

  test('gives the known answers', async (context) => {
    expect(await findWrongAnswer(open(context), pack)).toBeNull();
  });

  test('gives the raw outputs of the reference', async (context) => {
    const runtime = open(context);
    if (!existsSync(referencePath)) context.skip('skipped: no ../shared');
    const reference = JSON.parse(readFileSync(referencePath, 'utf8')) as {
      raw: { networks: Record<string, { output: string; shape: number[]; norm: number; first: number[] }[]> };
    };
    for (const part of parts) {
      const answers = reference.raw.networks[pack.manifest[part]!.file.replace('.onnx', '')] ?? [];
      // As it lies in the file: the pack cuts the detector before its decoding.
      const bytes = readFileSync(path.join(standardPackFolder(), pack.manifest[part]!.file));
      const outputs = await withNetwork(runtime, bytes, (network) => network.run(inputOf(part, 1)));
      expect(answers.length).toBeGreaterThan(0);
      for (const { output, shape, norm, first } of answers) {
        const tensor = outputs[output]!;
        expect(tensor.shape).toEqual(shape);
        const squares = tensor.data.reduce((sum, value) => sum + value ** 2, 0);
        expect(Math.sqrt(squares) / norm).toBeCloseTo(1, 4);
        first.forEach((value, index) => expect(tensor.data[index]).toBeCloseTo(value, 4));
      }
    }
  });

  test('gives the same answer for an image alone and among others', async (context) => {
    const { name: input, shape } = pack.manifest.embedder.input;
    const among = createKnownInput([3, ...shape.slice(1)]);
    const length = among.data.length / 3;
    const alone: FloatTensor = { shape: [1, ...shape.slice(1)], data: among.data.slice(length, 2 * length) };
    await withNetwork(open(context), pack.embedder, async (network) => {
      const [all, one] = [await network.run({ [input]: among }), await network.run({ [input]: alone })];
      const row: FloatTensor = { shape: [1, 512], data: all['output']!.data.slice(512, 1024) };
      expect(relativeError(row, one['output']!)).toBeLessThan(1e-5);
    });
  });

  test('says what a network takes and gives', async (context) => {
    await withNetwork(open(context), pack.detector, async (network) => {
      expect(network.inputs).toEqual([{ name: 'input', shape: [null, 3, null, null] }]);
      expect(network.outputs).toEqual(['scores', '462']);
    });
  });

  test('runs a network of open height and width at every size, and keeps the plans of the last few only', async (context) => {
    const runtime = open(context);
    const before = tf.memory().numTensors;
    const bytes = craftModel({ ...operatorModels['a convolution with stride 2 and padding 1']!, input: [1, 4, 'height', 'width'] });
    const network = await runtime.load(bytes);
    const reference = await runtimes.get('onnx')!.load(bytes);
    expect(network.inputs).toEqual([{ name: 'x', shape: [null, 4, null, null] }]);
    const tensors: number[] = [];
    for (let size = 5; size < 25; size++) {
      for (const batch of [1, 2]) {
        const x = createKnownInput([batch, 4, size, 2 * size]);
        expect(relativeError((await network.run({ x }))['y']!, (await reference.run({ x }))['y']!)).toBeLessThan(1e-5);
      }
      tensors.push(tf.memory().numTensors);
    }
    expect(tensors.at(-1)).toBe(tensors.at(-10));
    await expect(network.run({ x: createKnownInput([1, 3, 8, 8]) })).rejects.toMatchObject({ code: 'bad-argument' });
    await network.dispose();
    await reference.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses inputs that are missing, unknown or of the wrong shape', async (context) => {
    await withNetwork(open(context), pack.landmarker, async (network) => {
      const wrong: Record<string, FloatTensor>[] = [
        {},
        { picture: createKnownInput([1, 1, 64, 64]) },
        { input: createKnownInput([1, 1, 64, 63]) },
        { input: createKnownInput([1, 64, 64]) },
        { input: { shape: [2, 1, 64, 64], data: new Float32Array(64 * 64) } },
      ];
      for (const inputs of wrong) {
        await expect(network.run(inputs)).rejects.toMatchObject({ code: 'bad-argument' });
      }
    });
  });

  test('refuses an operator by name', async (context) => {
    const runtime = open(context);
    const bytes = craftModel({ nodes: [{ operator: 'Sharpen', name: 'edge', inputs: ['x'], output: 'y' }], outputs: ['y'] });
    await expect(runtime.load(bytes)).rejects.toMatchObject({
      code: 'unsupported-operator',
      message: expect.stringContaining('Sharpen'),
    });
  });

  test('refuses bytes that are no network', async (context) => {
    const runtime = open(context);
    await expect(runtime.load(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'model-mismatch' });
  });

  test('leaves no tensor behind', async (context) => {
    const runtime = open(context);
    const before = tf.memory().numTensors;
    const network = await runtime.load(pack.embedder);
    const loaded = tf.memory().numTensors;
    for (let run = 0; run < 3; run++) await network.run(inputOf('embedder', 2));
    await expect(network.run({})).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(loaded);
    await network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('networks on different runtimes run at the same time', async () => {
  const networks = await Promise.all([...runtimes.values()].map((runtime) => runtime.load(pack.landmarker)));
  const runs = [0, 1, 2].flatMap(() => networks.map((network) => network.run(inputOf('landmarker', 2))));
  const [first, ...others] = (await Promise.all(runs)).map((outputs) => outputs['output']!);
  for (const other of others) expect(relativeError(other, first!)).toBeLessThan(1e-5);
  for (const network of networks) await network.dispose();
});
