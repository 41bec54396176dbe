import { readFileSync } from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { rewritePrelu } from '../../../native-models/onnx/rewrite-prelu.ts';
import { writeModel } from '../../../native-models/onnx/write-model.ts';
import { standardPackFolder } from '../../support/standard-pack.ts';
import { craftModel, wave } from './craft-model.ts';

async function run(model: Uint8Array, shape: number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const data = Float32Array.from(wave(shape.reduce((product, size) => product * size, 1)));
  const outputs = await session.run({ [session.inputNames[0]!]: new ort.Tensor('float32', data, shape) });
  await session.release();
  return outputs[session.outputNames[0]!]!.data as Float32Array;
}

test('slopes below, at and above one, and negative ones, give what PReLU gives', async () => {
  for (const slopes of [[0.25, -0.5], [1, 0], [1.5, 0.25]]) {
    const model = craftModel({
      nodes: [{ operator: 'PRelu', inputs: ['x', 'slopes'], output: 'y' }],
      outputs: ['y'],
      constants: { slopes: { shape: [2, 1, 1], floats: slopes } },
    });
    const rewritten = rewritePrelu(parseModel(model))!;
    expect(rewritten.nodes.map(({ operator }) => operator)).not.toContain('PRelu');
    const expected = await run(model, [1, 2, 4, 4]);
    const received = await run(writeModel(rewritten), [1, 2, 4, 4]);
    for (const [index, value] of received.entries()) expect(value).toBeCloseTo(expected[index]!, 6);
  }
});

test('the embedder of the standard pack answers the same to the bit', async () => {
  const model = readFileSync(path.join(standardPackFolder(), 'fr_feature.onnx'));
  const rewritten = writeModel(rewritePrelu(parseModel(model))!);
  expect(await run(rewritten, [1, 3, 112, 112])).toEqual(await run(model, [1, 3, 112, 112]));
});

test('a graph without PReLU, or with what would not be written back as it was, is left alone', () => {
  const relu = craftModel({ nodes: [{ operator: 'Relu', inputs: ['x'], output: 'y' }], outputs: ['y'] });
  expect(rewritePrelu(parseModel(relu))).toBeNull();
  const foreign = craftModel({
    nodes: [
      { operator: 'PRelu', inputs: ['x', 'slopes'], output: 'a' },
      { operator: 'Resize', inputs: ['a'], output: 'y' },
    ],
    outputs: ['y'],
    constants: { slopes: { shape: [2, 1, 1], floats: [0.5, 0.5] } },
  });
  expect(rewritePrelu(parseModel(foreign))).toBeNull();
});
