/** A network that pads with zeros: every runtime must answer as worked out here, and as ONNX Runtime does. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNetwork } from '../../../native-models/onnx/read-network.ts';
import type { Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { cpuRuntimeNames, openRuntimes, relativeError } from '../runtime/open-runtimes.ts';
import { craftModel, wave, type CraftedModel } from './craft-model.ts';

/** 2 channels of 2 x 3 pixels get a third channel, a row above and two columns to the right. */
const padded: CraftedModel = {
  input: [1, 2, 2, 3],
  nodes: [{ operator: 'Pad', inputs: ['x', 'pads'], output: 'y' }],
  constants: { pads: { shape: [8], integers: [0, 0, 1, 0, 0, 1, 0, 2] } },
  outputs: ['y'],
};

/** Between convolutions images lie with channels last, and pads have to move with them. */
const betweenConvolutions: CraftedModel = {
  input: [1, 2, 5, 6],
  nodes: [
    { operator: 'Conv', inputs: ['x', 'w'], output: 'c' },
    { operator: 'Pad', inputs: ['c', 'pads'], output: 'p' },
    { operator: 'Conv', inputs: ['p', 'v'], output: 'y' },
  ],
  constants: {
    w: { shape: [3, 2, 2, 2], floats: wave(24, 1) },
    pads: { shape: [8], integers: [0, 0, 0, 1, 0, 2, 1, 0] },
    v: { shape: [2, 5, 2, 2], floats: wave(40, 2) },
  },
  outputs: ['y'],
};

/** As operator sets before 11 wrote it. */
const asAttribute: CraftedModel = {
  input: [1, 2, 2, 3],
  nodes: [{ operator: 'Pad', inputs: ['x'], output: 'y', integers: { pads: [0, 0, 0, 0, 0, 0, 1, 1] }, texts: { mode: 'constant' } }],
  outputs: ['y'],
  operatorSet: 10,
};

let runtimes: Map<RuntimeName, Runtime>;

beforeAll(async () => {
  runtimes = await openRuntimes();
});

afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.dispose();
});

describe.each(cpuRuntimeNames)('%s', (name) => {
  test('puts zeros where the pads say', async (context) => {
    const runtime = runtimes.get(name) ?? context.skip(`${name} is not installed`);
    const network = await runtime.load(craftModel(padded));
    const { y } = await network.run({ x: { shape: [1, 2, 2, 3], data: Float32Array.from({ length: 12 }, (_, index) => index + 1) } });
    await network.dispose();
    const empty = [0, 0, 0, 0, 0];
    expect(y!.shape).toEqual([1, 3, 3, 5]);
    expect([...y!.data]).toEqual(
      [empty, [1, 2, 3, 0, 0], [4, 5, 6, 0, 0], empty, [7, 8, 9, 0, 0], [10, 11, 12, 0, 0], empty, empty, empty].flat(),
    );
  });

  test.for([betweenConvolutions, asAttribute])('pads inside a network as ONNX Runtime does', async (model, context) => {
    const runtime = runtimes.get(name) ?? context.skip(`${name} is not installed`);
    const shape = [2, ...model.input!.slice(1).map(Number)];
    const x = { shape, data: Float32Array.from(wave(shape.reduce((product, size) => product * size, 1))) };
    const run = async (on: Runtime): Promise<{ shape: readonly number[]; data: Float32Array }> => {
      const network = await on.load(craftModel(model));
      const { y } = await network.run({ x });
      await network.dispose();
      return y!;
    };
    const expected = await run(runtimes.get('onnx')!);
    const received = await run(runtime);
    expect(received.shape).toEqual(expected.shape);
    expect(relativeError(received, expected)).toBeLessThan(1e-5);
  });
});

test.each([
  ['mode reflect', { nodes: [{ operator: 'Pad', inputs: ['x', 'pads'], output: 'y', texts: { mode: 'reflect' } }] }],
  ['with 7', { nodes: [{ operator: 'Pad', inputs: ['x', 'pads', 'seven'], output: 'y' }] }],
  ['along the batch', { constants: { pads: { shape: [8], integers: [1, 0, 0, 0, 0, 0, 0, 0] } } }],
  ['with pads -1', { constants: { pads: { shape: [8], integers: [-1, 0, 0, 0, 0, 0, 0, 0] } } }],
] as const)('padding that TensorFlow.js would do otherwise is refused: %s', (message, change) => {
  const model = { ...padded, ...change, constants: { seven: { shape: [], floats: [7] }, ...padded.constants, ...('constants' in change ? change.constants : {}) } };
  expect(() => readNetwork(craftModel(model))).toThrowError(
    expect.objectContaining({ code: 'unsupported-operator', message: expect.stringContaining(message) }),
  );
});
