import { describe, expect, test } from 'vitest';
import { foldConstants } from '../../../native-models/onnx/fold-constants.ts';
import type { ShapedGraph } from '../../../native-models/onnx/graph.ts';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { craftModel, type CraftedModel } from './craft-model.ts';

function fold(model: CraftedModel): ShapedGraph {
  return foldConstants(parseModel(craftModel(model)));
}

/** What PyTorch writes for x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, 2). */
const permuteAndReshape: CraftedModel = {
  input: [1, 6, 3, 5],
  nodes: [
    { operator: 'Transpose', inputs: ['x'], output: 'moved', integers: { perm: [0, 2, 3, 1] } },
    { operator: 'Shape', inputs: ['moved'], output: 'shape' },
    { operator: 'Constant', inputs: [], output: 'zero', tensors: { value: { shape: [], integers: [0] } } },
    { operator: 'Gather', inputs: ['shape', 'zero'], output: 'batch', integers: { axis: 0 } },
    { operator: 'Unsqueeze', inputs: ['batch'], output: 'batches', integers: { axes: [0] } },
    { operator: 'Concat', inputs: ['batches', 'rest', 'two'], output: 'target', integers: { axis: 0 } },
    { operator: 'Reshape', inputs: ['moved', 'target'], output: 'y' },
  ],
  constants: { rest: { shape: [1], integers: [-1] }, two: { shape: [1], integers: [2] } },
  outputs: ['y'],
};

describe('shapes', () => {
  test('a chain that computes a shape folds away and keeps the batch open', () => {
    const graph = fold(permuteAndReshape);
    expect(graph.nodes.map((node) => node.operator)).toEqual(['Transpose', 'Reshape']);
    expect(graph.constants.get('target')?.data).toEqual([null, -1, 2]);
    expect(graph.shapes.get('y')).toEqual([null, 45, 2]);
  });

  test.each([
    ['a leading 1 of a graph traced with one image', [1, -1], [null, 96]],
    ['a leading 0, as in the input', [0, 6, 16], [null, 6, 16]],
    ['a leading -1 whose other axes use up the rest', [-1, 4, 24], [null, 4, 24]],
    ['a 0 further back', [1, 0, -1], [null, 6, 16]],
  ])('Reshape takes %s for the batch', (_, target, expected) => {
    const graph = fold({
      input: [1, 6, 4, 4],
      nodes: [{ operator: 'Reshape', inputs: ['x', 'target'], output: 'y' }],
      constants: { target: { shape: [target.length], integers: target } },
      outputs: ['y'],
    });
    expect(graph.shapes.get('y')).toEqual(expected);
  });

  test('a Reshape that would mix the batch with other axes is refused', () => {
    const model: CraftedModel = {
      input: [1, 6, 4, 4],
      nodes: [{ operator: 'Reshape', name: 'mix', inputs: ['x', 'target'], output: 'y' }],
      constants: { target: { shape: [2], integers: [96, -1] } },
      outputs: ['y'],
    };
    expect(() => fold(model)).toThrowError(expect.objectContaining({ code: 'unsupported-operator' }));
  });

  test.each([
    { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], expected: [null, 3, 9, 7] },
    { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], expected: [null, 3, 5, 4] },
    { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [2, 2], expected: [null, 3, 5, 3] },
    { strides: [2, 1], pads: [0, 1, 1, 0], dilations: [1, 1], expected: [null, 3, 4, 6] },
  ])('Conv with strides $strides, pads $pads and dilations $dilations gives $expected', ({ expected, ...integers }) => {
    const graph = fold({
      input: [1, 2, 9, 7],
      nodes: [{ operator: 'Conv', inputs: ['x', 'w'], output: 'y', integers }],
      constants: { w: { shape: [3, 2, 3, 3], floats: Array(54).fill(1) } },
      outputs: ['y'],
    });
    expect(graph.shapes.get('y')).toEqual(expected);
  });

  test('Slice counts from the end and reads "to the end"', () => {
    const graph = fold({
      input: [1, 8, 4],
      nodes: [
        { operator: 'Slice', inputs: ['x', 'starts', 'ends', 'axes'], output: 'y' },
      ],
      constants: {
        starts: { shape: [2], integers: [-3, 1] },
        ends: { shape: [2], integers: [Number.MAX_SAFE_INTEGER, -1] },
        axes: { shape: [2], integers: [1, 2] },
      },
      outputs: ['y'],
    });
    expect(graph.shapes.get('y')).toEqual([null, 3, 2]);
  });
});

describe('constants', () => {
  test('arithmetic on constants is done once, with broadcasting', () => {
    const graph = fold({
      nodes: [
        { operator: 'Mul', inputs: ['column', 'row'], output: 'table' },
        { operator: 'Add', inputs: ['x', 'table'], output: 'y' },
      ],
      input: [1, 2, 3],
      constants: { column: { shape: [2, 1], floats: [1, 10] }, row: { shape: [3], floats: [1, 2, 3] } },
      outputs: ['y'],
    });
    expect(graph.constants.get('table')).toEqual({
      type: 'float32',
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 10, 20, 30),
    });
    expect(graph.nodes).toHaveLength(1);
  });

  test('constants are sliced along any axis', () => {
    const graph = fold({
      nodes: [
        { operator: 'Slice', inputs: ['table'], output: 'part', integers: { axes: [1], starts: [1], ends: [3] } },
        { operator: 'Add', inputs: ['x', 'part'], output: 'y' },
      ],
      input: [1, 2, 2],
      operatorSet: 9,
      constants: { table: { shape: [2, 4], floats: [0, 1, 2, 3, 4, 5, 6, 7] } },
      outputs: ['y'],
    });
    expect(graph.constants.get('part')).toMatchObject({ shape: [2, 2], data: Float32Array.of(1, 2, 5, 6) });
  });

  test('what hands its input on disappears, also before an output', () => {
    const graph = fold({
      nodes: [
        { operator: 'Relu', inputs: ['x'], output: 'a' },
        { operator: 'Identity', inputs: ['a'], output: 'b' },
        { operator: 'Dropout', inputs: ['b'], output: 'y' },
      ],
      outputs: ['y'],
    });
    expect(graph.nodes.map((node) => node.operator)).toEqual(['Relu']);
    expect(graph.outputs).toEqual([{ name: 'y', value: 'a' }]);
  });
});

describe('refusals', () => {
  test('an unknown operator is refused by operator and node name', () => {
    const model: CraftedModel = {
      nodes: [{ operator: 'Einsum', name: 'attention', inputs: ['x', 'x'], output: 'y' }],
      outputs: ['y'],
    };
    expect(() => fold(model)).toThrowError(
      expect.objectContaining({
        code: 'unsupported-operator',
        message: expect.stringMatching(/attention.*Einsum/),
        parameters: { operator: 'Einsum', node: 'attention' },
      }),
    );
  });

  test('an operator of another domain is refused even where ONNX has one of that name', () => {
    const model: CraftedModel = {
      nodes: [{ operator: 'Relu', domain: 'com.example', inputs: ['x'], output: 'y' }],
      outputs: ['y'],
    };
    expect(() => fold(model)).toThrowError(/com\.example\.Relu/);
  });

  test('a node without a name is called after what it makes', () => {
    const model: CraftedModel = { nodes: [{ operator: 'Erf', inputs: ['x'], output: 'y' }], outputs: ['y'] };
    expect(() => fold(model)).toThrowError(expect.objectContaining({ parameters: { operator: 'Erf', node: 'making y' } }));
  });

  test('a value that no node makes is a mismatch', () => {
    const model: CraftedModel = { nodes: [{ operator: 'Relu', inputs: ['ghost'], output: 'y' }], outputs: ['y'] };
    expect(() => fold(model)).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
  });

  test('shapes that do not broadcast are a mismatch', () => {
    const model: CraftedModel = {
      nodes: [{ operator: 'Add', inputs: ['x', 'three'], output: 'y' }],
      constants: { three: { shape: [3], floats: [1, 2, 3] } },
      outputs: ['y'],
    };
    expect(() => fold(model)).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
  });
});
