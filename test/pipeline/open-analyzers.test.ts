import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { openAnalyzers, type OpenAnalyzersOptions } from '../../electron/pipeline/open-analyzers.ts';
import type { AnalyzerPool } from '../../electron/pipeline/worker-pool.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import type { MeasuredRuntime, RuntimeTable } from '../../native-models/runtime/runtime-table.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

/** Present nowhere that tests run. */
const absent: RuntimeName = process.platform === 'win32' ? 'onnx-coreml' : 'onnx-directml';
let pack: LoadedPack;
let pool: AnalyzerPool | undefined;

beforeAll(async () => {
  pack = await loadStandardPack();
});
afterEach(async () => {
  await pool?.dispose();
  pool = undefined;
});

async function open(options: Pick<OpenAnalyzersOptions, 'runtime' | 'findRuntimes'>): Promise<AnalyzerPool> {
  pool = await openAnalyzers({ ...analysisDefaults, pack, workers: 1, ...options });
  return pool;
}

function measured(name: RuntimeName, msPerPhoto: number, state: MeasuredRuntime['state'] = 'right'): MeasuredRuntime {
  const reason = state === 'right' ? null : 'off by a mile';
  return { name, state, device: 'cpu', description: name, msPerPhoto, reason };
}

function tableOf(...runtimes: MeasuredRuntime[]): () => Promise<RuntimeTable> {
  return () => Promise.resolve({ measuredAt: '2026-01-02T00:00:00.000Z', runtimes });
}

describe('analyzers on auto', () => {
  it('run on the fastest runtime that is right', async () => {
    const findRuntimes = tableOf(measured('onnx', 1, 'wrong'), measured('wasm', 10));
    expect((await open({ runtime: 'auto', findRuntimes })).runtime).toBe('wasm');
  });

  it('run on the next best where the fastest no longer opens', async () => {
    const findRuntimes = tableOf(measured(absent, 1), measured('onnx', 20));
    const analyzers = await open({ runtime: 'auto', findRuntimes });
    expect(analyzers.runtime).toBe('onnx');
    expect(analyzers.runtimeDescription).toMatch(/^ONNX Runtime/);
  });

  it('say why none works', async () => {
    const findRuntimes = tableOf(measured(absent, 1), measured('onnx', 20, 'wrong'));
    await expect(open({ runtime: 'auto', findRuntimes })).rejects.toMatchObject({
      code: 'runtime-unavailable',
      message: expect.stringMatching(new RegExp(`onnx: off by a mile; ${absent}: .*is not for ${process.platform}`)),
    });
  });
});

it('analyzers on a runtime that is named measure nothing', async () => {
  const findRuntimes = (): never => {
    throw new Error('Expected no measuring');
  };
  expect((await open({ runtime: 'onnx', findRuntimes })).runtime).toBe('onnx');
  await pool?.dispose();
  await expect(open({ runtime: absent, findRuntimes })).rejects.toMatchObject({ code: 'runtime-unavailable' });
});
