/** Runs face-api's own pipeline in processes of its own, on photos dealt out as each becomes free. */

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dealOut } from '../measures/deal-out.ts';

export const baselineBackends = ['wasm', 'tensorflow'] as const;
export type BaselineBackend = (typeof baselineBackends)[number];

export interface BaselineFace {
  /** Upright photo pixels. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly score: number;
  /** [128], of no fixed norm. */
  readonly descriptor: readonly number[];
}

export interface BaselinePhoto {
  /** Upright pixels. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly BaselineFace[];
}

/** What the parent sends to process.mjs. */
export type BaselineRequest = { readonly kind: 'photo'; readonly file: string } | { readonly kind: 'end' };

/** What process.mjs answers. */
export type BaselineReply =
  | { readonly kind: 'ready'; readonly description: string }
  | { readonly kind: 'photo'; readonly photo: BaselinePhoto }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'end'; readonly peakMemoryBytes: number; readonly processorSeconds: number };

export interface BaselineOptions {
  readonly backend: BaselineBackend;
  readonly processes: number;
  /** Larger photos are shrunk to this while decoding; null reads them whole, on tfjs-node by its own decoder: as the demos do. */
  readonly longestEdgePx: number | null;
  /** Faces below this score, 0 to 1, are none; default face-api's own. */
  readonly minScore?: number;
}

/** What face-api takes where nothing is said, and what most of its demos for Node set. */
export const baselineMinScores = { ownDefault: 0.5, demos: 0.1 };


/**
 * [Note: baseline's decoding size] The detector sees 512 x 512 whatever it is given, but landmarks (112 px) and
 * descriptors (150 px) are cut from the picture it is given, and every pixel of that is copied, padded and converted
 * first. Of the 44 faces that it finds in twelve samples of 12 megapixels decoded in full, 1,024 is the smallest size
 * that loses none (768 and 512 lose one). On tfjs-node a photo costs 0.14, 0.13, 0.15, 0.16, 0.19 and 0.21 s of
 * processor time at 512, 768, 1,024, 1,280, 1,600 and 2,048, and descriptors lie 0.18, 0.12, 0.10, 0.07, 0.07 and 0.06
 * from those of the full size. So this is nearly as fast as it gets, and any larger size would only slow the baseline.
 */
export const baselineEdgePx = 1024;

export interface BaselineRun {
  readonly description: string;
  readonly faces: number;
  readonly failed: number;
  /** From the first photo dealt out to the last answer: all processes had loaded and run once before. */
  readonly seconds: number;
  /** The same with start, loading and warm-up. */
  readonly secondsWithStart: number;
  /** Maximum resident sets of all processes, added. */
  readonly peakMemoryBytes: number;
  /** Of all processes, for the photos alone. */
  readonly processorSeconds: number;
}

/** @param onPhoto called with every result as it comes
 *  @throws Error where a process does not start or dies */
export async function runBaseline(
  files: readonly string[],
  options: BaselineOptions,
  onPhoto: (file: string, photo: BaselinePhoto) => void = () => {},
): Promise<BaselineRun> {
  const startMs = performance.now();
  const processes = Array.from({ length: options.processes }, () => new BaselineProcess(options));
  try {
    const descriptions = await Promise.all(processes.map((one) => one.ready()));
    const readyMs = performance.now();
    let faces = 0;
    let failed = 0;
    await dealOut(files, processes, async (file, one) => {
      const reply = await one.ask({ kind: 'photo', file });
      if (reply.kind === 'photo') {
        faces += reply.photo.faces.length;
        onPhoto(file, reply.photo);
      } else failed++;
    });
    const endMs = performance.now();
    const usages = await Promise.all(processes.map((one) => one.end()));
    return {
      description: descriptions[0] ?? '',
      faces,
      failed,
      seconds: (endMs - readyMs) / 1000,
      secondsWithStart: (endMs - startMs) / 1000,
      peakMemoryBytes: usages.reduce((sum, { peakMemoryBytes }) => sum + peakMemoryBytes, 0),
      processorSeconds: usages.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0),
    };
  } finally {
    for (const one of processes) one.kill();
  }
}

/** @returns why the baseline does not run here; empty where it does */
export async function findReasonAgainstBaseline(backend: BaselineBackend): Promise<string> {
  const one = new BaselineProcess({ backend, processes: 1, longestEdgePx: 512 });
  try {
    await one.ready();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    one.kill();
  }
}

/** A process that answers one request at a time. */
class BaselineProcess {
  readonly #child: ChildProcess;
  readonly #replies: BaselineReply[] = [];
  #waiting: { resolve: (reply: BaselineReply) => void; reject: (error: Error) => void } | null = null;
  #death: Error | null = null;
  #errors = '';

  constructor({ backend, longestEdgePx, minScore = baselineMinScores.ownDefault }: BaselineOptions) {
    const settings = [backend, longestEdgePx === null ? 'whole' : String(longestEdgePx), String(minScore)];
    this.#child = fork(fileURLToPath(new URL('process.mjs', import.meta.url)), settings, {
      // tsx, which runs the benches, has no business in what is measured.
      execArgv: [],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        TF_NUM_INTRAOP_THREADS: '1',
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: '1',
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)));
    this.#child.on('message', (reply) => this.#take(reply as BaselineReply));
    this.#child.on('error', (error) => this.#die(error));
    this.#child.on('close', (code, signal) => {
      this.#die(new Error(`The process of face-api ended (${signal ?? code}): ${this.#errors.trim()}`));
    });
  }

  /** @returns what runs there
   *  @throws Error where it does not start */
  async ready(): Promise<string> {
    const reply = await this.#next();
    if (reply.kind === 'ready') return reply.description;
    throw new Error(reply.kind === 'failed' ? reply.reason : `Expected a process that is ready but received ${reply.kind}`);
  }

  ask(request: BaselineRequest): Promise<BaselineReply> {
    this.#child.send(request);
    return this.#next();
  }

  async end(): Promise<Extract<BaselineReply, { kind: 'end' }>> {
    const reply = await this.ask({ kind: 'end' });
    if (reply.kind !== 'end') throw new Error(`Expected a process that ends but received ${reply.kind}`);
    return reply;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #next(): Promise<BaselineReply> {
    return new Promise((resolve, reject) => {
      const reply = this.#replies.shift();
      if (reply !== undefined) resolve(reply);
      else if (this.#death !== null) reject(this.#death);
      else this.#waiting = { resolve, reject };
    });
  }

  #take(reply: BaselineReply): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#replies.push(reply);
    else waiting.resolve(reply);
  }

  #die(error: Error): void {
    this.#death ??= error;
    this.#waiting?.reject(this.#death);
    this.#waiting = null;
  }
}
