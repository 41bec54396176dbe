/** FaceNet's networks against the published tables, and built against their own tables. */

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { models, type layers, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../../native-models/lab/networks/build-network.ts';
import { describeNetwork, parseNetworkName, specifyNetwork } from '../../../../native-models/lab/networks/describe-network.ts';
import { L2Normalisation } from '../../../../native-models/lab/networks/layers/l2-normalisation.ts';
import { L2Pooling } from '../../../../native-models/lab/networks/layers/l2-pooling.ts';
import { LocalResponseNormalisation } from '../../../../native-models/lab/networks/layers/local-response-normalisation.ts';
import { Maxout } from '../../../../native-models/lab/networks/layers/maxout.ts';
import { networkNames, type LayerSpec, type NetworkName } from '../../../../native-models/lab/networks/network-spec.ts';

type PrintedLine = readonly [name: string, output: string, parameters: string, multiplyAdds: string];

/** As the seminar prints them; "" where it prints nothing. */
const nn1Table: readonly PrintedLine[] = [
  ['conv1', '110x110x64', '9K', '115M'],
  ['pool1', '55x55x64', '0', ''],
  ['rnorm1', '55x55x64', '0', ''],
  ['conv2a', '55x55x64', '4K', '13M'],
  ['conv2', '55x55x192', '111K', '335M'],
  ['rnorm2', '55x55x192', '0', ''],
  ['pool2', '28x28x192', '0', ''],
  ['conv3a', '28x28x192', '37K', '29M'],
  ['conv3', '28x28x384', '664K', '521M'],
  ['pool3', '14x14x384', '0', ''],
  ['conv4a', '14x14x384', '148K', '29M'],
  ['conv4', '14x14x256', '885K', '173M'],
  ['conv5a', '14x14x256', '66K', '13M'],
  ['conv5', '14x14x256', '590K', '116M'],
  ['conv6a', '14x14x256', '66K', '13M'],
  ['conv6', '14x14x256', '590K', '116M'],
  ['pool4', '7x7x256', '0', ''],
  ['concat', '7x7x256', '0', ''],
  ['fc1', '1x32x128', '103M', '103M'],
  ['fc2', '1x32x128', '34M', '34M'],
  ['fc7128', '1x1x128', '524K', '0.5M'],
  ['L2', '1x1x128', '0', ''],
];

const nn2Table: readonly PrintedLine[] = [
  ['conv1', '112x112x64', '9K', '119M'],
  ['max pool + norm', '56x56x64', '', ''],
  ['inception (2)', '56x56x192', '115K', '360M'],
  ['norm + max pool', '28x28x192', '', ''],
  ['inception (3a)', '28x28x256', '164K', '128M'],
  ['inception (3b)', '28x28x320', '228K', '179M'],
  ['inception (3c)', '14x14x640', '398K', '108M'],
  ['inception (4a)', '14x14x640', '545K', '107M'],
  ['inception (4b)', '14x14x640', '595K', '117M'],
  ['inception (4c)', '14x14x640', '654K', '128M'],
  ['inception (4d)', '14x14x640', '722K', '142M'],
  ['inception (4e)', '7x7x1024', '717K', '56M'],
  ['inception (5a)', '7x7x1024', '1.6M', '78M'],
  ['inception (5b)', '7x7x1024', '1.6M', '78M'],
  ['avg pool', '1x1x1024', '', ''],
  ['fully conn', '1x1x128', '131K', '0.1M'],
  ['L2 normalization', '1x1x128', '', ''],
];

const publishedTotals: readonly (readonly [NetworkName, number | null, number | null])[] = [
  ['NN1', 140e6, 1.6e9],
  ['NN2', 7.5e6, 1.6e9],
  ['NN3', 7.5e6, null],
  ['NN4', null, 285e6],
  ['NNS1', 26e6, 220e6],
  ['NNS2', 4.3e6, 20e6],
];

/** Rounds a count in the unit and to the digits that `printed` has. */
function printLike(printed: string, count: number): string {
  if (printed === '' || printed === '0') return count === 0 ? printed : String(count);
  const unit = printed.at(-1)!;
  const digits = printed.includes('.') ? 1 : 0;
  return `${(count / (unit === 'M' ? 1e6 : 1e3)).toFixed(digits)}${unit}`;
}

function printNetworkLike(name: NetworkName, table: readonly PrintedLine[]): PrintedLine[] {
  return describeNetwork(name).layers.map((layer, index) => {
    const [, , parameters = '', multiplyAdds = ''] = table[index] ?? ['', '', '', ''];
    return [layer.name, layer.output.join('x'), printLike(parameters, layer.parameters), printLike(multiplyAdds, layer.multiplyAdds)];
  });
}

/** @param input height and width before the layer, which say how often a bias counts */
function countBiases(spec: LayerSpec, [height = 1, width = 1]: readonly number[]): number {
  if (spec.kind === 'embedding') return 128;
  if (spec.kind === 'convolution') return spec.channels * Math.ceil(height / spec.stride) * Math.ceil(width / spec.stride);
  if (spec.kind !== 'block') return 0;
  // A branch takes its stride in its last convolution.
  return spec.branches.flat().reduce((sum, part) => sum + countBiases(part, [height, width]), 0);
}

describe('the tables of the networks', () => {
  it('gives NN1 line by line as the seminar prints it', () => {
    expect(printNetworkLike('NN1', nn1Table)).toEqual(nn1Table);
  });

  it('gives NN2 line by line as the seminar prints it, but for 4a, which is printed without biases', () => {
    const withBiases = nn2Table.map((line) => (line[0] === 'inception (4a)' ? [line[0], line[1], '546K', line[3]] : line));
    expect(printNetworkLike('NN2', nn2Table)).toEqual(withBiases);
    expect(describeNetwork('NN2').layers[7]!.parameters).toBe(545_536);
  });

  it('would miss nine of NN2\'s printed figures without biases', () => {
    const description = describeNetwork('NN2');
    const misses = specifyNetwork('NN2').layers.flatMap((spec, index) => {
      const { name, parameters, multiplyAdds } = description.layers[index]!;
      const input = description.layers[index - 1]?.output ?? description.input;
      const [, , printedParameters, printedMultiplyAdds] = nn2Table[index]!;
      return [
        ...(printLike(printedParameters, parameters - countBiases(spec, [1, 1])) === printedParameters ? [] : [`${name} parameters`]),
        ...(printLike(printedMultiplyAdds, multiplyAdds - countBiases(spec, input)) === printedMultiplyAdds ? [] : [`${name} multiply-adds`]),
      ];
    });
    expect(misses).toEqual([
      'conv1 multiply-adds',
      'inception (3a) parameters',
      'inception (3b) parameters',
      'inception (3b) multiply-adds',
      ...['3c', '4b', '4c', '4d'].map((module) => `inception (${module}) parameters`),
      'inception (4d) multiply-adds',
    ]);
  });

  it.each(publishedTotals)('has %s near its published totals', (name, parameters, multiplyAdds) => {
    const { total } = describeNetwork(name);
    if (parameters !== null) expect(Math.abs(total.parameters / parameters - 1)).toBeLessThan(0.05);
    if (multiplyAdds !== null) expect(Math.abs(total.multiplyAdds / multiplyAdds - 1)).toBeLessThan(0.05);
  });

  it('reads names in any case, and refuses others and lengths of nothing', () => {
    expect(networkNames.map((name) => parseNetworkName(name.toLowerCase()))).toEqual(networkNames);
    expect(() => parseNetworkName('NN5')).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => describeNetwork('NN2', { dims: 0 })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});

describe('the layers of our own', () => {
  beforeAll(async () => void (await tf.setBackend('cpu')));

  const shape: [number, number, number, number] = [1, 4, 3, 6];
  const values = Array.from({ length: 72 }, (_, index) => Math.sin(index * 1.7) * 1.5);
  const at = (y: number, x: number, channel: number): number =>
    y < 0 || y >= 4 || x < 0 || x >= 3 || channel < 0 || channel >= 6 ? 0 : values[(y * 3 + x) * 6 + channel]!;
  const places = values.map((_, index) => [Math.floor(index / 18), Math.floor(index / 6) % 3, index % 6] as const);
  const around = [-1, 0, 1];

  it.each([
    [
      'L2 pooling',
      new L2Pooling({ size: 3 }),
      ([y, x, c]: readonly [number, number, number]) =>
        Math.sqrt(around.flatMap((dy) => around.map((dx) => at(y + dy, x + dx, c) ** 2)).reduce((a, b) => a + b) / 9 + 1e-8),
    ],
    [
      'local response normalisation',
      new LocalResponseNormalisation({}),
      ([y, x, c]: readonly [number, number, number]) =>
        at(y, x, c) / (2 + 1.625625 * [-2, -1, 0, 1, 2].reduce((sum, d) => sum + at(y, x, c + d) ** 2, 0)) ** 0.75,
    ],
  ])('computes %s as a computation by hand does', (_, layer, expected) => {
    const result = tf.tidy(() => [...(layer.apply(tf.tensor4d(values, shape)) as tf.Tensor).dataSync()]);
    places.forEach((place, index) => expect(result[index]).toBeCloseTo(expected(place), 5));
  });

  it('takes the largest of every two neighbours, and vectors to the unit sphere', () => {
    const largest = new Maxout({ pieces: 2 }).apply(tf.tensor2d([[1, -2, 3, 5]])) as tf.Tensor;
    expect([...largest.dataSync()]).toEqual([1, 5]);
    const unit = [...(new L2Normalisation({}).apply(tf.tensor2d([[3, 4]])) as tf.Tensor).dataSync()];
    expect(unit[0]).toBeCloseTo(0.6, 6);
    expect(unit[1]).toBeCloseTo(0.8, 6);
  });

  it.each([
    ['L2 pooling', new L2Pooling({ size: 3 }), shape],
    ['local response normalisation', new LocalResponseNormalisation({}), shape],
    ['L2 normalisation', new L2Normalisation({}), [4, 18]],
    ['maxout', new Maxout({ pieces: 2 }), [4, 18]],
  ] as const)('has the slopes of finite differences: %s', (_, layer, inputShape) => {
    const weights = values.map((_value, index) => Math.cos(index * 0.9));
    const total = (input: tf.Tensor): tf.Scalar => {
      const output = layer.apply(input) as tf.Tensor;
      return tf.sum(tf.mul(tf.reshape(output, [-1]), weights.slice(0, output.size)));
    };
    const slopes = tf.tidy(() => tf.grad(total)(tf.tensor(values, [...inputShape])).dataSync());
    const step = 1e-2;
    for (let index = 0; index < values.length; index += 5) {
      const [up, down] = [step, -step].map((change) =>
        tf.tidy(() => total(tf.tensor(values.with(index, values[index]! + change), [...inputShape])).dataSync()[0]!),
      );
      expect(slopes[index]).toBeCloseTo((up! - down!) / (2 * step), 2);
    }
  });

  it('gives a slope, and no NaN, to windows and vectors of zeros', () => {
    for (const layer of [new L2Pooling({ size: 3 }), new L2Normalisation({})] as InstanceType<typeof layers.Layer>[]) {
      const slopes = tf.tidy(() => tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor))(tf.zeros(shape)).dataSync());
      expect([...slopes].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the networks built', () => {
  beforeAll(async () => void (await tf.setBackend('cpu')));

  function embed(network: LayersModel): number[] {
    const [, height, width] = network.inputs[0]!.shape;
    return tf.tidy(() => {
      const faces = tf.reshape(tf.sin(tf.range(0, height! * width! * 3)), [1, height!, width!, 3]);
      return [...(network.predict(faces) as tf.Tensor).dataSync()];
    });
  }

  it.each(['NN4', 'NNS2'] as const)('has as many parameters as the table of %s says', (name) => {
    const network = buildNetwork(name, { seed: 1, dims: 64 });
    expect(network.countParams()).toBe(describeNetwork(name, { dims: 64 }).total.parameters);
    expect(network.outputs[0]!.shape).toEqual([null, 64]);
    network.dispose();
  });

  it('embeds to unit vectors, the same for the same seed and after writing and reading', async () => {
    const network = buildNetwork('NNS2', { seed: 1 });
    const [same, other] = [1, 2].map((seed) => buildNetwork('NNS2', { seed }));
    const embedding = embed(network);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    expect(embed(same!)).toEqual(embedding);
    expect(embed(other!)).not.toEqual(embedding);
    const read = await models.modelFromJSON(JSON.parse(network.toJSON() as string) as Parameters<typeof models.modelFromJSON>[0]);
    read.setWeights(network.getWeights());
    expect(embed(read)).toEqual(embedding);
    for (const one of [network, same!, other!, read]) one.dispose();
  }, 60_000);
});
