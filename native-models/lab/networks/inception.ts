/** FaceNet's inception modules and the networks made of them: NN2, NN3, NN4, NNS1 and NNS2. */

import type { BlockSpec, LayerSpec } from './network-spec.ts';

/** Channels of one module; 0 leaves out what they count. */
interface ModuleSpec {
  readonly name: string;
  readonly stride: 1 | 2;
  readonly point: number;
  readonly reduce3: number;
  readonly size3: number;
  readonly reduce5: number;
  readonly size5: number;
  readonly pooling: 'max' | 'l2';
  /** 0 joins the pooled channels as they are. */
  readonly poolProjection: number;
}

interface TrunkSpec {
  readonly conv1: number;
  readonly reduce2: number;
  readonly size2: number;
  readonly modules: readonly ModuleSpec[];
}

/**
 * NN2's table. Biases count, as in the seminar's: nine of its figures come out only with them (parameters of 3a, 3b, 3c and
 * 4b to 4d, multiply-adds of conv1, 3b and 4d). The parameters of 4a come out only without: 544,768, printed 545K, and
 * 545,536 with them. All others round to what is printed either way.
 *
 * The seminar gives the input as 224x224 with the table and as 220x220 where it sums up NN2 to NN4; the table's sizes are
 * those of 224. It says that Inception needs up to 5 times fewer FLOPS than NN1, and prints 1.6B for both.
 */
const nn2Trunk: TrunkSpec = {
  conv1: 64,
  reduce2: 64,
  size2: 192,
  modules: [
    module('3a', 1, [64, 96, 128, 16, 32], 'max', 32),
    module('3b', 1, [64, 96, 128, 32, 64], 'l2', 64),
    module('3c', 2, [0, 128, 256, 32, 64], 'max', 0),
    module('4a', 1, [256, 96, 192, 32, 64], 'l2', 128),
    module('4b', 1, [224, 112, 224, 32, 64], 'l2', 128),
    module('4c', 1, [192, 128, 256, 32, 64], 'l2', 128),
    module('4d', 1, [160, 144, 288, 32, 64], 'l2', 128),
    module('4e', 2, [0, 160, 256, 64, 128], 'max', 0),
    module('5a', 1, [384, 192, 384, 48, 128], 'l2', 128),
    module('5b', 1, [384, 192, 384, 48, 128], 'max', 128),
  ],
};

/** NN2, and NN3, which is NN2 at another input. */
export function specifyInception(): LayerSpec[] {
  return [...specifyTrunk(nn2Trunk), ...averagedHead];
}

/** NN4: NN2 without 5x5 convolutions in the higher layers, which the paper does not name. Its 285M multiply-adds are
 *  reached when 4e, 5a and 5b drop them: 285.3M at 96x96. */
export function specifySmallInception(): LayerSpec[] {
  const modules = nn2Trunk.modules.map((one) => (['4e', '5a', '5b'].includes(one.name) ? { ...one, reduce5: 0, size5: 0 } : one));
  return [...specifyTrunk({ ...nn2Trunk, modules }), ...averagedHead];
}

/**
 * NNS1. No table of it is published, only input, 26M parameters and 220M multiply-adds. That few multiply-adds a
 * parameter take fully connected layers, as in NN1. Ours: NN2 at half its width without 4b to 4d, then NN1's head of two
 * maxout layers, of 32x20 instead of 32x128: 25.8M and 222.0M.
 *
 * The seminar speaks of NNS1 to NNS4 and lists two.
 */
export function specifyMiniInception(): LayerSpec[] {
  return [...specifyTrunk(narrow(nn2Trunk, 1 / 2)), maxout('fc1'), maxout('fc2'), ...embeddingHead];
}

/** NNS2. No table of it is published either, only input, 4.3M parameters and 20M multiply-adds. Ours: NNS1's modules at
 *  5/32 of NN2's width (rounded up) and one of its two maxout layers: 4.31M and 19.7M. */
export function specifyTinyInception(): LayerSpec[] {
  return [...specifyTrunk(narrow(nn2Trunk, 5 / 32)), maxout('fc1'), ...embeddingHead];
}

const embeddingHead: readonly LayerSpec[] = [
  { kind: 'embedding', name: 'fully conn' },
  { kind: 'l2-normalisation', name: 'L2 normalization' },
];
const averagedHead: readonly LayerSpec[] = [{ kind: 'average-pooling', name: 'avg pool' }, ...embeddingHead];

function module(
  name: string,
  stride: 1 | 2,
  [point, reduce3, size3, reduce5, size5]: readonly [number, number, number, number, number],
  pooling: 'max' | 'l2',
  poolProjection: number,
): ModuleSpec {
  return { name, stride, point, reduce3, size3, reduce5, size5, pooling, poolProjection };
}

function narrow({ conv1, reduce2, size2, modules }: TrunkSpec, share: number): TrunkSpec {
  const scale = (channels: number): number => Math.ceil(channels * share);
  const kept = modules.filter(({ name }) => !['4b', '4c', '4d'].includes(name));
  return {
    conv1: scale(conv1),
    reduce2: scale(reduce2),
    size2: scale(size2),
    modules: kept.map((one) => ({
      ...one,
      point: scale(one.point),
      reduce3: scale(one.reduce3),
      size3: scale(one.size3),
      reduce5: scale(one.reduce5),
      size5: scale(one.size5),
      poolProjection: scale(one.poolProjection),
    })),
  };
}

function maxout(name: string): LayerSpec {
  return { kind: 'maxout', name, rows: 32, columns: 20, pieces: 2 };
}

function specifyTrunk({ conv1, reduce2, size2, modules }: TrunkSpec): LayerSpec[] {
  const pool: LayerSpec = { kind: 'max-pooling', name: 'pool', size: 3, stride: 2 };
  const norm: LayerSpec = { kind: 'local-response-normalisation', name: 'norm' };
  return [
    { kind: 'convolution', name: 'conv1', size: 7, channels: conv1, stride: 2 },
    { kind: 'block', name: 'max pool + norm', branches: [[pool, norm]] },
    { kind: 'block', name: 'inception (2)', branches: [[convolve('3x3-reduce', 1, reduce2), convolve('3x3', 3, size2)]] },
    { kind: 'block', name: 'norm + max pool', branches: [[norm, pool]] },
    ...modules.map(specifyModule),
  ];
}

function specifyModule({ name, stride, point, reduce3, size3, reduce5, size5, pooling, poolProjection }: ModuleSpec): BlockSpec {
  const pool: LayerSpec =
    pooling === 'max' ? { kind: 'max-pooling', name: 'pool', size: 3, stride } : { kind: 'l2-pooling', name: 'pool', size: 3 };
  return {
    kind: 'block',
    name: `inception (${name})`,
    branches: [
      ...(point > 0 ? [[convolve('1x1', 1, point)]] : []),
      [convolve('3x3-reduce', 1, reduce3), convolve('3x3', 3, size3, stride)],
      ...(size5 > 0 ? [[convolve('5x5-reduce', 1, reduce5), convolve('5x5', 5, size5, stride)]] : []),
      [pool, ...(poolProjection > 0 ? [convolve('pool-projection', 1, poolProjection)] : [])],
    ],
  };
}

function convolve(name: string, size: number, channels: number, stride = 1): LayerSpec {
  return { kind: 'convolution', name, size, channels, stride };
}
