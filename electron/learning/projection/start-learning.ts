/** Learns a projection in a worker thread, behind one asynchronous call. */

import { runInWorker, type WorkerCall } from '../../base/run-in-worker.ts';
import type { LearningInput, LearningOptions, LearningOutcome, LearningTask } from './learn-projection.ts';

/** @throws AppError "cancelled", "worker-crashed" */
export function startLearning(input: LearningInput, options: LearningOptions, call: Pick<WorkerCall, 'signal' | 'onProgress'> = {}): Promise<LearningOutcome> {
  return runInWorker<LearningTask, LearningOutcome>(import.meta.url, './worker', { input, options }, call);
}
