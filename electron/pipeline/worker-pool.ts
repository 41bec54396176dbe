/** Analyzes photos in worker threads. A worker that dies or hangs fails its photo alone and is replaced. */

import type { Worker, WorkerOptions } from 'node:worker_threads';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { prepareProcess } from '../../native-models/runtime/process-environment.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { AppError, deserializeError } from '../base/errors.ts';
import { startWorker } from '../base/worker-entry.ts';
import type { AnalysisOptions } from './analyze-photo.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';
import type { AnalyzedPhoto, SettledFace } from './types.ts';

export interface AnalyzerPoolOptions extends AnalysisOptions {
  readonly pack: LoadedPack;
  readonly runtime: RuntimeName;
  /** Worker threads, each of one core. */
  readonly workers: number;
  /** A worker that is busy with one photo for longer is taken for hung. */
  readonly photoTimeoutMs: number;
  /** Starts the worker's module; replaced where a test wants one that dies. */
  readonly startWorker?: (options: WorkerOptions) => Worker;
}

export interface AnalyzeOptions {
  readonly signal?: AbortSignal;
  /** Asked once the file is read and before it is decoded. */
  readonly isKnown?: (contentHash: Uint8Array) => Promise<boolean>;
  /** Asked then for faces that are wanted even where they are not detected. */
  readonly listSettledFaces?: (contentHash: Uint8Array) => Promise<readonly SettledFace[]>;
}

export interface KnownPhoto {
  /** [32], sha256 of the file's bytes. */
  readonly known: Uint8Array;
}

export interface AnalyzerPool {
  /** For people: library and version of what runs the networks. */
  readonly runtimeDescription: string;
  readonly runtime: RuntimeName;
  readonly workerCount: number;
  /** Waits its turn where all workers are busy; callers keep few more photos on the way than there are workers.
   *  @param path absolute; raw bytes where the name is not Unicode
   *  @throws AppError with what is wrong with the photo, "worker-crashed", "cancelled" */
  analyze(path: string | Uint8Array, options?: AnalyzeOptions): Promise<AnalyzedPhoto | KnownPhoto>;
  /** Ends the workers; photos on their way are cancelled. */
  dispose(): Promise<void>;
}

/** A worker that dies this often before it is ready is not started again. */
const mostStartsInARow = 3;
/** Longer than any photo takes that is not stuck. */
const closeTimeoutMs = 10_000;

/** @throws AppError "runtime-unavailable", "unsupported-operator", "model-mismatch" where no worker can start */
export async function createAnalyzerPool(options: AnalyzerPoolOptions): Promise<AnalyzerPool> {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new AppError('bad-argument', `Expected at least one worker but received ${options.workers}`);
  }
  const pool = new Pool(options);
  try {
    await pool.start();
  } catch (error) {
    await pool.dispose();
    throw error;
  }
  return pool;
}

interface Task {
  readonly id: number;
  readonly path: string | Uint8Array;
  readonly options: AnalyzeOptions;
  readonly resolve: (result: AnalyzedPhoto | KnownPhoto) => void;
  readonly reject: (error: Error) => void;
  contentHash: Uint8Array | null;
  isSettled: boolean;
}

interface Analyzer {
  readonly worker: Worker;
  isReady: boolean;
  task: Task | null;
  timer: NodeJS.Timeout | null;
  /** Why the worker is being ended, where the pool decided so. */
  endReason: string | null;
}

class Pool implements AnalyzerPool {
  readonly workerCount: number;
  readonly #options: AnalyzerPoolOptions;
  readonly #start: (options: WorkerOptions) => Worker;
  readonly #analyzers = new Set<Analyzer>();
  readonly #queue: Task[] = [];
  #description = '';
  #nextId = 1;
  #failedStarts = 0;
  #startError: AppError | null = null;
  #isDisposed = false;

  constructor(options: AnalyzerPoolOptions) {
    this.#options = options;
    this.workerCount = options.workers;
    this.#start = options.startWorker ?? ((settings) => startWorker(import.meta.url, './worker', settings));
  }

  get runtimeDescription(): string {
    return this.#description;
  }

  get runtime(): RuntimeName {
    return this.#options.runtime;
  }

  /** Where the first worker cannot start, none can. */
  async start(): Promise<void> {
    prepareProcess(this.#options.runtime, 1);
    await this.#addAnalyzer();
    for (let index = 1; index < this.workerCount; index++) this.#addAnalyzer().catch(() => undefined);
  }

  analyze(path: string | Uint8Array, options: AnalyzeOptions = {}): Promise<AnalyzedPhoto | KnownPhoto> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const task: Task = {
        id: this.#nextId++,
        path,
        options,
        contentHash: null,
        isSettled: false,
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      };
      const settle = (act: () => void): void => {
        if (task.isSettled) return;
        task.isSettled = true;
        signal?.removeEventListener('abort', cancel);
        act();
      };
      // A worker cannot be stopped inside a photo: it finishes, and nobody listens.
      const cancel = (): void => {
        const position = this.#queue.indexOf(task);
        if (position >= 0) this.#queue.splice(position, 1);
        task.reject(cancelled());
      };
      if (signal?.aborted || this.#isDisposed) return task.reject(cancelled());
      signal?.addEventListener('abort', cancel, { once: true });
      this.#queue.push(task);
      this.#assign();
    });
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const task of this.#queue.splice(0)) task.reject(cancelled());
    const analyzers = [...this.#analyzers];
    this.#analyzers.clear();
    for (const { task } of analyzers) task?.reject(cancelled());
    await Promise.all(analyzers.map(endWorker));
  }

  #assign(): void {
    for (const analyzer of this.#analyzers) {
      if (!analyzer.isReady || analyzer.task !== null) continue;
      const task = this.#queue.shift();
      if (task === undefined) return;
      analyzer.task = task;
      this.#watch(analyzer);
      send(analyzer, { kind: 'analyze', id: task.id, path: task.path });
    }
    if (this.#analyzers.size === 0 && this.#startError !== null) {
      for (const task of this.#queue.splice(0)) task.reject(this.#startError);
    }
  }

  /** @returns once the worker is ready
   *  @throws what keeps it from starting */
  #addAnalyzer(): Promise<void> {
    const workerData: WorkerSetup = {
      runtime: this.#options.runtime,
      pack: this.#options.pack,
      options: {
        maxPixels: this.#options.maxPixels,
        maxWorkingPixels: this.#options.maxWorkingPixels,
        maxChipEnlargement: this.#options.maxChipEnlargement,
        detection: this.#options.detection,
      },
    };
    const worker = this.#start({ workerData });
    const analyzer: Analyzer = { worker, isReady: false, task: null, timer: null, endReason: null };
    this.#analyzers.add(analyzer);
    return new Promise((resolve, reject) => {
      let lastError: unknown = null;
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          this.#description = message.description;
          this.#failedStarts = 0;
          analyzer.isReady = true;
          resolve();
          this.#assign();
        } else if (message.kind === 'unavailable') {
          lastError = deserializeError(message.error);
        } else {
          this.#receive(analyzer, message);
        }
      });
      worker.on('error', (error) => (lastError = error));
      worker.on('messageerror', (error) => (lastError = error));
      worker.on('exit', (exitCode) => {
        const error = this.#describeEnd(analyzer, exitCode, lastError);
        reject(error);
        this.#replace(analyzer, error);
      });
    });
  }

  #receive(analyzer: Analyzer, message: Exclude<FromWorker, { kind: 'ready' | 'unavailable' }>): void {
    const { task } = analyzer;
    if (task === null || task.id !== message.id) return;
    if (message.kind === 'hashed') {
      task.contentHash = message.contentHash;
      void this.#answer(analyzer, task, message.contentHash);
      return;
    }
    this.#release(analyzer);
    if (message.kind === 'analyzed') task.resolve(message.photo);
    else if (message.kind === 'known') task.resolve({ known: task.contentHash! });
    else task.reject(deserializeError(message.error));
    this.#assign();
  }

  /** Asks the caller; the worker's clock stands meanwhile. */
  async #answer(analyzer: Analyzer, task: Task, contentHash: Uint8Array): Promise<void> {
    if (analyzer.timer) clearTimeout(analyzer.timer);
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
    if (analyzer.task !== task) return;
    this.#watch(analyzer);
    send(analyzer, { kind: 'answer', id: task.id, isKnown, settledFaces });
  }

  #watch(analyzer: Analyzer): void {
    analyzer.timer = setTimeout(() => {
      analyzer.endReason = `no answer for ${this.#options.photoTimeoutMs} ms`;
      void analyzer.worker.terminate();
    }, this.#options.photoTimeoutMs);
  }

  #release(analyzer: Analyzer): void {
    if (analyzer.timer) clearTimeout(analyzer.timer);
    analyzer.timer = null;
    analyzer.task = null;
  }

  #describeEnd(analyzer: Analyzer, exitCode: number, lastError: unknown): AppError {
    if (lastError instanceof AppError) return lastError;
    const cause = lastError instanceof Error ? lastError.message : null;
    const reason = analyzer.endReason ?? cause ?? `exit code ${exitCode}`;
    return new AppError('worker-crashed', `Expected the worker to finish the photo but it ended: ${reason}`, {
      cause: lastError,
      parameters: { reason },
    });
  }

  #replace(analyzer: Analyzer, error: AppError): void {
    const { task } = analyzer;
    this.#release(analyzer);
    if (!this.#analyzers.delete(analyzer)) return;
    task?.reject(error);
    if (this.#isDisposed) return;
    if (!analyzer.isReady) {
      this.#failedStarts += 1;
      this.#startError = error;
    }
    if (this.#failedStarts < mostStartsInARow && this.#description !== '') this.#addAnalyzer().catch(() => undefined);
    else this.#assign();
  }
}

/** A worker finishes its photo and lets go of its networks; one that does not in time is ended. */
async function endWorker({ worker, timer: photoTimer }: Analyzer): Promise<void> {
  if (photoTimer) clearTimeout(photoTimer);
  const isEnded = new Promise((resolve) => worker.once('exit', resolve));
  const timer = setTimeout(() => void worker.terminate(), closeTimeoutMs);
  worker.postMessage({ kind: 'close' } satisfies ToWorker);
  await isEnded;
  clearTimeout(timer);
}

function send(analyzer: Analyzer, message: ToWorker): void {
  analyzer.worker.postMessage(message);
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Expected to analyze the photo but was cancelled');
}
