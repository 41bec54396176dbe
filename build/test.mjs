/**
 * Checks everything: types, layers, lint, and all tests. Usage: node build/test.mjs [--only types|layers|lint|tests] [vitest filter]...
 * With a filter only matching tests run. The last line reads "N passed, N failed, N skipped".
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { setUp } from './setup.mjs';
import { packageFolder, projectRoot } from './setup/places.mjs';
import { formatSeconds } from './setup/report.mjs';
import { runCommand } from './setup/run-command.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[] }} Count
 * @typedef {{ name: string, topic: string, script: string, args: string[] }} StaticCheck
 */

/** @type {readonly StaticCheck[]} */
const staticChecks = [
  { name: 'types', topic: 'types', script: join(packageFolder('typescript'), 'bin', 'tsc'), args: ['--noEmit'] },
  {
    name: 'types of the renderer',
    topic: 'types',
    script: join(packageFolder('svelte-check'), 'bin', 'svelte-check'),
    args: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  { name: 'layers', topic: 'layers', script: join(projectRoot, 'build', 'check-layers.mjs'), args: [] },
  {
    name: 'lint',
    topic: 'lint',
    script: join(packageFolder('eslint'), 'bin', 'eslint.js'),
    args: ['--config', 'build/eslint.config.mjs', '--max-warnings', '0', '.'],
  },
];

/**
 * @param {readonly string[]} args
 * @returns {{ topics: readonly string[], filters: string[] }}
 * @throws Error for a topic that does not exist
 */
export function parseTestArguments(args) {
  const all = ['types', 'layers', 'lint', 'tests'];
  const at = args.indexOf('--only');
  const only = at < 0 ? undefined : args[at + 1];
  if (at >= 0 && (only === undefined || !all.includes(only))) throw new Error(`Expected ${all.join(', ')} after --only but received ${only}`);
  const filters = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  if (only !== undefined) return { topics: [only], filters };
  return { topics: filters.length > 0 ? ['tests'] : all, filters };
}

/** @param {readonly Count[]} counts */
export function summarizeCounts(counts) {
  const sum = (/** @type {(count: Count) => number} */ read) => counts.reduce((total, count) => total + read(count), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed, ${sum(({ skipped }) => skipped.length)} skipped`;
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * @param {StaticCheck} check
 * @returns {Promise<Count>}
 */
async function runStaticCheck({ name, script, args }) {
  const startMs = performance.now();
  const outcome = await runCommand(process.execPath, [script, ...args], { name: `check-${name.replaceAll(' ', '-')}` });
  const seconds = formatSeconds(performance.now() - startMs);
  if (!outcome.isDone) say(outcome.output.trim());
  say(`${outcome.isDone ? 'passed' : 'FAILED'}  ${name} (${seconds})`);
  return { passed: outcome.isDone ? 1 : 0, failed: outcome.isDone ? 0 : 1, skipped: [] };
}

/**
 * @param {readonly string[]} filters
 * @returns {Promise<Count>}
 */
async function runTests(filters) {
  const startMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'kindred-test-'));
  const summaryPath = join(folder, 'summary.json');
  const args = [
    join(packageFolder('vitest'), 'vitest.mjs'),
    'run',
    '--config',
    'build/vitest.config.ts',
    '--reporter=default',
    '--reporter=./build/test/summary-reporter.mjs',
    ...filters,
  ];
  const env = { ...process.env, KINDRED_TEST_SUMMARY: summaryPath };
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: 'inherit' });
      child.once('error', reject);
      child.once('close', resolve);
    });
    /** @type {Count} */
    const count = readSummary(summaryPath);
    // Vitest can fail beyond any one test: no file matches, or a worker dies.
    if (code !== 0 && count.failed === 0) count.failed = 1;
    for (const { name, reason } of count.skipped) say(`skipped: ${name}${reason === '' ? '' : ` (${reason})`}`);
    say(`${count.failed === 0 ? 'passed' : 'FAILED'}  tests (${formatSeconds(performance.now() - startMs)})`);
    return count;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {Count}
 */
function readSummary(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    say(`Vitest ended without a summary: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<readonly Count[]>}
 */
async function checkEverything(args) {
  const { topics, filters } = parseTestArguments(args);
  const startMs = performance.now();
  await setUp();
  say(`passed  set-up (${formatSeconds(performance.now() - startMs)})`);
  /** @type {Count[]} */
  const counts = [];
  if (topics.includes('tests')) await compile();
  // Two at a time: more only take each other's processor.
  const waiting = staticChecks.filter(({ topic }) => topics.includes(topic));
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) counts.push(await runStaticCheck(check));
  };
  await Promise.all([work(), work()]);
  if (topics.includes('tests')) counts.push(await runTests(filters));
  return counts;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  /** @type {readonly Count[]} */
  let counts = [{ passed: 0, failed: 1, skipped: [] }];
  try {
    counts = await checkEverything(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  if (counts.some(({ failed }) => failed > 0)) process.exitCode = 1;
  say(summarizeCounts(counts));
}
