/** Every GPU runtime, each in a process of its own; those on WebGPU on SwiftShader, so that they are tested anywhere. */

import { describe, expect, test } from 'vitest';
import { createWebGpuRuntime } from '../../../native-models/runtime/webgpu.ts';
import type { RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { parseReport, runScript, type EndedScript } from '../../support/run-script.ts';
import { provideSwiftShader } from '../../support/swift-shader.ts';
import type { GpuReport } from './check-gpu-runtime.ts';

const timeout = 600_000;
const onWebGpu: readonly RuntimeName[] = ['webgpu', 'onnx-webgpu'];
const others: readonly RuntimeName[] = ['onnx-cuda', 'onnx-directml', 'onnx-coreml', 'tensorflow-cuda'];
const swiftShader = provideSwiftShader();

const run = (script: string, name: string, environment?: Record<string, string>): Promise<EndedScript> =>
  runScript(new URL(script, import.meta.url), [name], environment);

function expectNoProblems(report: Exclude<GpuReport, { missing: string }>): void {
  expect(Object.keys(report.problems)).toHaveLength(6);
  expect(Object.entries(report.problems).filter(([, problem]) => problem !== null)).toEqual([]);
}

describe.each(onWebGpu)('%s on SwiftShader', (name) => {
  test('keeps the contract of all runtimes', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    const report = parseReport<GpuReport>(await run('./check-gpu-runtime.ts', name, environment));
    if ('missing' in report) throw new Error(report.missing);
    expect(report.description).toMatch(/WebGPU/);
    expectNoProblems(report);
  });

  test('answers rightly in several worker threads at a time', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    expect(await run('./answer-in-threads.ts', name, environment)).toEqual({ code: 0, signal: null, output: '6' });
  });

  test('lets a process end well whose threads opened it and ran nothing', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    expect(await run('./end-idle-threads.ts', name, environment)).toEqual({ code: 0, signal: null, output: '' });
  });

  test('says in one line that there is no GPU', { timeout }, async (context) => {
    if (process.platform !== 'linux') context.skip('a GPU can be hidden on Linux only');
    const report = parseReport<GpuReport>(await run('./check-gpu-runtime.ts', name, { VK_ICD_FILENAMES: '/nowhere/icd.json' }));
    expect(report).toEqual({ missing: expect.stringMatching(/^[^\n]*(GPU|adapter)[^\n]*$/) });
  });
});

test.for(others)('%s keeps the contract of all runtimes, or says in one line what it lacks', { timeout }, async (name, context) => {
  const report = parseReport<GpuReport>(await run('./check-gpu-runtime.ts', name));
  if ('missing' in report) {
    expect(report.missing).toMatch(/^[^\n]+$/);
    context.skip(report.missing);
  } else expectNoProblems(report);
});

test('under Electron WebGPU through Dawn says why it is not available', async () => {
  const { versions } = process;
  Object.defineProperty(process, 'versions', { value: { ...versions, electron: '45.0.0' }, configurable: true });
  try {
    await expect(createWebGpuRuntime()).rejects.toMatchObject({
      code: 'runtime-unavailable',
      parameters: { runtime: 'webgpu', reason: expect.stringContaining('memory cage') },
    });
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
  }
});
