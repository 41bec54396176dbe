/** Models of TensorFlow.js's layers against the ONNX files written of them. */

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model as createModel, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { convertLayersModel } from '../../../../native-models/lab/networks/export/convert-layers-model.ts';
import { L2Normalisation } from '../../../../native-models/lab/networks/layers/l2-normalisation.ts';
import { L2Pooling } from '../../../../native-models/lab/networks/layers/l2-pooling.ts';
import { LocalResponseNormalisation } from '../../../../native-models/lab/networks/layers/local-response-normalisation.ts';
import { Maxout } from '../../../../native-models/lab/networks/layers/maxout.ts';
import { cropInput } from '../../../../native-models/onnx/crop-input.ts';
import { prepareExecution } from '../../../../native-models/onnx/execute.ts';
import { readNetwork } from '../../../../native-models/onnx/read-network.ts';
import { writeModel } from '../../../../native-models/onnx/write-model.ts';
import { createOnnxRuntime } from '../../../../native-models/runtime/onnxruntime.ts';
import type { Runtime } from '../../../../native-models/runtime/runtime.ts';
import { buildTrainingNetwork } from '../../../../native-models/lab/training/training-networks.ts';

let onnx: Runtime;

beforeAll(async () => {
  await tf.setBackend('cpu');
  onnx = await createOnnxRuntime({ name: 'onnx', threads: 1 });
});
afterAll(() => onnx.dispose());

type AnyLayer = InstanceType<typeof layers.Layer>;

/** Of pictures of 9x7. */
function buildOf(...list: readonly AnyLayer[]): LayersModel {
  const faces = input({ shape: [9, 7, 3] });
  const end = list.reduce((value, layer) => layer.apply(value) as SymbolicTensor, faces);
  return createModel({ inputs: faces, outputs: end });
}

/** Biases, and factors and statistics of batch normalisation, that say something. */
function shakeVectors(model: LayersModel): void {
  const random = createRandom(5);
  for (const weight of model.weights) {
    const [length, ...others] = weight.shape;
    if (others.length > 0) continue;
    const lowest = /gamma|variance/.test(weight.name) ? 0.5 : -0.4;
    weight.write(tf.tensor1d(Array.from({ length: length ?? 0 }, () => lowest + 0.8 * random())));
  }
}

/** @returns the greatest difference from what the model says of two pictures, as unit vectors, by who runs the ONNX file */
async function compare(model: LayersModel): Promise<{ onnx: number; plan: number }> {
  const chips = tf.randomUniform<tf.Rank.R4>([2, ...(model.inputs[0]!.shape.slice(1) as [number, number, number])], -1, 1, 'float32', 3);
  const said = model.predict(chips) as tf.Tensor2D;
  const expected = tf.div(said, tf.norm(said, 2, 1, true)).dataSync();
  const planes = tf.transpose(chips, [0, 3, 1, 2]);
  const graph = await convertLayersModel(model);
  const bytes = writeModel(graph);
  const inputs = { [graph.inputs[0]!.name]: { shape: planes.shape, data: Float32Array.from(planes.dataSync()) } };
  const network = await onnx.load(bytes);
  const planned = prepareExecution(readNetwork(bytes), { hasFusedPrelu: false });
  const [ofOnnx, ofPlan] = [await network.run(inputs), await planned.run(inputs)].map((outputs) => outputs[graph.outputs[0]!.name]!);
  await network.dispose();
  planned.dispose();
  expect(ofOnnx!.shape).toEqual(said.shape);
  const differ = (data: Float32Array): number => Math.max(...data.map((value, index) => Math.abs(value - expected[index]!)));
  return { onnx: differ(ofOnnx!.data), plan: differ(ofPlan!.data) };
}

const { conv2d, dense, flatten } = layers;

describe('an ONNX file says what the model says that has', () => {
  test.each<[string, () => LayersModel]>([
    ['a convolution whose steps leave a rest, and ReLU', () => buildOf(conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }), flatten())],
    ['a convolution of even size without padding', () => buildOf(conv2d({ filters: 4, kernelSize: [2, 4], useBias: false }), flatten())],
    ['a dilated convolution', () => buildOf(conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' }), flatten())],
    ['batch normalisation and ReLU', () => buildOf(conv2d({ filters: 4, kernelSize: 3 }), layers.batchNormalization(), layers.reLU(), flatten())],
    ['batch normalisation without factors or offsets', () => buildOf(layers.batchNormalization({ scale: false, center: false }), flatten())],
    ['batch normalisation of numbers', () => buildOf(flatten(), dense({ units: 6 }), layers.batchNormalization())],
    ['largest values of overlapping windows', () => buildOf(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), flatten())],
    ['means of windows up to the border', () => buildOf(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), flatten())],
    ['means of the picture', () => buildOf(conv2d({ filters: 5, kernelSize: 3 }), layers.globalAveragePooling2d({}))],
    ['L2 pooling', () => buildOf(new L2Pooling({ size: 3 }), flatten())],
    ['local response normalisation', () => buildOf(conv2d({ filters: 9, kernelSize: 1 }), new LocalResponseNormalisation({}), flatten())],
    ['dense layers behind a picture', () => buildOf(conv2d({ filters: 4, kernelSize: 3 }), flatten(), dense({ units: 8, activation: 'relu' }), dense({ units: 6, useBias: false }))],
    ['maxout of three', () => buildOf(flatten(), dense({ units: 12 }), new Maxout({ pieces: 3 }))],
    ['unit vectors', () => buildOf(flatten(), dense({ units: 6 }), new L2Normalisation({}))],
    ['branches that are joined', () => {
      const faces = input({ shape: [9, 7, 3] });
      const branches = [2, 3].map((filters) => conv2d({ filters, kernelSize: filters, padding: 'same' }).apply(faces) as SymbolicTensor);
      return createModel({ inputs: faces, outputs: flatten().apply(layers.concatenate({ axis: -1 }).apply(branches)) as SymbolicTensor });
    }],
  ])('%s', async (_, build) => {
    const model = build();
    shakeVectors(model);
    const differences = await compare(model);
    expect(differences.onnx).toBeLessThan(1e-5);
    expect(differences.plan).toBeLessThan(1e-5);
  });

  test.each([
    ['small', 'batch'],
    ['NNS2', 'batch'],
    ['NNS2', 'local-response'],
  ] as const)('every layer of %s with normalisation "%s"', async (name, normalisation) => {
    const model = buildTrainingNetwork({ name, dims: 128, seed: 1, normalisation });
    shakeVectors(model);
    const differences = await compare(model);
    model.dispose();
    expect(differences.onnx).toBeLessThan(1e-4);
    expect(differences.plan).toBeLessThan(1e-4);
  });
});

test('one that normalises is not normalised again', async () => {
  const count = async (...last: AnyLayer[]): Promise<number> =>
    (await convertLayersModel(buildOf(flatten(), dense({ units: 6 }), ...last))).nodes.filter(({ operator }) => operator === 'LpNormalization').length;
  expect([await count(), await count(new L2Normalisation({}))]).toEqual([1, 1]);
});

test.each<[string, () => LayersModel]>([
  ['Softmax', () => buildOf(flatten(), layers.softmax({ name: 'odd' }))],
  ['Conv2D', () => buildOf(conv2d({ name: 'odd', filters: 2, kernelSize: 3, activation: 'tanh' }), flatten())],
  ['BatchNormalization', () => buildOf(layers.batchNormalization({ name: 'odd', axis: 1 }), flatten())],
  ['Dense', () => {
    const twice = dense({ name: 'odd', units: 4 });
    return buildOf(flatten(), dense({ units: 4 }), twice, twice);
  }],
])('a %s that cannot be written is refused by name', async (operator, build) => {
  await expect(convertLayersModel(build())).rejects.toMatchObject({ code: 'unsupported-operator', parameters: { operator, node: 'odd' } });
});

test('a model of numbers instead of pictures is refused', async () => {
  const numbers = sequential({ layers: [dense({ inputShape: [8], units: 4 })] });
  await expect(convertLayersModel(numbers)).rejects.toMatchObject({ code: 'model-mismatch' });
});

test('a network that is given more than it takes sees its own part alone', async () => {
  const graph = await convertLayersModel(buildOf(conv2d({ filters: 4, kernelSize: 3 }), flatten(), dense({ units: 6 })));
  const random = createRandom(3);
  const whole = tf.tensor4d(Float32Array.from({ length: 2 * 3 * 10 * 11 }, () => random() * 2 - 1), [2, 3, 10, 11]);
  const part = tf.slice(whole, [0, 0, 1, 3], [2, 3, 9, 7]);
  const run = async (bytes: Uint8Array, picture: tf.Tensor): Promise<number[]> => {
    const network = await onnx.load(bytes);
    const outputs = await network.run({ faces: { shape: picture.shape, data: Float32Array.from(picture.dataSync()) } });
    await network.dispose();
    return [...outputs[graph.outputs[0]!.name]!.data];
  };
  const crop = { height: 10, width: 11, top: 1, left: 3 };
  expect(await run(writeModel(cropInput(graph, crop)), whole)).toEqual(await run(writeModel(graph), part));
  expect(() => cropInput(graph, { ...crop, left: 5 })).toThrow(expect.objectContaining({ code: 'model-mismatch' }));
});
