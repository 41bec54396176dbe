import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoadedPack } from '../../../native-models/packs/load-pack.ts';
import { findWrongAnswer } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import { findRuntimes, measureRuntimes, type MeasureRuntimesOptions } from '../../../native-models/runtime/measure-runtimes.ts';
import type { Runtime } from '../../../native-models/runtime/runtime.ts';
import { rankRuntimes, type MeasuredRuntime } from '../../../native-models/runtime/runtime-table.ts';
import { tryRuntime } from '../../../native-models/runtime/trial.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';
import { openWrongRuntime } from './wrong-runtime.ts';

let pack: LoadedPack;
let cacheFolder: string;

beforeAll(async () => {
  pack = await loadStandardPack();
});
beforeEach(async () => {
  cacheFolder = await mkdtemp(path.join(tmpdir(), 'kindred-runtimes-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cacheFolder, { recursive: true, force: true });
});

/** A process that behaves as its argument says. */
function startBad(behaviour: 'crash' | 'crash-when-asked' | 'hang' | 'be-wrong'): ChildProcess {
  const script = fileURLToPath(new URL('./bad-trial-process.ts', import.meta.url));
  return fork(script, [behaviour], {
    serialization: 'advanced',
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

describe('a pack without known answers', () => {
  const forget = (): LoadedPack => ({ ...pack, manifest: { ...pack.manifest, knownAnswers: { ...pack.manifest.knownAnswers, networks: [] } } });
  const openReference = (): Promise<Runtime> => createRuntime('onnx');

  test('has a runtime compared with ONNX Runtime, network by network', async () => {
    const runtime = await createRuntime('wasm');
    let networks = 0;
    expect(await findWrongAnswer(runtime, forget(), { openReference, onProgress: () => networks++ })).toBeNull();
    expect(networks).toBe(3);
    await runtime.dispose();
  });

  test('has a wrong runtime found out, NaN too', async () => {
    for (const factor of [1.01, Number.NaN]) {
      const wrong = await findWrongAnswer(await openWrongRuntime(factor), forget(), { openReference });
      expect(wrong).toMatch(/fr_detect\.onnx as ONNX Runtime computes it but received one that is off by/);
    }
  });
});

describe('a runtime tried in a process of its own', () => {
  test('that is right says so, with what a photo costs', async () => {
    const result = await tryRuntime({ name: 'onnx', pack, silenceMs: 60_000 });
    expect(result).toMatchObject({ name: 'onnx', state: 'right', device: 'cpu', reason: null });
    expect(result.description).toMatch(/^ONNX Runtime \d+\.\d+.*CPU/);
    expect(result.msPerPhoto).toBeGreaterThan(1);
  });

  test('is unchecked where no pack is there', async () => {
    expect(await tryRuntime({ name: 'onnx', pack: null, silenceMs: 60_000 })).toMatchObject({ state: 'unchecked', msPerPhoto: null });
  });

  test('that is not there says why', async () => {
    const [name, platform] = process.platform === 'win32' ? (['onnx-coreml', 'CoreML'] as const) : (['onnx-directml', 'DirectML'] as const);
    const result = await tryRuntime({ name, pack, silenceMs: 60_000 });
    expect(result).toMatchObject({ name, state: 'missing', device: null, description: null, msPerPhoto: null });
    expect(result.reason).toMatch(new RegExp(`^${platform} is not for ${process.platform}$`));
  });

  test('that gives wrong answers is found out', async () => {
    const result = await tryRuntime({ name: 'onnx', pack, silenceMs: 60_000, start: () => startBad('be-wrong') });
    expect(result).toMatchObject({ state: 'wrong', device: 'cpu', msPerPhoto: null });
    expect(result.reason).toMatch(/norm 63\.5.*scores of fr_detect\.onnx/);
  });

  test.for(['crash', 'crash-when-asked'] as const)('that dies takes nothing along: %s', async (behaviour) => {
    const result = await tryRuntime({ name: 'webgpu', pack, silenceMs: 60_000, start: () => startBad(behaviour) });
    expect(result).toMatchObject({ name: 'webgpu', state: 'failed', reason: 'crashed: SIGSEGV' });
  });

  test('that hangs is ended', async () => {
    let child: ChildProcess | undefined;
    const start = (): ChildProcess => (child = startBad('hang'));
    const result = await tryRuntime({ name: 'webgpu', pack, silenceMs: 3000, start });
    expect(result).toMatchObject({ state: 'failed', device: 'gpu', description: 'Sleeper', reason: 'no answer for 3 s' });
    await vi.waitFor(() => expect(child?.signalCode).toBe('SIGKILL'));
  });

  test('that cannot start is passed over', async () => {
    const start = (): never => {
      throw new Error('no more processes');
    };
    expect(await tryRuntime({ name: 'wasm', pack, silenceMs: 1000, start })).toMatchObject({ state: 'failed', reason: 'no more processes' });
  });
});

function describeMeasured(name: MeasuredRuntime['name'], device: 'cpu' | 'gpu', msPerPhoto: number): MeasuredRuntime {
  return { name, state: 'right', device, description: name, msPerPhoto, reason: null };
}

describe('what is measured', () => {
  function count(): { tried: string[]; options: MeasureRuntimesOptions } {
    const tried: string[] = [];
    const options: MeasureRuntimesOptions = {
      pack,
      cacheFolder,
      now: () => Date.UTC(2026, 0, 2),
      names: ['onnx', 'wasm'],
      tryRuntime: async ({ name }) => {
        tried.push(name);
        return describeMeasured(name, 'cpu', tried.length);
      },
    };
    return { tried, options };
  }

  test('is remembered, and measured again where it is asked for', async () => {
    const { tried, options } = count();
    const first = await findRuntimes(options);
    expect(first.measuredAt).toBe('2026-01-02T00:00:00.000Z');
    expect(await findRuntimes(options)).toEqual(first);
    expect(tried).toEqual(['onnx', 'wasm']);
    const again = await measureRuntimes(options);
    expect(again.runtimes[0]?.msPerPhoto).toBe(3);
    expect(await findRuntimes(options)).toEqual(again);
  });

  test('holds for the machine and the pack that it was measured with', async () => {
    const { tried, options } = count();
    await findRuntimes(options);
    vi.stubEnv('VK_ICD_FILENAMES', '/elsewhere/icd.json');
    await findRuntimes(options);
    expect(tried).toHaveLength(4);
    vi.unstubAllEnvs();
    await findRuntimes(options);
    expect(tried).toHaveLength(4);
    const [file, ...files] = pack.manifest.files;
    const manifest = { ...pack.manifest, files: [{ ...file!, sha256: '0'.repeat(64) }, ...files] };
    await findRuntimes({ ...options, pack: { ...pack, manifest } });
    expect(tried).toHaveLength(6);
  });

  test('is measured anew where the file is damaged', async () => {
    const { tried, options } = count();
    await findRuntimes(options);
    const file = path.join(cacheFolder, 'runtimes.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, text.length / 2));
    await findRuntimes(options);
    expect(tried).toHaveLength(4);
  });

  test('is remembered nowhere without a folder or a pack', async () => {
    const { tried, options } = count();
    const { cacheFolder: _, ...homeless } = options;
    for (const given of [homeless, { ...options, pack: null }]) for (const time of [1, 2]) await findRuntimes({ ...given, now: () => time });
    expect(tried).toHaveLength(8);
  });
});

describe('auto', () => {
  const measuredAt = '2026-01-02T00:00:00.000Z';

  test('takes the cheapest: a CPU by the worker, a GPU as it is', () => {
    const table = {
      measuredAt,
      runtimes: [describeMeasured('onnx', 'cpu', 20), describeMeasured('onnx-webgpu', 'gpu', 6), describeMeasured('wasm', 'cpu', 90)],
    };
    expect(rankRuntimes(table, 2)).toEqual(['onnx-webgpu', 'onnx', 'wasm']);
    expect(rankRuntimes(table, 4)).toEqual(['onnx', 'onnx-webgpu', 'wasm']);
  });

  test('never takes one that is wrong, crashed, or was not checked', () => {
    const states = ['unchecked', 'wrong', 'missing', 'failed'] as const;
    const runtimes = states.map((state): MeasuredRuntime => ({ ...describeMeasured('onnx', 'cpu', 1), state }));
    expect(rankRuntimes({ measuredAt, runtimes }, 1)).toEqual([]);
  });
});

test('a runtime can be opened again and again', async () => {
  for (let time = 0; time < 2; time++) {
    const runtime = await createRuntime('wasm');
    expect(runtime.description).toMatch(/WASM/);
    await runtime.dispose();
  }
});
