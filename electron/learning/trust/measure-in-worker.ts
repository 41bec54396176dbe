/** Measures trust in a thread of its own: millions of distances would hold up whoever asks. */

import { runInWorker } from '../../base/run-in-worker.ts';
import type { TrustScores, TrustTask } from './measure-trust.ts';

/** @param task whose embeddings are moved to the thread: the caller can no longer read them
 *  @throws AppError "bad-argument" as measureTrust does, "cancelled", "worker-crashed" */
export function measureTrustInWorker(task: TrustTask, signal: AbortSignal): Promise<TrustScores> {
  const transferList = [task.faces.embeddings.buffer as ArrayBuffer];
  return runInWorker<TrustTask, TrustScores>(import.meta.url, './trust-worker', task, { signal, transferList });
}
