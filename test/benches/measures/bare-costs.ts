/** Measures what decoding and each network cost by themselves, on one thread, as in a worker. */

import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { createKnownInput } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { Network, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';
import { describeSpread } from './ratios.ts';

export const decodeDivisors = [1, 2, 4, 8] as const;
export const batchSizes = [1, 8] as const;
export const networkNames = ['detector', 'landmarker', 'embedder'] as const;
export type NetworkName = (typeof networkNames)[number];

export interface BareCosts {
  readonly runtime: string;
  /** Milliseconds a photo, by what its sides are divided by while decoding; the mean over photos of each one's median. */
  readonly decodeMs: Readonly<Record<number, number>>;
  /** Milliseconds a row of the batch, by size of the batch. */
  readonly networkMs: Readonly<Record<NetworkName, Readonly<Record<number, number>>>>;
}

export interface BareCostsRequest {
  readonly runtime: RuntimeName;
  readonly files: readonly string[];
  /** Of each thing that is measured, after one that does not count. */
  readonly runs: number;
}

/** @throws AppError "runtime-unavailable", "model-missing" */
export async function measureBareCosts({ runtime: name, files, runs }: BareCostsRequest): Promise<BareCosts> {
  // As a worker does.
  sharp.concurrency(1);
  sharp.cache(false);
  const pack = await loadStandardPack();
  const runtime = await createRuntime(name, { threads: 1 });
  const decodeMs: Record<number, number> = {};
  for (const divisor of decodeDivisors) decodeMs[divisor] = await measureDecode(files, divisor, runs);
  const networkMs = { detector: {}, landmarker: {}, embedder: {} } as Record<NetworkName, Record<number, number>>;
  for (const networkName of networkNames) {
    const network = await runtime.load(pack[networkName]);
    for (const batch of batchSizes) networkMs[networkName][batch] = await measureNetwork(network, batch, runs);
    await network.dispose();
  }
  await runtime.dispose();
  return { runtime: runtime.description, decodeMs, networkMs };
}

async function measureDecode(files: readonly string[], divisor: number, runs: number): Promise<number> {
  let sum = 0;
  for (const file of files) {
    const bytes = await readFile(file);
    const { width, height } = await sharp(bytes).metadata();
    // Rounded up, it would be decoded at the next larger size and shrunk from that.
    const size = { width: Math.floor(width / divisor), height: Math.floor(height / divisor), fit: 'fill' } as const;
    sum += await measureMedian(runs, async () => {
      const photo = sharp(bytes, { failOn: 'error' });
      await (divisor === 1 ? photo : photo.resize(size)).toColourspace('srgb').removeAlpha().raw().toBuffer();
    });
  }
  return sum / files.length;
}

async function measureNetwork(network: Network, batch: number, runs: number): Promise<number> {
  const inputs = Object.fromEntries(
    network.inputs.map(({ name, shape }) => [name, createKnownInput(shape.map((size, axis) => (axis === 0 ? batch : (size ?? 1))))]),
  );
  const medianMs = await measureMedian(runs, async () => void (await network.run(inputs)));
  return medianMs / batch;
}

/** @returns milliseconds, after a run that does not count */
async function measureMedian(runs: number, work: () => Promise<void>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return describeSpread(times).median;
}
