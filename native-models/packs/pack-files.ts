/** Says whether a file is the one that a manifest means, and puts files in place whole or not at all. */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../electron/base/errors.ts';
import type { PackFile } from './manifest.ts';

export type FileState = 'right' | 'missing' | 'wrong';

export interface FileChecker {
  /** @param isFresh hashes even a file that has not changed since it was hashed last */
  check(filePath: string, file: Pick<PackFile, 'bytes' | 'sha256'>, isFresh?: boolean): Promise<FileState>;
  /** Looks at its size alone: quick enough to be asked often. */
  checkSize(filePath: string, file: Pick<PackFile, 'bytes'>): Promise<FileState>;
}

/** Remembers hashes by path, size and time of change: packs are looked at more often than they change. */
export function createFileChecker(): FileChecker {
  const known = new Map<string, { readonly stamp: string; readonly sha256: string }>();
  return {
    async checkSize(filePath, file) {
      const facts = await stat(filePath).catch(refuseAllButMissing);
      if (facts === undefined) return 'missing';
      return facts.isFile() && facts.size === file.bytes ? 'right' : 'wrong';
    },

    async check(filePath, file, isFresh = false) {
      const facts = await stat(filePath, { bigint: true }).catch(refuseAllButMissing);
      if (facts === undefined) return 'missing';
      // A file of another size is wrong whatever it holds: no need to read it.
      if (!facts.isFile() || facts.size !== BigInt(file.bytes)) return 'wrong';
      const stamp = `${facts.ino} ${facts.size} ${facts.mtimeNs}`;
      const last = known.get(filePath);
      const isKnown = !isFresh && last?.stamp === stamp;
      const sha256 = isKnown ? last.sha256 : await hashFile(filePath);
      known.set(filePath, { stamp, sha256 });
      return sha256 === file.sha256 ? 'right' : 'wrong';
    },
  };
}

export async function hashFile(filePath: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(filePath)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Writes beside `target`, hashing on the way, and renames: whoever looks sees the old file, or the new one whole.
 * @throws AppError "model-mismatch" where the bytes are not those of the manifest, "disk-full"
 */
export async function installFile(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  target: string,
  file: Pick<PackFile, 'name' | 'bytes' | 'sha256'>,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  await replaceFile(target, async (write) => {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      await write(chunk);
    }
    const sha256 = hash.digest('hex');
    if (bytes !== file.bytes) throw createMismatch(file.name, `${file.bytes} bytes`, `${bytes}`);
    if (sha256 !== file.sha256) throw createMismatch(file.name, `sha256 ${file.sha256}`, sha256);
  });
}

/** @throws AppError "disk-full" */
export async function writeWhole(target: string, content: Uint8Array): Promise<void> {
  await replaceFile(target, (write) => write(content));
}

async function replaceFile(target: string, fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
  const temporary = `${target}.${process.pid}.${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await fill(async (chunk) => {
        await handle.writeFile(chunk);
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw translateWriteError(error, path.dirname(target));
  }
}

export function createMismatch(name: string, expected: string, received: string): AppError {
  return new AppError('model-mismatch', `Expected ${expected} for ${name} but received ${received}`, { parameters: { file: name } });
}

/** @returns the error itself where it says nothing of a full disk */
export function translateWriteError(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AppError('disk-full', `Expected room in ${folder} but the disk is full`, { cause: error, parameters: { path: folder } });
}

export function refuseAllButMissing(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG' && code !== 'ELOOP') throw error;
  return undefined;
}
