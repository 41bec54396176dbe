import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../electron/base/errors.ts';
import { startWorker } from '../../electron/base/worker-entry.ts';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { fingerprint } from '../../electron/library/fingerprint.ts';
import { comparePhotos } from '../../electron/pipeline/compare-photos.ts';
import type { AnalyzeOptions } from '../../electron/pipeline/analyzer.ts';
import type { AnalyzedPhoto } from '../../electron/terms/analyzed-photo.ts';
import {
  createAnalyzerPool,
  type AnalyzerPool,
  type AnalyzerPoolOptions,
} from '../../electron/pipeline/worker-pool.ts';
import { readSample, samplePath } from '../support/photos.ts';
import { loadStandardPack, type StandardPack } from '../support/standard-pack.ts';

let pack: StandardPack;
let folder: string;
let pool: AnalyzerPool | undefined;

beforeAll(async () => {
  pack = await loadStandardPack();
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-pool-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await pool?.dispose();
  pool = undefined;
});

async function open(options: Partial<AnalyzerPoolOptions> = {}): Promise<AnalyzerPool> {
  pool = await createAnalyzerPool({ ...analysisDefaults, pack, runtime: 'onnx', workers: 1, ...options });
  return pool;
}
const openFailing = (options: Partial<AnalyzerPoolOptions> = {}): Promise<AnalyzerPool> =>
  open({ startWorker: (settings) => startWorker(import.meta.url, '../support/failing-worker', settings), ...options });
async function analyze(analyzers: AnalyzerPool, file: string | Uint8Array, options?: AnalyzeOptions): Promise<AnalyzedPhoto> {
  const result = await analyzers.analyze(file, options);
  if ('known' in result) throw new Error('Expected an unknown photo');
  return result;
}
const withCode = (code: string): unknown => expect.objectContaining({ code });

describe('a pool of analyzers', () => {
  it('analyzes more photos than it has workers, each as its own', async () => {
    const analyzers = await open({ workers: 2 });
    expect(analyzers.workerCount).toBe(2);
    expect(analyzers.runtime).toBe('onnx');
    expect(analyzers.runtimeDescription).toContain('ONNX Runtime');
    const photos = await Promise.all(([1, 4, 5, 1] as const).map((sample) => analyze(analyzers, samplePath(sample))));
    expect(photos.map(({ faces }) => faces.length)).toEqual([3, 4, 5, 3]);
    expect(photos[0]!.faces[0]!.embedding).toBeInstanceOf(Float32Array);
    expect(photos[0]!.contentHash).toEqual(fingerprint(await readSample(1)));
    expect(photos[3]).toEqual(photos[0]);
  });

  it('takes paths as raw bytes', async () => {
    const analyzers = await open();
    expect((await analyze(analyzers, Buffer.from(samplePath(2)))).faces).toHaveLength(3);
  });

  it('asks whether a photo is known before it decodes it', async () => {
    const analyzers = await open();
    const asked: Uint8Array[] = [];
    const isKnown = async (contentHash: Uint8Array): Promise<boolean> => {
      asked.push(contentHash);
      return true;
    };
    const notAnImage = path.join(folder, 'known.jpg');
    await writeFile(notAnImage, 'known, and never decoded');
    expect(await analyzers.analyze(notAnImage, { isKnown })).toEqual({ known: asked[0] });
    await expect(analyzers.analyze(notAnImage, { isKnown: async () => false })).rejects.toThrowError(withCode('not-an-image'));
  });

  it('fails a photo whose question fails, and goes on', async () => {
    const analyzers = await open();
    const failure = new Error('the library is gone');
    await expect(analyzers.analyze(samplePath(1), { isKnown: () => Promise.reject(failure) })).rejects.toBe(failure);
    expect((await analyze(analyzers, samplePath(1))).faces).toHaveLength(3);
  });

  it('tells what is wrong with a photo and goes on', async () => {
    const analyzers = await open();
    await writeFile(path.join(folder, 'text.jpg'), 'Dear diary');
    await writeFile(path.join(folder, 'empty.jpg'), '');
    const sample = await readSample(1);
    await writeFile(path.join(folder, 'truncated.jpg'), sample.subarray(0, sample.length >> 1));
    const expected = { 'text.jpg': 'not-an-image', 'empty.jpg': 'empty-file', 'truncated.jpg': 'corrupt-image', 'gone.jpg': 'file-vanished' };
    for (const [name, code] of Object.entries(expected)) {
      await expect(analyzers.analyze(path.join(folder, name))).rejects.toThrowError(withCode(code));
    }
    expect((await analyze(analyzers, samplePath(1))).faces).toHaveLength(3);
  });

  it('tells why a worker ended by itself, with the error that ended it, and nothing of those that it ends', async () => {
    const ends: AppError[] = [];
    const analyzers = await openFailing({ onWorkerEnd: (error) => ends.push(error) });
    const fatal = path.join(folder, 'throw.jpg');
    await copyFile(samplePath(1), fatal);
    await expect(analyzers.analyze(fatal)).rejects.toThrowError(withCode('worker-crashed'));
    await analyzers.dispose();
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ code: 'worker-crashed', cause: { stack: expect.stringContaining('failing-worker') as string } });
  });

  it.each(['exit.jpg', 'throw.jpg'])('fails only the photo whose worker dies (%s), and replaces the worker', async (name) => {
    const analyzers = await openFailing();
    const fatal = path.join(folder, name);
    await copyFile(samplePath(1), fatal);
    const results = await Promise.allSettled([
      analyzers.analyze(samplePath(1)),
      analyzers.analyze(fatal),
      analyzers.analyze(samplePath(4)),
      analyzers.analyze(fatal),
      analyzers.analyze(samplePath(5)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'worker-crashed' });
  });

  it('survives a worker that runs out of memory', async () => {
    const analyzers = await openFailing({
      startWorker: (settings) =>
        startWorker(import.meta.url, '../support/failing-worker', { ...settings, resourceLimits: { maxOldGenerationSizeMb: 96 } }),
    });
    const fatal = path.join(folder, 'memory.jpg');
    await copyFile(samplePath(1), fatal);
    await expect(analyzers.analyze(fatal)).rejects.toThrowError(withCode('worker-crashed'));
    expect((await analyze(analyzers, samplePath(1))).faces).toHaveLength(3);
  });

  it('ends a worker that hangs', async () => {
    const analyzers = await openFailing({ photoTimeoutMs: 1_000 });
    const fatal = path.join(folder, 'hang.jpg');
    await copyFile(samplePath(1), fatal);
    await expect(analyzers.analyze(fatal)).rejects.toThrowError(
      expect.objectContaining({ code: 'worker-crashed', parameters: { reason: 'no answer for 1000 ms' } }),
    );
  });

  it('cancels photos that wait and photos in work', async () => {
    const analyzers = await open();
    const controller = new AbortController();
    const results = [1, 2, 3].map((sample) => analyzers.analyze(samplePath(sample as 1), { signal: controller.signal }));
    controller.abort();
    for (const result of results) await expect(result).rejects.toThrowError(withCode('cancelled'));
    await expect(analyzers.analyze(samplePath(1), { signal: controller.signal })).rejects.toThrowError(withCode('cancelled'));
    expect((await analyze(analyzers, samplePath(1))).faces).toHaveLength(3);
  });

  it('cancels what is on its way when it is disposed', async () => {
    const analyzers = await open();
    const results = [1, 2].map((sample) => analyzers.analyze(samplePath(sample as 1)));
    const settled = Promise.allSettled(results);
    await analyzers.dispose();
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    await expect(analyzers.analyze(samplePath(1))).rejects.toThrowError(withCode('cancelled'));
  });

  it('says at once why no worker can start', async () => {
    await expect(open({ pack: { ...pack, detector: new Uint8Array(10) } })).rejects.toThrowError(withCode('model-mismatch'));
    await expect(open({ workers: 0 })).rejects.toThrowError(withCode('bad-argument'));
  });

  it('finds the same faces with TensorFlow.js on WASM', async () => {
    const onnx = await analyze(await open(), samplePath(1));
    await pool!.dispose();
    const wasm = await analyze(await open({ runtime: 'wasm' }), samplePath(1));
    expect(wasm.faces).toHaveLength(onnx.faces.length);
    for (const [index, { embedding, box }] of onnx.faces.entries()) {
      const other = wasm.faces[index]!;
      expect(Math.abs(other.box.x - box.x)).toBeLessThan(0.1);
      for (const [at, value] of embedding.entries()) expect(Math.abs(other.embedding[at]! - value)).toBeLessThan(1e-3);
    }
  });
});

describe('comparing two photos', () => {
  it('tells every pair of faces, and that a face is its own person', async () => {
    const comparison = await comparePhotos(await open(), { firstPath: samplePath(1), secondPath: samplePath(1), threshold: 1 });
    expect(comparison.pairs).toHaveLength(9);
    expect(comparison.pairs.filter(({ isSamePerson }) => isSamePerson)).toHaveLength(3);
    expect(Math.min(...comparison.pairs.map(({ distance }) => distance))).toBeLessThan(1e-3);
  });
});
