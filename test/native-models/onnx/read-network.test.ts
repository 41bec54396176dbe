import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldConstants } from '../../../native-models/onnx/fold-constants.ts';
import { foldScales } from '../../../native-models/onnx/fold-scales.ts';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { composePermutations, keepsElementsInPlace, permuteConstant } from '../../../native-models/onnx/permutations.ts';
import type { Plan } from '../../../native-models/onnx/plan.ts';
import { planNetwork, readNetwork } from '../../../native-models/onnx/read-network.ts';
import { createKnownInput } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { Runtime } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack, type StandardPack } from '../../support/standard-pack.ts';
import { craftModel, wave } from './craft-model.ts';

let pack: StandardPack;

beforeAll(async () => {
  pack = await loadStandardPack();
});

function countSteps(plan: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of plan.steps) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('the networks of the standard pack', () => {
  test.for([[240, 320], [480, 640]])('the detector moves axes once, at its input, at %i x %i', (size) => {
    const counts = countSteps(planNetwork(parseModel(pack.detector), { input: [1, 3, ...size] }));
    expect(counts).toMatchObject({ transpose: 1, convolution: 34, depthwise: 18, softmax: 1 });
    // All of its ReLUs but the one after a sum are part of their convolutions.
    expect(counts['unary']).toBe(1);
  });

  test('the landmark network is convolutions, sums and one product, its batch normalisation folded in', () => {
    expect(countSteps(readNetwork(pack.landmarker))).toEqual({
      reshape: 3,
      convolution: 26,
      depthwise: 14,
      binary: 9,
      product: 1,
    });
  });

  test('the embedder has its PReLUs inside its convolutions', () => {
    expect(countSteps(readNetwork(pack.embedder))).toEqual({
      transpose: 1,
      convolution: 33,
      depthwise: 17,
      binary: 12,
      reshape: 2,
    });
  });
});

describe('folding scales into weights', () => {
  const scale = { shape: [2, 1, 1], floats: [3, -2] };

  test('a factor a channel goes into the filter and its bias', () => {
    const bytes = craftModel({
      input: [1, 1, 2, 2],
      nodes: [
        { operator: 'Conv', inputs: ['x', 'w', 'b'], output: 'c' },
        { operator: 'Mul', inputs: ['c', 's'], output: 'y' },
      ],
      constants: { w: { shape: [2, 1, 1, 1], floats: [1, 10] }, b: { shape: [2], floats: [0.5, 0.25] }, s: scale },
      outputs: ['y'],
    });
    const graph = foldScales(foldConstants(parseModel(bytes)));
    const [conv] = graph.nodes;
    expect(graph.nodes).toHaveLength(1);
    expect(graph.constants.get(conv!.inputs[1]!)?.data).toEqual(Float32Array.of(3, -20));
    expect(graph.constants.get(conv!.inputs[2]!)?.data).toEqual(Float32Array.of(1.5, -0.5));
    expect(graph.outputs).toEqual([{ name: 'y', value: 'c' }]);
  });

  test('a factor stays where it is when something else takes the convolution too', () => {
    const bytes = craftModel({
      input: [1, 1, 2, 2],
      nodes: [
        { operator: 'Conv', inputs: ['x', 'w'], output: 'c' },
        { operator: 'Mul', inputs: ['c', 's'], output: 'm' },
        { operator: 'Add', inputs: ['c', 'm'], output: 'y' },
      ],
      constants: { w: { shape: [2, 1, 1, 1], floats: [1, 10] }, s: scale },
      outputs: ['y'],
    });
    expect(foldScales(foldConstants(parseModel(bytes))).nodes.map((node) => node.operator)).toEqual(['Conv', 'Mul', 'Add']);
  });
});

describe('what TensorFlow.js has no counterpart for is refused when the network is read', () => {
  const weights = { shape: [2, 2, 3, 3], floats: wave(36) };
  test.each([
    ['strides and dilations at once', { strides: [2, 2], dilations: [2, 2] }],
    ['padding that is not named', {}, { auto_pad: 'SAME_SOMEHOW' }],
  ])('%s', (_, integers: Record<string, number[]>, texts: Record<string, string> = {}) => {
    const bytes = craftModel({
      input: [1, 2, 9, 9],
      nodes: [{ operator: 'Conv', name: 'odd', inputs: ['x', 'w'], output: 'y', integers, texts }],
      constants: { w: weights },
      outputs: ['y'],
    });
    expect(() => readNetwork(bytes)).toThrowError(
      expect.objectContaining({ code: 'unsupported-operator', parameters: { operator: 'Conv', node: 'odd' } }),
    );
  });

  test('weights that the network computes', () => {
    const bytes = craftModel({
      input: [1, 3],
      nodes: [{ operator: 'Gemm', name: 'attend', inputs: ['x', 'x'], output: 'y', integers: { transB: 1 } }],
      outputs: ['y'],
    });
    expect(() => readNetwork(bytes)).toThrowError(/attend is Gemm whose second factor is not constant/);
  });

  test('a slice with steps', () => {
    const bytes = craftModel({
      input: [1, 8],
      nodes: [{ operator: 'Slice', name: 'every second', inputs: ['x', 'starts', 'ends', 'axes', 'steps'], output: 'y' }],
      constants: {
        starts: { shape: [1], integers: [0] },
        ends: { shape: [1], integers: [8] },
        axes: { shape: [1], integers: [1] },
        steps: { shape: [1], integers: [2] },
      },
      outputs: ['y'],
    });
    expect(() => readNetwork(bytes)).toThrowError(/every second.*Slice with steps 2/);
  });
});

describe('moving axes', () => {
  test('permuting and permuting back gives the same constant', () => {
    const source = { type: 'float32', shape: [2, 3, 4, 5], data: Float32Array.from(wave(120)) } as const;
    const there = permuteConstant(source, [2, 0, 3, 1]);
    expect(there.shape).toEqual([4, 2, 5, 3]);
    expect(permuteConstant(there, [1, 3, 0, 2])).toEqual(source);
  });

  test('an element lies where the permutation says', () => {
    const source = { type: 'float32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) } as const;
    expect(permuteConstant(source, [1, 0]).data).toEqual(Float32Array.of(0, 3, 1, 4, 2, 5));
  });

  test('two permutations make one', () => {
    expect(composePermutations([0, 3, 1, 2], [0, 2, 3, 1])).toEqual([0, 1, 2, 3]);
  });

  test('elements stay in place when only axes of length one move', () => {
    expect(keepsElementsInPlace([0, 3, 1, 2], [null, 1, 1, 512])).toBe(true);
    expect(keepsElementsInPlace([0, 2, 3, 1], [null, 1, 64, 64])).toBe(true);
    expect(keepsElementsInPlace([0, 2, 3, 1], [null, 3, 64, 64])).toBe(false);
  });
});

describe('networks of other packs', () => {
  const runtimes: Runtime[] = [];
  afterAll(async () => {
    for (const runtime of runtimes) await runtime.dispose();
  });

  test.for([
    ['face_detection_yunet_2023mar.onnx', [1, 3, 640, 640]],
    ['mobilefacenet_128.onnx', [1, 3, 112, 112]],
  ] as const)('%s gives the numbers of ONNX Runtime', async ([file, shape], context) => {
    const path = fileURLToPath(new URL(`../../../../shared/models/${file}`, import.meta.url));
    if (!existsSync(path)) context.skip('skipped: no ../shared');
    const bytes = readFileSync(path);
    const answers = [];
    for (const name of ['onnx', 'wasm'] as const) {
      const runtime = await createRuntime(name);
      runtimes.push(runtime);
      const network = await runtime.load(bytes);
      answers.push(await network.run({ input: createKnownInput(shape) }));
      await network.dispose();
    }
    const [expected = {}, received = {}] = answers;
    for (const [output, tensor] of Object.entries(expected)) {
      const furthest = tensor.data.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - (received[output]?.data[index] ?? Number.NaN))),
        0,
      );
      expect(furthest).toBeLessThan(1e-4);
    }
  });
});
