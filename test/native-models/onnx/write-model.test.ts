import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cutGraph } from '../../../native-models/onnx/cut-graph.ts';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { writeModel } from '../../../native-models/onnx/write-model.ts';
import { createOnnxRuntime } from '../../../native-models/runtime/onnxruntime.ts';
import { standardPackFolder } from '../../support/standard-pack.ts';
import { craftModel, wave } from './craft-model.ts';

const detector = (): Uint8Array => readFileSync(path.join(standardPackFolder(), 'fr_detect.onnx'));

test('a graph that is written and read again is the same', () => {
  for (const name of ['fr_detect.onnx', 'fr_landmark.onnx', 'fr_feature.onnx']) {
    const graph = parseModel(readFileSync(path.join(standardPackFolder(), name)));
    const again = parseModel(writeModel(graph));
    expect(again.inputs).toEqual(graph.inputs);
    expect(again.nodes).toEqual(graph.nodes);
    expect(again.constants.size).toBe(graph.constants.size);
    for (const [key, constant] of graph.constants) expect(again.constants.get(key)).toEqual(constant);
  }
});

test('the same graph gives the same bytes', () => {
  const graph = parseModel(detector());
  expect(Buffer.from(writeModel(graph)).equals(Buffer.from(writeModel(graph)))).toBe(true);
});

test('a cut graph keeps what its outputs need and nothing else', () => {
  const bytes = craftModel({
    nodes: [
      { operator: 'Relu', inputs: ['x'], output: 'a' },
      { operator: 'Add', inputs: ['a', 'offset'], output: 'b' },
      { operator: 'Mul', inputs: ['b', 'gain'], output: 'c' },
    ],
    outputs: ['c'],
    constants: { offset: { shape: [1], floats: [1] }, gain: { shape: [1], floats: [2] } },
  });
  const cut = cutGraph(parseModel(bytes), { outputs: ['b'] });
  expect(cut.nodes.map(({ operator }) => operator)).toEqual(['Relu', 'Add']);
  expect([...cut.constants.keys()]).toEqual(['offset']);
  expect(cut.outputs).toEqual([{ name: 'b', value: 'b' }]);
});

test('a cut at a value that is not there is refused by name', () => {
  expect(() => cutGraph(parseModel(detector()), { outputs: ['elsewhere'] })).toThrowError(/elsewhere/);
});

test('the detector cut before its decoding runs at any size, and agrees with the whole where sizes agree', async () => {
  const runtime = await createOnnxRuntime({ name: 'onnx', threads: 1 });
  const whole = await runtime.load(detector());
  const graph = cutGraph(parseModel(detector()), { outputs: ['scores', '462'], inputShapes: { input: [null, 3, null, null] } });
  const open = await runtime.load(writeModel(graph));
  const input = { shape: [1, 3, 240, 320], data: Float32Array.from(wave(3 * 240 * 320)) };
  const expected = (await whole.run({ input }))['scores']!;
  const received = (await open.run({ input }))['scores']!;
  expect(received.shape).toEqual([1, 4420, 2]);
  expect(Math.max(...received.data.map((value, index) => Math.abs(value - expected.data[index]!)))).toBeLessThan(1e-5);
  const larger = await open.run({ input: { shape: [2, 3, 128, 192], data: Float32Array.from(wave(2 * 3 * 128 * 192)) } });
  // Cells of 8, 16, 32 and 64 px with 3, 2, 2 and 3 priors.
  const priors = 16 * 24 * 3 + 8 * 12 * 2 + 4 * 6 * 2 + 2 * 3 * 3;
  expect(larger['462']?.shape).toEqual([2, priors, 4]);
  await whole.dispose();
  await open.dispose();
  await runtime.dispose();
});
