/** Computes one thing in a worker thread of its own, which begins and ends with it. */

import { parentPort, workerData, type Transferable } from 'node:worker_threads';
import { AppError } from './errors.ts';
import { packError, type PackedError, unpackError } from './thread-errors.ts';
import { startWorker } from './worker-entry.ts';

export interface WorkerCall {
  /** Aborted, it ends the thread wherever it is. */
  readonly signal?: AbortSignal | undefined;
  /** @param done 0 to 1 */
  readonly onProgress?: (done: number) => void;
  /** Moved to the thread rather than copied. */
  readonly transferList?: readonly Transferable[];
}

type Reply<Result> =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'error'; readonly error: PackedError };

/**
 * @param from `import.meta.url` of the caller
 * @param name of a module beside it that calls answerTask, without extension
 * @throws AppError what the module does, "cancelled", "worker-crashed"
 */
export async function runInWorker<Task, Result>(from: string, name: string, task: Task, call: WorkerCall = {}): Promise<Result> {
  const { signal, onProgress, transferList = [] } = call;
  const cancelled = (): AppError => new AppError('cancelled', 'Expected to compute to the end but received a cancel');
  if (signal?.aborted === true) throw cancelled();
  const worker = startWorker(from, name, { workerData: task, transferList: [...transferList] });
  let stopListening = (): void => undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      const cancel = (): void => reject(cancelled());
      signal?.addEventListener('abort', cancel, { once: true });
      stopListening = () => signal?.removeEventListener('abort', cancel);
      const crash = (cause: unknown): void => reject(new AppError('worker-crashed', 'Expected a result but the thread ended', { cause }));
      worker.on('message', (reply: Reply<Result>) => {
        if (reply.kind === 'progress') onProgress?.(reply.done);
        else if (reply.kind === 'result') resolve(reply.result);
        else reject(unpackError(reply.error));
      });
      worker.on('error', crash);
      worker.on('exit', (code) => crash(new Error(`Exit code ${code}`)));
    });
  } finally {
    stopListening();
    await worker.terminate();
  }
}

/** What the thread's module calls, once. */
export function answerTask<Task, Result>(compute: (task: Task, onProgress: (done: number) => void) => Result): void {
  if (parentPort === null) throw new AppError('internal', 'Expected to run in a worker thread but received no parent');
  const port = parentPort;
  const send = (reply: Reply<Result>): void => port.postMessage(reply);
  try {
    send({ kind: 'result', result: compute(workerData as Task, (done) => send({ kind: 'progress', done })) });
  } catch (error) {
    send({ kind: 'error', error: packError(error) });
  }
}
