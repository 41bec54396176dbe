/** How a second start finds the Kindred that already serves a library: a private file beside the library. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { findLibraryPart } from '../database/file/library-file.ts';
import { createChallenge, isRightAnswer, readLibraryKey } from './library-key.ts';

const instanceSchema = z.object({
  processId: z.number().int().positive(),
  port: z.number().int().positive(),
  token: z.string().min(1),
});
export type Instance = z.output<typeof instanceSchema>;

const answerTimeoutMs = 2_000;

/** @returns takes the notice back, unless another process has replaced it */
export async function publishInstance(
  libraryFolder: string,
  server: { port: number; token: string },
): Promise<() => Promise<void>> {
  const file = findLibraryPart(libraryFolder, 'instance');
  const instance: Instance = { processId: process.pid, port: server.port, token: server.token };
  await mkdir(libraryFolder, { recursive: true, mode: 0o700 });
  // Written aside first: nobody reads half a file, and it is private from its first byte on.
  const draft = `${file}.${process.pid}`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(instance)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return async () => {
    const current = await readInstance(file);
    if (current?.token === server.token) await rm(file, { force: true });
  };
}

/** @returns null where nobody serves the library, or where whoever did is gone; nobody is sent anything secret */
export async function findInstance(libraryFolder: string): Promise<Instance | null> {
  const instance = await readInstance(findLibraryPart(libraryFolder, 'instance'));
  if (instance === null || !isRunning(instance.processId)) return null;
  const key = await readLibraryKey(libraryFolder);
  return key !== null && (await provesKey(instance.port, key)) ? instance : null;
}

async function readInstance(file: string): Promise<Instance | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A library's folder that is a file is told by whoever opens the library.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  // A file that nobody can read anything from announces nobody.
  const parsed = instanceSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Somebody else's process: running, if not ours to ask.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The port may have gone to another program since: only the library's own server knows the key. */
async function provesKey(port: number, key: Buffer): Promise<boolean> {
  const challenge = createChallenge();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/identity?challenge=${challenge}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    // Whoever is there may go on for ever.
    if (response.headers.get('content-length') !== String(challenge.length)) {
      await response.body?.cancel();
      return false;
    }
    return isRightAnswer(key, port, challenge, await response.text());
  } catch {
    // Refused, reset or silent: all the same to whoever looks for a server.
    return false;
  }
}
