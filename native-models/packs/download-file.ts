/** Fetches one file of a pack from the web: what an interruption leaves is kept and taken up again.
 *
 *  [Note: partial files] What has come so far lies beside the file as `<name>.part`. The sha256 of the whole decides in
 *  the end, so it does not matter which address gave which part. */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../electron/base/errors.ts';
import type { PackFile } from './manifest.ts';
import { createMismatch, refuseAllButMissing, translateWriteError } from './pack-files.ts';

export interface DownloadOptions {
  readonly fetch: typeof fetch;
  /** Tried in turn. */
  readonly addresses: readonly string[];
  /** An address that sends nothing for so long is given up. */
  readonly stallTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
}

/** What one address had to say. */
type Attempt =
  | { readonly outcome: 'done' }
  /** `hasMoved`: some bytes came, so asking on is worth it. */
  | { readonly outcome: 'broken'; readonly reason: string; readonly hasMoved: boolean }
  | { readonly outcome: 'wrong'; readonly reason: string; readonly wasResumed: boolean };

interface Target extends DownloadOptions {
  readonly file: PackFile;
  readonly partPath: string;
}

/**
 * @param target path of the file; its folder is made
 * @throws AppError "offline" where no address gives it, "model-mismatch" where all that answer give other bytes,
 *   "cancelled", "disk-full"
 */
export async function downloadFile(file: PackFile, target: string, options: DownloadOptions): Promise<void> {
  const partPath = `${target}.part`;
  const reasons: string[] = [];
  let hasWrongBytes = false;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    for (const address of options.addresses) {
      const attempt = await exhaustAddress(address, { ...options, file, partPath });
      if (attempt.outcome === 'done') return await rename(partPath, target);
      if (attempt.outcome === 'wrong') hasWrongBytes = true;
      reasons.push(`${address}: ${attempt.reason}`);
    }
  } catch (error) {
    throw translateWriteError(error, path.dirname(target));
  }
  const said = reasons.join('; ');
  if (hasWrongBytes) throw createMismatch(file.name, `sha256 ${file.sha256}`, `other bytes (${said})`);
  throw new AppError('offline', `Expected ${file.name} from the web but no address gave it (${said})`, {
    parameters: { file: file.name, addresses: options.addresses.join(', '), reason: said },
  });
}

/** Asks on as long as an interrupted answer brought something, and once more from the start where old bytes were wrong. */
async function exhaustAddress(address: string, target: Target): Promise<Exclude<Attempt, { outcome: 'broken'; hasMoved: true }>> {
  for (;;) {
    const attempt = await tryAddress(address, target);
    if (attempt.outcome === 'done') return attempt;
    if (attempt.outcome === 'broken') {
      if (attempt.hasMoved) continue;
      return { ...attempt, hasMoved: false };
    }
    await rm(target.partPath, { force: true });
    if (!attempt.wasResumed) return attempt;
  }
}

async function tryAddress(address: string, target: Target): Promise<Attempt> {
  const { file, partPath, signal } = target;
  throwIfCancelled(signal);
  const kept = await readPart(partPath, file.bytes);
  if (kept.bytes === file.bytes) return judge(kept.hash, file, true);
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), target.stallTimeoutMs);
  try {
    const response = await target.fetch(address, {
      headers: kept.bytes > 0 ? { Range: `bytes=${kept.bytes}-` } : {},
      signal: AbortSignal.any([stall.signal, ...(signal === undefined ? [] : [signal])]),
    });
    // 416: the address has fewer bytes than are here, so those here are of something else.
    if (response.status === 416) return { outcome: 'wrong', reason: 'status 416', wasResumed: true };
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { outcome: 'broken', reason: `status ${response.status}`, hasMoved: false };
    }
    const isResumed = response.status === 206 && kept.bytes > 0 && startsAt(response, kept.bytes);
    const start = isResumed ? kept : { hash: createHash('sha256'), bytes: 0 };
    const bytes = await receive(response.body, target, { ...start, onChunk: () => timer.refresh() });
    if (bytes < file.bytes) {
      return { outcome: 'broken', reason: `ended after ${bytes} of ${file.bytes} bytes`, hasMoved: bytes > start.bytes };
    }
    return judge(start.hash, file, isResumed, bytes);
  } catch (error) {
    throwIfCancelled(signal);
    if (isDiskError(error)) throw error;
    const { bytes } = await readPartSize(partPath);
    const reason = stall.signal.aborted ? `nothing for ${target.stallTimeoutMs / 1000} s` : readFetchReason(error);
    return { outcome: 'broken', reason, hasMoved: bytes > kept.bytes };
  } finally {
    clearTimeout(timer);
  }
}

/** @returns how many bytes are there now; stops at the first that is too many */
async function receive(
  body: ReadableStream<Uint8Array>,
  { file, partPath, onProgress }: Target,
  { hash, bytes, onChunk }: { hash: Hash; bytes: number; onChunk: () => void },
): Promise<number> {
  const handle = await open(partPath, bytes > 0 ? 'a' : 'w');
  let done = bytes;
  try {
    for await (const chunk of body) {
      onChunk();
      done += chunk.length;
      if (done > file.bytes) break;
      hash.update(chunk);
      await handle.writeFile(chunk);
      onProgress?.(done);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return done;
}

function judge(hash: Hash, file: PackFile, wasResumed: boolean, bytes = file.bytes): Attempt {
  if (bytes > file.bytes) return { outcome: 'wrong', reason: `more than ${file.bytes} bytes`, wasResumed };
  const sha256 = hash.digest('hex');
  return sha256 === file.sha256 ? { outcome: 'done' } : { outcome: 'wrong', reason: `sha256 ${sha256}`, wasResumed };
}

/** A part that is longer than the file is no part of it. */
async function readPart(partPath: string, wholeBytes: number): Promise<{ hash: Hash; bytes: number }> {
  const hash = createHash('sha256');
  const { bytes } = await readPartSize(partPath);
  if (bytes === 0 || bytes > wholeBytes) return { hash, bytes: 0 };
  for await (const chunk of createReadStream(partPath)) hash.update(chunk as Buffer);
  return { hash, bytes };
}

async function readPartSize(partPath: string): Promise<{ bytes: number }> {
  const facts = await stat(partPath).catch(refuseAllButMissing);
  return { bytes: facts?.size ?? 0 };
}

function startsAt(response: Response, start: number): boolean {
  return (response.headers.get('content-range') ?? '').startsWith(`bytes ${start}-`);
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
