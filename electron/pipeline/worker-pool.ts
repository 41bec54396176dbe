/** Analyzes photos in worker threads, several at a time in each.
 *
 *  [Note: whose fault] A worker that dies or hangs is replaced, and what it had under way is tried once more, each photo in
 *  a worker of its own: the one at fault fails alone. */

import type { Worker, WorkerOptions } from 'node:worker_threads';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { easePackForCpu } from '../../native-models/runtime/ease-for-cpu.ts';
import { prepareProcess } from '../../native-models/runtime/process-environment.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { startWorker } from '../base/worker-entry.ts';
import type { AnalysisOptions } from './analyze-photo.ts';
import { Analyzer, type AnalysisTask, type AnalyzeOptions, type KnownPhoto } from './analyzer.ts';
import type { AnalyzerFacts, WorkerSetup } from './protocol.ts';
import type { AnalyzedPhoto } from '../terms/analyzed-photo.ts';

export interface AnalyzerPoolOptions extends AnalysisOptions {
  readonly pack: LoadedPack;
  readonly runtime: RuntimeName;
  /** Worker threads, each of one core. */
  readonly workers: number;
  /** Where squares of faces are kept, of photos that are to have them; without it nowhere. */
  readonly picturesFolder?: string | undefined;
  /** A worker that is busy with one photo for longer is taken for hung. */
  readonly photoTimeoutMs: number;
  /** Starts the worker's module; replaced by who wants parts of the pipeline replaced (serve-analyzer.ts), or a test one that
   *  dies. */
  readonly startWorker?: (options: WorkerOptions) => Worker;
  /** Told why a worker ended that nobody had ended. */
  readonly onWorkerEnd?: ((error: AppError) => void) | undefined;
}

export interface AnalyzerPool {
  /** For people: library and version of what runs the networks. */
  readonly runtimeDescription: string;
  readonly runtime: RuntimeName;
  readonly workerCount: number;
  /** Photos under way when all workers have what they can take. */
  readonly photosAtOnce: number;
  /** Waits its turn where all workers are busy; callers keep few more photos on the way than there are workers.
   *  @param path absolute; raw bytes where the name is not Unicode
   *  @throws AppError with what is wrong with the photo, "worker-crashed", "cancelled" */
  analyze(path: string | Uint8Array, options?: AnalyzeOptions): Promise<AnalyzedPhoto | KnownPhoto>;
  /** Ends the workers; photos on their way are cancelled. */
  dispose(): Promise<void>;
}

/** A worker that dies this often before it is ready is not started again. */
const mostStartsInARow = 3;
/** Threads that feed a GPU, which they share: one decodes while the other's batch runs. */
const mostGpuWorkers = 2;

/** @throws AppError "runtime-unavailable", "unsupported-operator", "model-mismatch" where no worker can start */
export async function createAnalyzerPool(options: AnalyzerPoolOptions): Promise<AnalyzerPool> {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new AppError('bad-argument', `Expected at least one worker but received ${options.workers}`);
  }
  // See [Note: light workers].
  const pack = options.runtime === 'onnx' ? await easePackForCpu(options.pack) : options.pack;
  const pool = new Pool({ ...options, pack });
  try {
    await pool.start();
  } catch (error) {
    await pool.dispose();
    throw error;
  }
  return pool;
}

class Pool implements AnalyzerPool {
  workerCount: number;
  readonly #options: AnalyzerPoolOptions;
  readonly #start: (options: WorkerOptions) => Worker;
  readonly #analyzers = new Set<Analyzer>();
  readonly #queue: AnalysisTask[] = [];
  #description = '';
  #photosPerWorker = 1;
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

  get photosAtOnce(): number {
    return this.workerCount * this.#photosPerWorker;
  }

  /** Where the first worker cannot start, none can. */
  async start(): Promise<void> {
    prepareProcess(this.#options.runtime, 1);
    const { device, photosAtOnce } = await this.#addAnalyzer();
    this.#photosPerWorker = photosAtOnce;
    if (device === 'gpu') this.workerCount = Math.min(this.workerCount, mostGpuWorkers);
    for (let index = 1; index < this.workerCount; index++) this.#addAnalyzer().catch(() => undefined);
  }

  analyze(path: string | Uint8Array, options: AnalyzeOptions = {}): Promise<AnalyzedPhoto | KnownPhoto> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const task: AnalysisTask = {
        id: this.#nextId++,
        path,
        options,
        contentHash: null,
        isSettled: false,
        isSuspect: false,
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
    await Promise.all(analyzers.map((analyzer) => analyzer.close()));
  }

  /** In order; the next photo waits until a worker can take it. */
  #assign(): void {
    for (let task = this.#queue[0]; task !== undefined; task = this.#queue[0]) {
      const analyzer = this.#findFree(task);
      if (analyzer === null) break;
      this.#queue.shift();
      analyzer.take(task);
    }
    if (this.#analyzers.size === 0 && this.#startError !== null) {
      for (const task of this.#queue.splice(0)) task.reject(this.#startError);
    }
  }

  /** @returns the worker with least under way */
  #findFree(task: AnalysisTask): Analyzer | null {
    let best: Analyzer | null = null;
    for (const analyzer of this.#analyzers) {
      if (analyzer.canTake(task) && (best === null || analyzer.taskCount < best.taskCount)) best = analyzer;
    }
    return best;
  }

  /** @returns once the worker is ready
   *  @throws what keeps it from starting */
  #addAnalyzer(): Promise<AnalyzerFacts> {
    const { pack, runtime, photoTimeoutMs, maxPixels, maxWorkingPixels, maxChipEnlargement, detection, picturesFolder = null } = this.#options;
    const options = { maxPixels, maxWorkingPixels, maxChipEnlargement, detection };
    const worker = this.#start({ workerData: { runtime, pack, options, picturesFolder } satisfies WorkerSetup });
    return new Promise((resolve, reject) => {
      const analyzer: Analyzer = new Analyzer(worker, {
        photoTimeoutMs,
        events: {
          onReady: (facts) => {
            this.#description = facts.description;
            this.#failedStarts = 0;
            resolve(facts);
            this.#assign();
          },
          onFree: () => this.#assign(),
          onEnd: (error, tasks) => {
            reject(error);
            this.#replace(analyzer, error, tasks);
          },
        },
      });
      this.#analyzers.add(analyzer);
    });
  }

  /** See [Note: whose fault]. */
  #replace(analyzer: Analyzer, error: AppError, tasks: readonly AnalysisTask[]): void {
    if (!this.#analyzers.delete(analyzer)) return;
    if (tasks.length === 1) tasks[0]!.reject(error);
    else for (const task of tasks) task.isSuspect = true;
    this.#queue.unshift(...tasks.filter(({ isSettled }) => !isSettled));
    if (this.#isDisposed) return;
    this.#options.onWorkerEnd?.(error);
    if (!analyzer.isReady) {
      this.#failedStarts += 1;
      this.#startError = error;
    }
    if (this.#failedStarts < mostStartsInARow && this.#description !== '') this.#addAnalyzer().catch(() => undefined);
    else this.#assign();
  }
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Expected to analyze the photo but was cancelled');
}
