/** Entry of an analyzer's worker thread. */

import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerSetup } from './protocol.ts';
import { serveAnalyzer } from './serve-analyzer.ts';

if (parentPort === null) throw new Error('Expected to run in a worker thread');
await serveAnalyzer(parentPort, workerData as WorkerSetup);
