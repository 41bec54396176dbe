/** Starts analyzers' workers with parts of the pipeline replaced. */

import type { Worker, WorkerOptions } from 'node:worker_threads';
import { startWorker } from '../../../electron/base/worker-entry.ts';
import type { WorkerSetup } from '../../../electron/pipeline/protocol.ts';
import type { AnalysisChoice } from './analysis-choice.ts';
import type { LabWorkerSetup } from './worker.ts';

/** @returns what a pool of analyzers starts its workers with */
export function startWorkersWith(choice: AnalysisChoice): (options: WorkerOptions) => Worker {
  return (options) =>
    startWorker(import.meta.url, './worker', { ...options, workerData: { ...(options.workerData as WorkerSetup), choice } satisfies LabWorkerSetup });
}
