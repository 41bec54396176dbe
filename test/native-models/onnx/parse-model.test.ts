import { expect, test } from 'vitest';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { planNetwork, readNetwork } from '../../../native-models/onnx/read-network.ts';
import { modelMessage } from '../../../native-models/onnx/schema.ts';
import { craftModel } from './craft-model.ts';

const relu = { operator: 'Relu', inputs: ['x'], output: 'y' };

test('a graph comes out as it was written, with the batch open', () => {
  const graph = parseModel(craftModel({ nodes: [{ ...relu, name: 'first' }], outputs: ['y'], input: [1, 3, 8, 6] }));
  expect(graph.inputs).toEqual([{ name: 'x', shape: [null, 3, 8, 6] }]);
  expect(graph.outputs).toEqual([{ name: 'y', value: 'y' }]);
  expect(graph.nodes).toMatchObject([{ name: 'first', operator: 'Relu', inputs: ['x'], outputs: ['y'] }]);
  expect(graph.operatorSet).toBe(11);
});

test('weights are read from raw bytes at any alignment', () => {
  const constants = { short: { shape: [1], floats: [0.5] }, long: { shape: [3], floats: [1, -2, 3] } };
  const graph = parseModel(craftModel({ nodes: [relu], outputs: ['y'], constants }));
  expect(graph.constants.get('long')).toEqual({ type: 'float32', shape: [3], data: Float32Array.of(1, -2, 3) });
});

test('attributes keep their kinds, and the largest integer means "to the end"', () => {
  const node = {
    ...relu,
    integers: { axis: -1, axes: [0, 2], end: Number.MAX_SAFE_INTEGER },
    floats: { alpha: 0.5 },
    texts: { mode: 'nearest' },
  };
  const attributes = parseModel(craftModel({ nodes: [node], outputs: ['y'] })).nodes[0]?.attributes;
  expect(Object.fromEntries(attributes ?? [])).toEqual({
    axis: -1,
    axes: [0, 2],
    end: Number.MAX_SAFE_INTEGER,
    alpha: 0.5,
    mode: 'nearest',
  });
});

test('bytes that are no ONNX file are refused', () => {
  expect(() => parseModel(Uint8Array.of(1, 2, 3, 4))).toThrowError(
    expect.objectContaining({ code: 'model-mismatch' }),
  );
});

test('an empty file is refused', () => {
  expect(() => parseModel(new Uint8Array())).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
});

test('a file cut off in the middle is refused', () => {
  const whole = craftModel({ nodes: [relu], outputs: ['y'], constants: { w: { shape: [100], floats: Array(100).fill(1) } } });
  expect(() => parseModel(whole.subarray(0, whole.length - 50))).toThrowError(
    expect.objectContaining({ code: 'model-mismatch' }),
  );
});

test('a tensor with fewer elements than its shape says is refused by name', () => {
  const constants = { weights: { shape: [2, 2], floats: [1, 2, 3] } };
  expect(() => parseModel(craftModel({ nodes: [relu], outputs: ['y'], constants }))).toThrowError(/4 elements.*weights.*3/);
});

test('a tensor of a type that no network here uses is refused by name', () => {
  const bytes = modelMessage
    .encode(
      modelMessage.fromObject({
        operatorSets: [{ version: 11 }],
        graph: { initializer: [{ name: 'halves', dims: [1], dataType: 10, rawData: Uint8Array.of(0, 0) }] },
      }),
    )
    .finish();
  expect(() => parseModel(bytes)).toThrowError(/halves.*data type 10/);
});

test('an operator set from before broadcasting is refused', () => {
  expect(() => parseModel(craftModel({ nodes: [relu], outputs: ['y'], operatorSet: 6 }))).toThrowError(/operator set/);
});

test('lengths that the file leaves open are null, and a plan needs them', () => {
  const bytes = craftModel({ input: ['n', 3, 'height', 4], nodes: [relu], outputs: ['y'] });
  expect(parseModel(bytes).inputs).toEqual([{ name: 'x', shape: [null, 3, null, 4] }]);
  expect(() => readNetwork(bytes)).toThrowError(/fixed length for axis 2 of input x/);
  expect(planNetwork(parseModel(bytes), { x: [1, 3, 5, 4] }).inputs).toEqual([{ name: 'x', shape: [null, 3, 5, 4] }]);
});
