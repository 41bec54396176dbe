/** Small graphs, each about one operator or pattern: every runtime must answer as ONNX Runtime does. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { craftModel, wave } from '../onnx/craft-model.ts';
import { cpuRuntimeNames, openRuntimes, relativeError } from './open-runtimes.ts';
import { operatorModels } from './operator-models.ts';

let runtimes: Map<RuntimeName, Runtime>;

beforeAll(async () => {
  runtimes = await openRuntimes();
});

afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.dispose();
});

describe.each(cpuRuntimeNames.filter((name) => name !== 'onnx'))('%s computes as ONNX Runtime does', (name) => {
  test.for(Object.keys(operatorModels))('%s', async (title, context) => {
    const runtime = runtimes.get(name) ?? context.skip(`${name} is not installed`);
    const model = operatorModels[title]!;
    const bytes = craftModel(model);
    const expectedNetwork = await runtimes.get('onnx')!.load(bytes);
    const network = await runtime.load(bytes);
    const shape = [2, ...(model.input ?? []).slice(1).map(Number)];
    const data = Float32Array.from(wave(shape.reduce((product, size) => product * size, 1)));
    const expected = await expectedNetwork.run({ x: { shape, data } });
    const received = await network.run({ x: { shape, data } });
    for (const output of model.outputs) {
      expect(received[output]?.shape).toEqual(expected[output]?.shape);
      expect(relativeError(received[output]!, expected[output]!)).toBeLessThan(1e-5);
    }
    await expectedNetwork.dispose();
    await network.dispose();
  });
});
