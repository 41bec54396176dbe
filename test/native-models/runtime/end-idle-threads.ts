/** A process whose two worker threads open a runtime (the argument), run nothing on it and end. */

import { once } from 'node:events';
import { startWorker } from '../../../electron/base/worker-entry.ts';

const workers = [1, 2].map(() => startWorker(import.meta.url, './idle-worker', { workerData: process.argv[2] }));
await Promise.all(workers.map((worker) => once(worker, 'exit')));
