/** The key of a library's server: a private file in the library's folder, by which a server shows that it is the library's. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { findLibraryPart } from '../database/file/library-file.ts';

const keyBytes = 32;
const privateMode = 0o600;
const challengePattern = /^[\w-]{43}$/;

/** @returns null where there is none, or where somebody else has put it there */
export async function readLibraryKey(libraryFolder: string): Promise<Buffer | null> {
  const file = findLibraryPart(libraryFolder, 'serverKey');
  try {
    const [{ uid }, { uid: folderOwner }] = await Promise.all([stat(file), stat(libraryFolder)]);
    // In a folder that others may write to, anybody can lay down a key and answer for it.
    if (process.getuid !== undefined && uid !== process.getuid() && uid !== folderOwner) return null;
    const key = await readFile(file);
    return key.length === keyBytes ? key : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Makes the key where there is none. To be called by whoever holds the library's lock. */
export async function ensureLibraryKey(libraryFolder: string): Promise<Buffer> {
  const file = findLibraryPart(libraryFolder, 'serverKey');
  const present = await readLibraryKey(libraryFolder);
  if (present !== null) {
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, privateMode);
    return present;
  }
  const key = randomBytes(keyBytes);
  await rm(file, { force: true });
  await writeFile(file, key, { mode: privateMode, flag: 'wx' });
  return key;
}

export function createChallenge(): string {
  return randomBytes(keyBytes).toString('base64url');
}

/** What only a holder of the key can say, and only a server on that very port: so nobody can pass a challenge on.
 *  @returns null for what is no challenge */
export function answerChallenge(key: Buffer, port: number, challenge: string): string | null {
  if (!challengePattern.test(challenge)) return null;
  return createHmac('sha256', key).update(`kindred-server ${port} ${challenge}`).digest('base64url');
}

export function isRightAnswer(key: Buffer, port: number, challenge: string, answer: string): boolean {
  const expected = Buffer.from(answerChallenge(key, port, challenge) ?? '');
  const received = Buffer.from(answer);
  return received.length === expected.length && timingSafeEqual(received, expected);
}
