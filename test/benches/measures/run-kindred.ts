/** Runs Kindred's commands as users do, compiled and in a process of their own; imports go into a fresh library. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

const projectFolder = fileURLToPath(new URL('../../../', import.meta.url));
const program = path.join(projectFolder, 'dist', 'electron', 'cli', 'main.js');
const usageReporter = pathToFileURL(path.join(projectFolder, 'test', 'benches', 'measures', 'report-usage.mjs')).href;

/** What `kindred import --json` prints, as far as it matters here. */
const importRecordSchema = z.object({
  photos: z.number(),
  faces: z.number(),
  failed: z.array(z.unknown()),
  seconds: z.number(),
  runtime: z.string(),
});

/** What report-usage.mjs writes. */
const usageSchema = z.object({ peakMemoryBytes: z.number(), processorSeconds: z.number() });

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
  /** Of all its threads, from start to end. */
  readonly processorSeconds: number;
}

/** @param args more arguments for the command
 *  @throws Error with what the command said where it fails */
export async function runKindredImport(folder: string, args: readonly string[] = []): Promise<KindredRun> {
  const work = await mkdtemp(path.join(tmpdir(), 'kindred-bench-library-'));
  try {
    const usageFile = path.join(work, 'usage.json');
    const startMs = performance.now();
    const output = await runCommand(
      ['--import', usageReporter, program, 'import', folder, '--library', path.join(work, 'library'), '--json', ...args],
      { ...process.env, NODE_OPTIONS: '', KINDRED_BENCH_USAGE: usageFile },
    );
    const secondsWithStart = (performance.now() - startMs) / 1000;
    const { photos, faces, failed, seconds, runtime } = importRecordSchema.parse(JSON.parse(output));
    const usage = usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8')));
    return { runtime, photos, faces, failed: failed.length, seconds, secondsWithStart, ...usage };
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
