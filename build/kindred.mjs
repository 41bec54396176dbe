/** Runs Kindred's command line from a checkout: compiles what has changed, says so on stderr, and leaves stdout to the command. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { compile } from './compile.mjs';
import { callerFolder, runProgram } from './run-program.mjs';
import { setUp } from './setup.mjs';
import { projectRoot } from './setup/places.mjs';
import { createReport } from './setup/report.mjs';

const args = process.argv.slice(2);
try {
  await setUp({ report: createReport({ stream: process.stderr }) });
  await compile({ say: (text) => void process.stderr.write(`${text}\n`), withRenderer: args.includes('serve') });
  const main = join(projectRoot, 'dist', 'electron', 'cli', 'main.js');
  process.exitCode = await runProgram(() => spawn(process.execPath, [main, ...args], { cwd: callerFolder(), stdio: 'inherit' }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
