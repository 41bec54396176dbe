/** Every GPU runtime, each in a process of its own; those on WebGPU on SwiftShader, so that they are tested anywhere. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createWebGpuRuntime } from '../../../native-models/runtime/webgpu.ts';
import type { RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { provideSwiftShader } from '../../support/swift-shader.ts';
import type { GpuReport } from './check-gpu-runtime.ts';

const timeout = 600_000;
const onWebGpu: readonly RuntimeName[] = ['webgpu', 'onnx-webgpu'];
const others: readonly RuntimeName[] = ['onnx-cuda', 'onnx-directml', 'onnx-coreml', 'tensorflow-cuda'];
const swiftShader = provideSwiftShader();

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** What libraries say on stderr is shown only where the process fails. */
function runScript(script: string, name: string, environment: Record<string, string> = {}): Promise<Ended> {
  const args = ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL(script, import.meta.url)), name];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, complaints]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) console.error(complaints.join(''));
      resolve({ code, signal, output: output.join('') });
    });
  });
}

function parseReport({ code, signal, output }: Ended): GpuReport {
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  return JSON.parse(output) as GpuReport;
}

function expectNoProblems(report: Exclude<GpuReport, { missing: string }>): void {
  expect(Object.keys(report.problems)).toHaveLength(6);
  expect(Object.entries(report.problems).filter(([, problem]) => problem !== null)).toEqual([]);
}

describe.each(onWebGpu)('%s on SwiftShader', (name) => {
  test('keeps the contract of all runtimes', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    const report = parseReport(await runScript('./check-gpu-runtime.ts', name, environment));
    if ('missing' in report) throw new Error(report.missing);
    expect(report.description).toMatch(/WebGPU/);
    expectNoProblems(report);
  });

  test('answers rightly in several worker threads at a time', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    expect(await runScript('./answer-in-threads.ts', name, environment)).toEqual({ code: 0, signal: null, output: '6' });
  });

  test('lets a process end well whose threads opened it and ran nothing', { timeout }, async (context) => {
    const environment = swiftShader ?? context.skip('no SwiftShader for this system');
    expect(await runScript('./end-idle-threads.ts', name, environment)).toEqual({ code: 0, signal: null, output: '' });
  });

  test('says in one line that there is no GPU', { timeout }, async (context) => {
    if (process.platform !== 'linux') context.skip('a GPU can be hidden on Linux only');
    const report = parseReport(await runScript('./check-gpu-runtime.ts', name, { VK_ICD_FILENAMES: '/nowhere/icd.json' }));
    expect(report).toEqual({ missing: expect.stringMatching(/^[^\n]*(GPU|adapter)[^\n]*$/) });
  });
});

test.for(others)('%s keeps the contract of all runtimes, or says in one line what it lacks', { timeout }, async (name, context) => {
  const report = parseReport(await runScript('./check-gpu-runtime.ts', name));
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
