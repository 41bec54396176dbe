/** Learns a projection in a worker thread, behind one asynchronous call. */

import { AppError, deserializeError } from '../../../electron/base/errors.ts';
import { startWorker } from '../../../electron/base/worker-entry.ts';
import type { LearningInput, LearningOptions, LearningOutcome } from './learn-projection.ts';
import type { LearningReply, LearningRequest } from './protocol.ts';

export interface LearningCall {
  readonly signal?: AbortSignal | undefined;
  /** @param done 0 to 1 */
  readonly onProgress?: (done: number) => void;
}

/** @throws AppError "cancelled", "worker-crashed" */
export async function startLearning(input: LearningInput, options: LearningOptions, { signal, onProgress }: LearningCall = {}): Promise<LearningOutcome> {
  signal?.throwIfAborted();
  const cancelFlag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: LearningRequest = { input, options, cancelFlag };
  const worker = startWorker(import.meta.url, './worker', { workerData });
  const cancel = (): void => void Atomics.store(cancelFlag, 0, 1);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await new Promise<LearningOutcome>((resolve, reject) => {
      worker.on('message', (reply: LearningReply) => {
        if (reply.kind === 'progress') onProgress?.(reply.done);
        else if (reply.kind === 'outcome') resolve(reply.outcome);
        else reject(deserializeError(reply.error));
      });
      const fail = (cause: unknown): void => reject(new AppError('worker-crashed', 'Expected to learn to the end but the worker ended', { cause }));
      worker.on('error', fail);
      worker.on('exit', (code) => fail(new Error(`Exit code ${code}`)));
    });
  } finally {
    signal?.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
