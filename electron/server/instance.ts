/** How a second start finds the Kindred that already serves a library: a private file beside the library. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { findLibraryPart } from '../database/file/library-file.ts';

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

/** @returns null where nobody serves the library, or where whoever did is gone */
export async function findInstance(libraryFolder: string): Promise<Instance | null> {
  const instance = await readInstance(findLibraryPart(libraryFolder, 'instance'));
  if (instance === null || !isRunning(instance.processId)) return null;
  return (await answers(instance)) ? instance : null;
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

/** The port may have gone to another program since: only ours knows the token. */
async function answers(instance: Instance): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${instance.port}/session`, {
      headers: { authorization: `Bearer ${instance.token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    return response.status === 204;
  } catch {
    // Refused, reset or silent: all the same to whoever looks for a server.
    return false;
  }
}
