/** Measures trust in a thread of its own: millions of distances would hold up whoever asks. */

import { AppError, deserializeError, type SerializedError } from '../../../electron/base/errors.ts';
import { startWorker } from '../../../electron/base/worker-entry.ts';
import type { LabeledEmbeddings } from '../face-pairs.ts';
import type { TrustOptions, TrustScores } from './measure-trust.ts';

export interface TrustTask {
  readonly faces: LabeledEmbeddings;
  readonly options: TrustOptions;
}

export type TrustReply =
  | { readonly kind: 'measured'; readonly scores: TrustScores }
  | { readonly kind: 'failed'; readonly error: SerializedError };

/** @param faces moved to the thread: the caller can no longer read their embeddings
 *  @throws AppError "bad-argument" as measureTrust does, "cancelled", "worker-crashed" */
export async function measureTrustInWorker(task: TrustTask, signal: AbortSignal): Promise<TrustScores> {
  const cancelled = (): AppError => new AppError('cancelled', 'Expected to measure to the end but received a cancel');
  if (signal.aborted) throw cancelled();
  const worker = startWorker(import.meta.url, './trust-worker', {
    workerData: task,
    transferList: [task.faces.embeddings.buffer as ArrayBuffer],
  });
  let stopListening = (): void => undefined;
  try {
    return await new Promise<TrustScores>((resolve, reject) => {
      const cancel = (): void => reject(cancelled());
      signal.addEventListener('abort', cancel, { once: true });
      stopListening = () => signal.removeEventListener('abort', cancel);
      const crash = (cause: unknown): void => reject(new AppError('worker-crashed', 'Expected a measurement but the thread ended', { cause }));
      worker.on('message', (reply: TrustReply) => {
        if (reply.kind === 'measured') resolve(reply.scores);
        else reject(deserializeError(reply.error));
      });
      worker.on('error', crash);
      worker.on('exit', (code) => crash(new Error(`Exit code ${code}`)));
    });
  } finally {
    stopListening();
    await worker.terminate();
  }
}
