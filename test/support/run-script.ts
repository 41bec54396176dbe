/** Runs a script of the tests in a process of its own: what native libraries do to it, a test then only hears of. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export interface EndedScript {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** What libraries say on stderr is shown only where the process fails.
 *  @param script in TypeScript @param environment beside this process's own */
export function runScript(script: URL, args: readonly string[], environment: Record<string, string> = {}): Promise<EndedScript> {
  const all = ['--import', import.meta.resolve('tsx'), fileURLToPath(script), ...args];
  const child = spawn(process.execPath, all, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, complaints]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) console.error(complaints.join(''));
      resolve({ code, signal, output: output.join('') });
    });
  });
}

/** @returns what a script that ended well has printed, as JSON */
export function parseReport<Report>({ code, signal, output }: EndedScript): Report {
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  return JSON.parse(output) as Report;
}
