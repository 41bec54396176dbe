/** Runs a bench of test/benches, or lists them. Usage: node build/bench.mjs [name] [the bench's options]... */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { callerFolder, runProgram } from './run-program.mjs';
import { setUp } from './setup.mjs';
import { packageFolder, projectRoot } from './setup/places.mjs';
import { createReport } from './setup/report.mjs';

const benchesFolder = join(projectRoot, 'test', 'benches');

/**
 * @param {string} [folder]
 * @returns {{ name: string, purpose: string }[]} by name; the purpose is the sentence that opens the file
 */
export function listBenches(folder = benchesFolder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.ts'.length), purpose: readPurpose(readFileSync(join(folder, file), 'utf8')) }));
}

/** @param {string} source */
function readPurpose(source) {
  const comment = /^\/\*\*\s*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const [paragraph = ''] = comment.replace(/^\s*\* ?/gm, '').split(/\n\s*\n/);
  return paragraph.replace(/\s+/g, ' ').trim();
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
async function runBench(name, args) {
  // Kindred is measured as users run it: compiled.
  await setUp({ report: createReport({ stream: process.stderr }) });
  await compile({ say: (text) => void process.stderr.write(`${text}\n`), withRenderer: false });
  const runner = join(packageFolder('tsx'), 'dist', 'cli.mjs');
  const bench = join(benchesFolder, `${name}.ts`);
  return runProgram(() => spawn(process.execPath, [runner, bench, ...args], { cwd: callerFolder(), stdio: 'inherit' }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name, ...args] = process.argv.slice(2);
  const benches = listBenches();
  if (name !== undefined && benches.some((bench) => bench.name === name)) {
    try {
      process.exitCode = await runBench(name, args);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  } else {
    const lines = benches.map((bench) => `  ${bench.name.padEnd(14)}${bench.purpose}`);
    const text = `npm run bench -- <name> [options]\n\n${lines.join('\n')}\n`;
    if (name === undefined) process.stdout.write(text);
    else {
      process.stderr.write(`Expected the name of a bench but received ${name}\n\n${text}`);
      process.exitCode = 2;
    }
  }
}
