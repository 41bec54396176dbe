import { expect, it } from 'vitest';
import { batchNetwork } from '../../electron/pipeline/batch-network.ts';
import type { FloatTensor, Network } from '../../native-models/runtime/runtime.ts';

/** Doubles its input, refuses negative numbers, and keeps how many rows each run had. */
function createDoubler(): { network: Network; runs: number[] } {
  const runs: number[] = [];
  const network: Network = {
    inputs: [{ name: 'x', shape: [null, 2] }],
    outputs: ['y'],
    async run({ x }) {
      runs.push(x!.shape[0]!);
      if (x!.data.some((value) => value < 0)) throw new Error('negative');
      return { y: { shape: x!.shape, data: x!.data.map((value) => value * 2) } };
    },
    dispose: async () => {},
  };
  return { network, runs };
}
const ask = (network: Network, values: number[]): Promise<Record<string, FloatTensor>> =>
  network.run({ x: { shape: [values.length / 2, 2], data: Float32Array.from(values) } });
const options = { preferredBatch: 4, waitMs: 1 };

it('runs together what is asked at the same time, and gives each its own rows', async () => {
  const { network, runs } = createDoubler();
  const batched = batchNetwork(network, options);
  const answers = await Promise.all([ask(batched, [1, 2]), ask(batched, [3, 4, 5, 6]), ask(batched, [7, 8])]);
  expect(answers.map(({ y }) => [...y!.data])).toEqual([[2, 4], [6, 8, 10, 12], [14, 16]]);
  expect(answers[1]!.y!.shape).toEqual([2, 2]);
  expect(runs).toEqual([4]);
});

it('runs no more rows together than are preferred', async () => {
  const { network, runs } = createDoubler();
  const batched = batchNetwork(network, options);
  await Promise.all(Array.from({ length: 7 }, () => ask(batched, [1, 1])));
  expect(runs).toEqual([4, 3]);
});

it('does not wait for ever for company', async () => {
  const { network, runs } = createDoubler();
  await ask(batchNetwork(network, options), [1, 2]);
  expect(runs).toEqual([1]);
});

it('lets what is wrong with one request fail that one alone', async () => {
  const { network } = createDoubler();
  const batched = batchNetwork(network, options);
  const [good, bad] = await Promise.allSettled([ask(batched, [1, 2]), ask(batched, [-1, 2])]);
  expect(good.status === 'fulfilled' && [...good.value.y!.data]).toEqual([2, 4]);
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'negative' } });
});

it('is the network itself where company gains nothing', () => {
  const { network } = createDoubler();
  expect(batchNetwork(network, { preferredBatch: 1, waitMs: 1 })).toBe(network);
});
