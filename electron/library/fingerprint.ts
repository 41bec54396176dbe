/** Reads a photo's bytes, once, and knows it by their sha256: names and places change, content stays. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError, type ErrorCode } from '../base/errors.ts';

const reasons: Partial<Record<string, ErrorCode>> = {
  ENOENT: 'file-vanished',
  ENOTDIR: 'file-vanished',
  ENAMETOOLONG: 'file-vanished',
  ELOOP: 'file-vanished',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
};

/** @param path absolute; raw bytes where the name is not Unicode
 *  @throws AppError "file-vanished", "permission-denied", "empty-file", "unreadable-file" */
export async function readPhotoFile(path: string | Uint8Array): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(typeof path === 'string' ? path : Buffer.from(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new AppError(reasons[code] ?? 'unreadable-file', `Expected to read the file but received ${code || String(error)}`, {
      cause: error,
      parameters: { systemCode: code },
    });
  }
  if (bytes.length === 0) throw new AppError('empty-file', 'Expected an image but received an empty file');
  return bytes;
}

/** @returns [32], sha256 */
export function fingerprint(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
