/** Installs the npm packages of the lock file, without running their install scripts. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './places.mjs';
import { formatSeconds } from './report.mjs';
import { runNpm } from './run-command.mjs';
import { hashLockFile, holdsLockedPackages } from './stamp.mjs';

const topic = 'dependencies';

/**
 * @param {import('./stamp.mjs').Stamp} stamp
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>} hash of the lock file that is installed now
 * @throws Error where npm fails
 */
export async function installDependencies(stamp, report) {
  const lock = hashLockFile();
  const present = readPackages(join(projectRoot, 'node_modules', '.package-lock.json'));
  if (present !== undefined && stamp.lock === lock) {
    report.detail(topic, 'as the lock file says');
    return lock;
  }
  const locked = readPackages(join(projectRoot, 'package-lock.json')) ?? {};
  if (holdsLockedPackages(locked, present, ['node_modules/@tensorflow/tfjs-node'])) {
    report.detail(topic, 'as the lock file says');
    return lock;
  }
  const startMs = performance.now();
  report.progress(topic, 'npm packages: installing (a minute or two)');
  // Install scripts fetch from hosts that can be blocked and fail the whole installation then: the ones that
  // Kindred needs are steps of their own. The variable is for someone's npm that runs scripts all the same.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const outcome = await runNpm(args, { name: 'npm-ci', env });
  if (!outcome.isDone) {
    throw new Error(`npm ci failed: ${outcome.reason} (everything it said is in ${outcome.logPath})`);
  }
  report.line(topic, `installed in ${formatSeconds(performance.now() - startMs)}`);
  return lock;
}

/**
 * @param {string} path
 * @returns {import('./stamp.mjs').LockedPackages | undefined}
 */
function readPackages(path) {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
