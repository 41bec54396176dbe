import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { startWorker } from '../../../electron/base/worker-entry.ts';
import type { Runtime, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack, type StandardPack } from '../../support/standard-pack.ts';
import { cpuRuntimeNames, openRuntimes } from './open-runtimes.ts';

let pack: StandardPack;
let runtimes: ReadonlyMap<RuntimeName, Runtime>;

beforeAll(async () => {
  pack = await loadStandardPack();
  runtimes = await openRuntimes();
});

/** @returns every answer of a worker, once it has ended by itself */
function collectAnswers(workerData: { name: string; runs: number }): Promise<number[][]> {
  return new Promise((resolve, reject) => {
    const answers: number[][] = [];
    const worker = startWorker(import.meta.url, './answering-worker', { workerData });
    worker.on('message', (answer: number[]) => answers.push(answer));
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve(answers) : reject(new Error(`Expected exit code 0 but received ${code}`))));
  });
}

describe.each(cpuRuntimeNames)('%s', (name) => {
  test('answers rightly in several worker threads at a time', async (context) => {
    if (!runtimes.has(name)) context.skip(`${name} is not installed`);
    const known = pack.manifest.knownAnswers.networks.find(({ file }) => file === pack.manifest.landmarker?.file)!;
    const answers = (await Promise.all([1, 2, 3].map(() => collectAnswers({ name, runs: 20 })))).flat();
    expect(answers).toHaveLength(60);
    for (const answer of answers) {
      known.first.forEach((value, index) => expect(answer[index]).toBeCloseTo(value, 4));
      expect(Math.hypot(...answer)).toBeCloseTo(known.norm, 2);
    }
  });

  test('lets a process end well whose threads opened it and ran nothing', async (context) => {
    if (!runtimes.has(name)) context.skip(`${name} is not installed`);
    const script = fileURLToPath(new URL('./end-idle-threads.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, name], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
