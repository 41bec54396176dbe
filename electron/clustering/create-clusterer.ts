/** Starts the clusterer: a worker thread that keeps what it has compared, behind a few asynchronous calls. */

import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { unpackError } from '../base/thread-errors.ts';
import { startWorker } from '../base/worker-entry.ts';
import type { ClustererData, ClusterOutcome, ClusterReply, ClusterRequest, ClusterTask } from './protocol.ts';
import type { Answer, Inquiry } from './suggestions/answer.ts';
import type { SuggestionOptions } from './suggestions/types.ts';
import type { ClusteringOptions, ClusteringResult } from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

/** A million faces' files are written in a few seconds. */
const longestFarewellMs = 10_000;

export interface ClusterCall {
  readonly signal?: AbortSignal;
  /** @param done share of the comparisons, 0 to 1 */
  readonly onProgress?: (done: number) => void;
}

/**
 * All calls but the first take the whole library's faces and move the arrays of `input` to the worker: the caller can no
 * longer read them. Faces that an earlier call brought with the same embedding are not compared again, and their embeddings
 * need not be brought again. Calls run one after another.
 *
 * They reject with AppError "bad-argument" or "library-damaged" (faces that nothing can be computed with: missing,
 * duplicate or not finite; see checkClusteringInput), "cancelled", "worker-crashed" (the next call starts a new worker).
 */
export interface Clusterer {
  /** @param rows [n], numbers of the faces' embeddings
   *  @returns the indices of those that the next call has to bring, ascending: all of them to a worker that is new */
  listMissing(rows: Float64Array, embeddingLength: number, options: ClusteringOptions): Promise<Int32Array>;
  /** Clusters all faces. What the user has not settled is computed anew, from the faces alone: neither the order in
   *  which they came nor what was computed before has a say in who is together, only in the ids that people keep. */
  cluster(input: ClusteringInput, options: ClusteringOptions, call?: ClusterCall): Promise<ClusteringResult>;
  /** Gives faces without a person to present people, or to new ones; everybody else stays as they are. For while an
   *  import runs: what it says is provisional and `cluster` has the last word. */
  foldIn(input: ClusteringInput, options: ClusteringOptions, call?: ClusterCall): Promise<ClusteringResult>;
  /** What may be asked about the library as it is; also rejects with "not-found". */
  ask<Kind extends Inquiry['kind']>(
    input: ClusteringInput,
    options: ClusteringOptions & { readonly suggestions: SuggestionOptions },
    inquiry: Extract<Inquiry, { kind: Kind }>,
    call?: ClusterCall,
  ): Promise<Answer<Kind>>;
  dispose(): Promise<void>;
}

export function createClusterer(data: ClustererData = { neighboursFolder: null }): Clusterer {
  return new WorkerClusterer(data);
}

interface PendingCall {
  readonly resolve: (result: ClusterOutcome) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((done: number) => void) | undefined;
}

class WorkerClusterer implements Clusterer {
  readonly #data: ClustererData;
  #worker: Worker | null = null;
  #isDisposed = false;
  #lastRequestId = 0;
  readonly #pending = new Map<number, PendingCall>();

  constructor(data: ClustererData) {
    this.#data = data;
  }

  async listMissing(rows: Float64Array, embeddingLength: number, options: ClusteringOptions): Promise<Int32Array> {
    return (await this.#run({ kind: 'missing', rows, embeddingLength }, options, {})) as Int32Array;
  }

  async cluster(input: ClusteringInput, options: ClusteringOptions, call: ClusterCall = {}): Promise<ClusteringResult> {
    return (await this.#run({ kind: 'cluster', input, scope: 'settled' }, options, call)) as ClusteringResult;
  }

  async foldIn(input: ClusteringInput, options: ClusteringOptions, call: ClusterCall = {}): Promise<ClusteringResult> {
    return (await this.#run({ kind: 'cluster', input, scope: 'everybody' }, options, call)) as ClusteringResult;
  }

  async ask<Kind extends Inquiry['kind']>(
    input: ClusteringInput,
    { suggestions, ...options }: ClusteringOptions & { readonly suggestions: SuggestionOptions },
    inquiry: Extract<Inquiry, { kind: Kind }>,
    call: ClusterCall = {},
  ): Promise<Answer<Kind>> {
    return (await this.#run({ kind: 'ask', input, suggestions, inquiry }, options, call)) as Answer<Kind>;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const worker = this.#worker;
    this.#worker = null;
    const isIdle = this.#pending.size === 0;
    this.#rejectAll(new AppError('cancelled', 'Expected a running clusterer but received a call while it closed'));
    if (worker === null) return;
    // What it is writing is for the next start; what it is computing is for nobody any more.
    if (isIdle) await endGently(worker);
    await worker.terminate();
  }

  async #run(task: ClusterTask, options: ClusteringOptions, { signal, onProgress }: ClusterCall): Promise<ClusterOutcome> {
    if (this.#isDisposed) throw new AppError('internal', 'Expected a running clusterer but received a closed one');
    if (signal?.aborted) throw cancelledError();
    const requestId = ++this.#lastRequestId;
    const cancelFlag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const request: ClusterRequest = { requestId, options, task, cancelFlag };
    const worker = (this.#worker ??= this.#start());
    let stopListening = (): void => undefined;
    try {
      return await new Promise<ClusterOutcome>((resolve, reject) => {
        this.#pending.set(requestId, { resolve, reject, onProgress });
        const cancel = (): void => {
          Atomics.store(cancelFlag, 0, 1);
          reject(cancelledError());
        };
        signal?.addEventListener('abort', cancel, { once: true });
        stopListening = () => signal?.removeEventListener('abort', cancel);
        worker.postMessage(request, task.kind === 'missing' ? [] : listTransferable(task.input));
      });
    } finally {
      this.#pending.delete(requestId);
      stopListening();
    }
  }

  #start(): Worker {
    const worker = startWorker(import.meta.url, './worker', { workerData: this.#data });
    worker.on('message', (reply: ClusterReply) => this.#receive(reply));
    const fail = (cause: unknown): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#rejectAll(new AppError('worker-crashed', 'Expected the clusterer to go on but received its end', { cause }));
    };
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`Exit code ${code}`)));
    return worker;
  }

  #receive(reply: ClusterReply): void {
    const call = this.#pending.get(reply.requestId);
    // An answer to a call that was cancelled.
    if (!call) return;
    if (reply.kind === 'progress') call.onProgress?.(reply.done);
    else if (reply.kind === 'result') call.resolve(reply.result);
    else call.reject(unpackError(reply.error));
  }

  #rejectAll(error: AppError): void {
    for (const call of [...this.#pending.values()]) call.reject(error);
  }
}

/** Lets the worker finish a file, for a while. */
async function endGently(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage(null);
  const timer = new AbortController();
  await Promise.race([ended, setTimeout(longestFarewellMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}

function cancelledError(): AppError {
  return new AppError('cancelled', 'Expected to cluster to the end but received a cancel');
}

/** Arrays that own their whole memory are moved; views into a larger one, which others may use, are copied. */
function listTransferable(input: ClusteringInput): ArrayBuffer[] {
  const { embeddings, embeddingRows, qualities, photoIndices, personIndices, confirmed, captureDays } = input;
  const arrays = [embeddings, embeddingRows, qualities, photoIndices, personIndices, confirmed, captureDays];
  const owned = arrays.filter((array) => array.byteLength === array.buffer.byteLength);
  return [...new Set(owned.map((array) => array.buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}
