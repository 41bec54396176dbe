/** Makes pictures in a thread of its own, which begins with the first one that is asked for and ends when none has been for a
 *  while. */

import type { Worker } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { createRemoteObject } from '../base/remote-object.ts';
import { unpackError } from '../base/thread-errors.ts';
import { startWorker } from '../base/worker-entry.ts';
import type { PictureAnswer, PictureCall, PictureWorkerSetup } from './picture-protocol.ts';
import type { PictureRenderer } from './picture-renderer.ts';

export interface OpenPictureRenderer extends PictureRenderer {
  /** What is under way fails. */
  close(): Promise<void>;
}

interface PendingCall {
  readonly worker: Worker;
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

const idleMs = 60_000;

/** All its methods throw AppError "worker-crashed" where the thread ends over a picture; the next one gets another thread. */
export function openPictureRenderer(setup: PictureWorkerSetup): OpenPictureRenderer {
  const thread = new PictureThread(setup);
  return createRemoteObject<OpenPictureRenderer>((method, args) => thread.call(method, args), { close: () => thread.end() });
}

class PictureThread {
  readonly #setup: PictureWorkerSetup;
  readonly #pending = new Map<number, PendingCall>();
  #worker: Worker | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #lastId = 0;

  constructor(setup: PictureWorkerSetup) {
    this.#setup = setup;
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
      const worker = (this.#worker ??= this.#start());
      this.#pending.set(id, { worker, resolve, reject });
      worker.ref();
      worker.postMessage({ id, method, args } satisfies PictureCall);
    });
  }

  async end(): Promise<void> {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorker(import.meta.url, './picture-worker', { workerData: this.#setup });
    let cause: unknown = null;
    worker.on('message', (answer: PictureAnswer) => this.#settle(answer));
    worker.on('error', (error) => (cause = error));
    worker.on('exit', (exitCode) => {
      if (this.#worker === worker) this.#worker = null;
      const error = new AppError('worker-crashed', `Expected a picture but its thread ended with code ${exitCode}`, { cause });
      for (const [id, call] of this.#pending) {
        if (call.worker !== worker) continue;
        this.#pending.delete(id);
        call.reject(error);
      }
    });
    return worker;
  }

  #settle(answer: PictureAnswer): void {
    const call = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('error' in answer) call?.reject(unpackError(answer.error));
    else call?.resolve(answer.value);
    if (this.#pending.size > 0) return;
    // Nobody waits: it keeps no process alive.
    this.#worker?.unref();
    this.#idleTimer = setTimeout(() => void this.end(), idleMs);
    this.#idleTimer.unref();
  }
}
