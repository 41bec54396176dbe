/** Fetches one file of a pack from the web: what an interruption leaves is kept and taken up again.
 *
 *  [Note: partial files] What has come so far lies beside the file as `<name>.part`. The sha256 of the whole decides in
 *  the end, so it does not matter which address gave which part.
 *
 *  [Note: tries] An address that breaks off is asked again after a pause that grows, a bounded number of times; one that
 *  has something else is left for the next at once. What each had to say stands in the error where none had the file. */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../electron/base/errors.ts';
import { judgeHead, recogniseStranger } from './download-answer.ts';
import type { PackFile } from './manifest.ts';
import { refuseAllButMissing, translateWriteError } from './pack-files.ts';

/** Ends early where the signal is aborted, without an error. */
export type Pause = (durationMs: number, signal: AbortSignal | undefined) => Promise<void>;

export interface DownloadOptions {
  readonly fetch: typeof fetch;
  /** Tried in turn. */
  readonly addresses: readonly string[];
  /** An address that sends nothing for so long is given up. */
  readonly stallTimeoutMs: number;
  /** Between two tries of one address. */
  readonly pause: Pause;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
}

/** What one try of an address came to. */
type Attempt =
  | { readonly outcome: 'done' }
  /** @property broughtBytes that were not here before */
  | { readonly outcome: 'broken'; readonly reason: string; readonly broughtBytes: number }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'wrong'; readonly reason: string; readonly mayStartOver: boolean };

interface Target extends DownloadOptions {
  readonly file: PackFile;
  readonly partPath: string;
}

/** Of one address. */
const mostTries = 20;
/** In a row, each of which brings less than this share of the file: asking on would not bring it either. */
const mostBarrenTries = 3;
const barrenShare = 0.01;
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * @param target path of the file; its folder is made
 * @throws AppError "offline" where no address gives it, "model-mismatch" where one that answers has something else,
 *   "cancelled", "disk-full"
 */
export async function downloadFile(file: PackFile, target: string, options: DownloadOptions): Promise<void> {
  const partPath = `${target}.part`;
  const reasons: string[] = [];
  let hasOther = false;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    for (const address of options.addresses) {
      const attempt = await exhaustAddress(address, { ...options, file, partPath });
      if (attempt.outcome === 'done') return await rename(partPath, target);
      if (attempt.outcome === 'wrong') hasOther = true;
      reasons.push(`${address}: ${attempt.reason}`);
    }
  } catch (error) {
    throw translateWriteError(error, path.dirname(target));
  }
  const reason = reasons.join('; ');
  const parameters = { file: file.name, addresses: options.addresses.join(', '), reason };
  throw hasOther
    ? new AppError('model-mismatch', `Expected sha256 ${file.sha256} for ${file.name} but received something else (${reason})`, { parameters })
    : new AppError('offline', `Expected ${file.name} from the web but no address gave it (${reason})`, { parameters });
}

/** See [Note: tries]. Asks once more from the start where what was here already may be at fault. */
async function exhaustAddress(address: string, target: Target): Promise<Attempt> {
  let barrenTries = 0;
  let isStartedOver = false;
  for (let tries = 1; ; tries += 1) {
    const attempt = await tryAddress(address, { ...target, asksForWhole: isStartedOver });
    if (attempt.outcome === 'done' || attempt.outcome === 'refused') return attempt;
    if (attempt.outcome === 'wrong') {
      if (!attempt.mayStartOver || isStartedOver) return attempt;
      isStartedOver = true;
      continue;
    }
    barrenTries = attempt.broughtBytes < target.file.bytes * barrenShare ? barrenTries + 1 : 0;
    if (tries >= mostTries || barrenTries >= mostBarrenTries) return attempt;
    await target.pause(Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs), target.signal);
  }
}

async function tryAddress(address: string, target: Target & { readonly asksForWhole: boolean }): Promise<Attempt> {
  const { file, partPath, signal } = target;
  throwIfCancelled(signal);
  const kept = target.asksForWhole ? { hash: createHash('sha256'), bytes: 0 } : await readPart(partPath, file.bytes);
  if (kept.bytes === file.bytes) return await judgeBytes(kept.hash, target, { isResumed: true });
  const beforeBytes = await readPartSize(partPath);
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), target.stallTimeoutMs);
  try {
    const response = await target.fetch(address, {
      // Networks do not get smaller by it, and what travels compressed has no ranges.
      headers: { 'Accept-Encoding': 'identity', ...(kept.bytes > 0 && { Range: `bytes=${kept.bytes}-` }) },
      signal: AbortSignal.any([stall.signal, ...(signal === undefined ? [] : [signal])]),
    });
    return await takeAnswer(response, target, { kept, onChunk: () => timer.refresh() });
  } catch (error) {
    throwIfCancelled(signal);
    if (isDiskError(error)) throw error;
    const reason = stall.signal.aborted ? `nothing for ${target.stallTimeoutMs / 1000} s` : readFetchReason(error);
    if (!stall.signal.aborted && isRefusal(error)) return { outcome: 'refused', reason };
    return { outcome: 'broken', reason, broughtBytes: Math.max(0, (await readPartSize(partPath)) - beforeBytes) };
  } finally {
    clearTimeout(timer);
  }
}

interface Kept {
  readonly hash: Hash;
  readonly bytes: number;
}

async function takeAnswer(
  response: Response,
  target: Target,
  { kept, onChunk }: { readonly kept: Kept; readonly onChunk: () => void },
): Promise<Attempt> {
  const { file } = target;
  const body = response.body ?? new Blob([]).stream();
  const answer = judgeHead(response, kept.bytes, file.bytes);
  if (answer.kind !== 'whole' && answer.kind !== 'rest') {
    await body.cancel();
    if (answer.kind === 'refused') return { outcome: 'refused', reason: answer.reason };
    if (answer.kind === 'later') return { outcome: 'broken', reason: answer.reason, broughtBytes: 0 };
    return { outcome: 'wrong', reason: answer.reason, mayStartOver: answer.mayStartOver };
  }
  const isResumed = answer.kind === 'rest' && kept.bytes > 0;
  const start = isResumed ? kept : { hash: createHash('sha256'), bytes: 0 };
  const received = await receive(body, target, { ...start, onChunk });
  if (received.stranger !== null) return { outcome: 'wrong', reason: received.stranger, mayStartOver: false };
  if (received.bytes === file.bytes) return await judgeBytes(start.hash, target, { isResumed });
  if (received.bytes < file.bytes && answer.kind === 'rest') {
    return { outcome: 'broken', reason: `ended after ${received.bytes} of ${file.bytes} bytes`, broughtBytes: received.bytes - start.bytes };
  }
  // A whole that ends where its sender meant it to end is another file.
  await rm(target.partPath, { force: true });
  const reason = received.bytes > file.bytes ? `more than ${file.bytes} bytes` : `ended after ${received.bytes} of ${file.bytes} bytes`;
  return { outcome: 'wrong', reason, mayStartOver: isResumed };
}

/** Writes over what is here rather than beside it: an answer that breaks off early takes nothing away.
 *  @returns how many bytes there would be; stops at the first that is too many, and before anything that is known not
 *    to be a network */
async function receive(
  body: ReadableStream<Uint8Array>,
  { file, partPath, onProgress }: Target,
  { hash, bytes, onChunk }: Kept & { readonly onChunk: () => void },
): Promise<{ bytes: number; stranger: string | null }> {
  const handle = await openPart(partPath, file.bytes);
  let done = bytes;
  try {
    for await (const chunk of body) {
      onChunk();
      const stranger = done === 0 ? recogniseStranger(chunk) : null;
      if (stranger !== null) return { bytes: 0, stranger };
      if (done + chunk.length > file.bytes) return { bytes: done + chunk.length, stranger: null };
      hash.update(chunk);
      await handle.write(chunk, 0, chunk.length, done);
      done += chunk.length;
      onProgress?.(done);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes: done, stranger: null };
}

/** What is longer than the file is no part of it. */
async function openPart(partPath: string, wholeBytes: number): Promise<FileHandle> {
  const bytes = await readPartSize(partPath);
  return await open(partPath, bytes > 0 && bytes <= wholeBytes ? 'r+' : 'w');
}

/** Of as many bytes as the file has; the wrong ones go. */
async function judgeBytes(hash: Hash, { file, partPath }: Target, { isResumed }: { readonly isResumed: boolean }): Promise<Attempt> {
  const sha256 = hash.digest('hex');
  if (sha256 === file.sha256) return { outcome: 'done' };
  await rm(partPath, { force: true });
  return { outcome: 'wrong', reason: `sha256 ${sha256}`, mayStartOver: isResumed };
}

/** A part that is longer than the file is no part of it. */
async function readPart(partPath: string, wholeBytes: number): Promise<Kept> {
  const hash = createHash('sha256');
  const bytes = await readPartSize(partPath);
  if (bytes === 0 || bytes > wholeBytes) return { hash, bytes: 0 };
  for await (const chunk of createReadStream(partPath)) hash.update(chunk as Buffer);
  return { hash, bytes };
}

async function readPartSize(partPath: string): Promise<number> {
  return (await stat(partPath).catch(refuseAllButMissing))?.size ?? 0;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('cancelled', 'Expected the download to finish but it was cancelled');
}

/** Errors of the file system name their system call; those of the network come wrapped by fetch. */
function isDiskError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function readFetchReason(error: unknown): string {
  const { cause } = error as Error;
  const { code } = (cause ?? error) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : (error as Error).message;
}

/** Whether fetch itself will not have it, such as a redirect in a circle: what the network does wrong has a code. */
function isRefusal(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code !== 'string';
}
