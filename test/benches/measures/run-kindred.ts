/** Runs Kindred's commands as users do, compiled and in a process of their own; imports go into a fresh library. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

const projectFolder = fileURLToPath(new URL('../../../', import.meta.url));
const program = path.join(projectFolder, 'dist', 'electron', 'cli', 'main.js');
const memoryReporter = pathToFileURL(path.join(projectFolder, 'test', 'benches', 'measures', 'report-peak-memory.mjs')).href;

/** What `kindred import --json` prints, as far as it matters here. */
const importRecordSchema = z.object({
  photos: z.number(),
  faces: z.number(),
  failed: z.array(z.unknown()),
  seconds: z.number(),
  runtime: z.string(),
});

export interface KindredRun {
  readonly runtime: string;
  readonly photos: number;
  readonly faces: number;
  readonly failed: number;
  /** The import's own: from the first step into the folder to the last cluster, loading of the networks included. */
  readonly seconds: number;
  /** The same with the start of the program and the opening of the library. */
  readonly secondsWithStart: number;
  /** Maximum resident set of the process, with all its threads. */
  readonly peakMemoryBytes: number;
}

/** @param args more arguments for the command
 *  @throws Error with what the command said where it fails */
export async function runKindredImport(folder: string, args: readonly string[] = []): Promise<KindredRun> {
  const work = await mkdtemp(path.join(tmpdir(), 'kindred-bench-library-'));
  try {
    const memoryFile = path.join(work, 'peak-memory');
    const startMs = performance.now();
    const output = await runCommand(
      ['--import', memoryReporter, program, 'import', folder, '--library', path.join(work, 'library'), '--json', ...args],
      { ...process.env, NODE_OPTIONS: '', KINDRED_BENCH_MEMORY: memoryFile },
    );
    const secondsWithStart = (performance.now() - startMs) / 1000;
    const { photos, faces, failed, seconds, runtime } = importRecordSchema.parse(JSON.parse(output));
    const peakMemoryBytes = Number(await readFile(memoryFile, 'utf8'));
    return { runtime, photos, faces, failed: failed.length, seconds, secondsWithStart, peakMemoryBytes };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @returns what `kindred` prints to stdout
 *  @throws Error with what it says where it fails */
export function runKindred(args: readonly string[]): Promise<string> {
  return runCommand([program, ...args], { ...process.env, NODE_OPTIONS: '' });
}

function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`kindred ended with ${code}: ${errors.trim()}`));
    });
  });
}
