/** A process whose three worker threads run the landmark network on a runtime (the argument) and compare its answers. */

import { once } from 'node:events';
import { startWorker } from '../../../electron/base/worker-entry.ts';
import { prepareProcess } from '../../../native-models/runtime/process-environment.ts';
import type { RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { readStandardManifest } from '../../../native-models/packs/standard-pack.ts';

const name = process.argv[2] as RuntimeName;
const manifest = readStandardManifest();
const known = manifest.knownAnswers.networks.find(({ file }) => file === manifest.landmarker?.file)!;
prepareProcess(name, 1);

let right = 0;
const workers = [1, 2, 3].map(() => {
  const worker = startWorker(import.meta.url, './answering-worker', { workerData: { name, runs: 2 } });
  worker.on('message', (answer: number[]) => {
    if (known.first.every((value, index) => Math.abs(value - (answer[index] ?? Number.NaN)) < 1e-3)) right++;
  });
  return once(worker, 'exit');
});
await Promise.all(workers);
process.stdout.write(String(right));
