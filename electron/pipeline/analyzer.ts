/** One analyzer as the pool sees it: its worker thread, the photos it has under way, and the clock of each. */

import type { Worker } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { unpackError } from '../base/thread-errors.ts';
import type { AnalyzerFacts, FromWorker, ToWorker } from './protocol.ts';
import type { AnalyzedPhoto, SettledFace } from '../terms/analyzed-photo.ts';

export interface AnalyzeOptions {
  readonly signal?: AbortSignal;
  /** Whether the squares of its faces are kept, where the pool keeps any; by default they are not. */
  readonly keepsSquares?: boolean;
  /** Asked once the file is read and before it is decoded. */
  readonly isKnown?: (contentHash: Uint8Array) => Promise<boolean>;
  /** Asked then for faces that are wanted even where they are not detected. */
  readonly listSettledFaces?: (contentHash: Uint8Array) => Promise<readonly SettledFace[]>;
}

export interface KnownPhoto {
  /** [32], sha256 of the file's bytes. */
  readonly known: Uint8Array;
}

/** A photo on its way through the pool. */
export interface AnalysisTask {
  readonly id: number;
  readonly path: string | Uint8Array;
  readonly options: AnalyzeOptions;
  readonly resolve: (result: AnalyzedPhoto | KnownPhoto) => void;
  readonly reject: (error: Error) => void;
  contentHash: Uint8Array | null;
  isSettled: boolean;
  /** Whether it was under way when a worker died that had others under way, too: it gets a worker of its own. */
  isSuspect: boolean;
}

export interface AnalyzerEvents {
  onReady(facts: AnalyzerFacts): void;
  /** Room for another photo. */
  onFree(): void;
  /** @param tasks that were under way, not settled */
  onEnd(error: AppError, tasks: AnalysisTask[]): void;
}

/** Longer than any photo takes that is not stuck. */
const closeTimeoutMs = 10_000;

export class Analyzer {
  readonly #worker: Worker;
  readonly #photoTimeoutMs: number;
  readonly #events: AnalyzerEvents;
  readonly #tasks = new Map<number, AnalysisTask>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Photos that the worker takes at a time; 0 until it is ready. */
  #capacity = 0;
  /** Why the worker is being ended, where the pool decided so. */
  #endReason: string | null = null;
  #lastError: unknown = null;

  constructor(worker: Worker, options: { photoTimeoutMs: number; events: AnalyzerEvents }) {
    this.#worker = worker;
    this.#photoTimeoutMs = options.photoTimeoutMs;
    this.#events = options.events;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error) => (this.#lastError = error));
    worker.on('messageerror', (error) => (this.#lastError = error));
    worker.on('exit', (exitCode) => this.#end(exitCode));
  }

  get isReady(): boolean {
    return this.#capacity > 0;
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  canTake(task: AnalysisTask): boolean {
    if (this.#tasks.size >= this.#capacity) return false;
    return this.#tasks.size === 0 || !(task.isSuspect || [...this.#tasks.values()].some(({ isSuspect }) => isSuspect));
  }

  take(task: AnalysisTask): void {
    this.#tasks.set(task.id, task);
    this.#watch(task.id);
    this.#send({ kind: 'analyze', id: task.id, path: task.path, keepsSquares: task.options.keepsSquares ?? false });
  }

  /** Cancels what is under way, lets the worker finish it and let go of its networks, and ends one that does not. */
  async close(): Promise<void> {
    for (const task of this.#tasks.values()) task.reject(new AppError('cancelled', 'Expected to analyze the photo but was cancelled'));
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const isEnded = new Promise((resolve) => this.#worker.once('exit', resolve));
    const timer = setTimeout(() => void this.#worker.terminate(), closeTimeoutMs);
    this.#send({ kind: 'close' });
    await isEnded;
    clearTimeout(timer);
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.#capacity = message.photosAtOnce;
      this.#events.onReady(message);
      return;
    }
    if (message.kind === 'unavailable') {
      this.#lastError = unpackError(message.error);
      return;
    }
    const task = this.#tasks.get(message.id);
    if (task === undefined) return;
    if (message.kind === 'hashed') {
      task.contentHash = message.contentHash;
      void this.#answer(task, message.contentHash);
      return;
    }
    this.#release(task.id);
    if (message.kind === 'analyzed') task.resolve(message.photo);
    else if (message.kind === 'known') task.resolve({ known: task.contentHash! });
    else task.reject(unpackError(message.error));
    this.#events.onFree();
  }

  /** Asks the caller; the photo's clock stands meanwhile. */
  async #answer(task: AnalysisTask, contentHash: Uint8Array): Promise<void> {
    clearTimeout(this.#timers.get(task.id));
    // A photo that nobody waits for any more need not be looked at.
    let isKnown = task.isSettled;
    let settledFaces: readonly SettledFace[] = [];
    try {
      isKnown ||= (await task.options.isKnown?.(contentHash)) ?? false;
      if (!isKnown) settledFaces = (await task.options.listSettledFaces?.(contentHash)) ?? [];
    } catch (error) {
      task.reject(error instanceof Error ? error : new Error(String(error)));
      isKnown = true;
    }
    if (!this.#tasks.has(task.id)) return;
    this.#watch(task.id);
    this.#send({ kind: 'answer', id: task.id, isKnown, settledFaces });
  }

  #watch(id: number): void {
    const timer = setTimeout(() => {
      this.#endReason = `no answer for ${this.#photoTimeoutMs} ms`;
      void this.#worker.terminate();
    }, this.#photoTimeoutMs);
    this.#timers.set(id, timer);
  }

  #release(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#tasks.delete(id);
  }

  #end(exitCode: number): void {
    const tasks = [...this.#tasks.values()].filter(({ isSettled }) => !isSettled);
    for (const id of [...this.#tasks.keys()]) this.#release(id);
    this.#events.onEnd(this.#describeEnd(exitCode), tasks);
  }

  #describeEnd(exitCode: number): AppError {
    if (this.#lastError instanceof AppError) return this.#lastError;
    const cause = this.#lastError instanceof Error ? this.#lastError.message : null;
    const reason = this.#endReason ?? cause ?? `exit code ${exitCode}`;
    return new AppError('worker-crashed', `Expected the worker to finish the photo but it ended: ${reason}`, {
      cause: this.#lastError,
      parameters: { reason },
    });
  }
}
