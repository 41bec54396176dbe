/** Opens a library in a thread of its own, so that no query keeps the rest of the app waiting. */

import type { Worker } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { unpackError } from '../../base/thread-errors.ts';
import { createRemoteObject } from '../../base/remote-object.ts';
import { startWorker } from '../../base/worker-entry.ts';
import type { LibraryDatabase } from '../library-database.ts';
import { openingId, type WorkerMessage, type WorkerOptions } from './protocol.ts';

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * @param options.libraryFolder made where it is missing, and kept for the user alone (mode 0700)
 * @throws AppError "library-in-use" where another process has it open, "library-too-new", "library-damaged" (its
 *   parameter "path" names the file, which is left as it is), "permission-denied", "disk-full"
 */
export async function openLibraryDatabase(options: { readonly libraryFolder: string }): Promise<LibraryDatabase> {
  const workerOptions: WorkerOptions = { libraryFolder: options.libraryFolder };
  const client = new DatabaseClient(startWorker(import.meta.url, './worker', { workerData: workerOptions }));
  await client.opened;
  return createRemoteObject<LibraryDatabase>((method, args) => client.call(method, args), { close: () => client.close() });
}

class DatabaseClient {
  /** Rejects where the library cannot be opened. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, PendingCall>();
  #lastId = openingId;
  #failure: AppError | null = null;
  #closing: Promise<void> | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (exitCode) => {
        this.#fail(this.#failure ?? describeEnd(exitCode));
        resolve();
      });
    });
    worker.on('error', (error) => {
      this.#failure ??= new AppError('internal', `Expected the database's thread to go on but received ${error.message}`, {
        cause: error,
      });
    });
    this.opened = new Promise((resolve, reject) => {
      // Its own thread's end stands for an answer to the opening as to any other call.
      this.#pending.set(openingId, { resolve: () => resolve(), reject });
    });
    worker.on('message', (message: WorkerMessage) => this.#receive(message));
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#closing !== null) {
      return Promise.reject(new AppError('internal', `Expected an open library but received ${method} after its end`));
    }
    return this.#send(method, args);
  }

  /** Waits for all calls before it, and for the file to be let go. */
  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  async #closeOnce(): Promise<void> {
    if (this.#failure === null) await this.#send('close', []);
    await this.#exited;
  }

  #send(method: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, args });
    });
  }

  #receive(message: WorkerMessage): void {
    const call = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'answer') call?.resolve(message.value);
    else call?.reject(unpackError(message.error));
  }

  #fail(failure: AppError): void {
    this.#failure = failure;
    for (const call of this.#pending.values()) call.reject(failure);
    this.#pending.clear();
  }
}

function describeEnd(exitCode: number): AppError {
  return new AppError('internal', `Expected an open library but its thread has ended with code ${exitCode}`);
}
