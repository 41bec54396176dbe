/** Installs what is missing in this checkout, and nothing that is there. Usage: node build/setup.mjs */

import { pathToFileURL } from 'node:url';
import { installDependencies } from './setup/dependencies.mjs';
import { fetchElectronBinary, findElectronBinary } from './setup/electron-binary.mjs';
import { withLock } from './setup/lock.mjs';
import { createReport } from './setup/report.mjs';
import { describeElectron, describeThisNode, provideDatabaseBinary } from './setup/sqlite.mjs';
import { isDueAgain, readStamp, writeStamp } from './setup/stamp.mjs';
import { fetchStandardPack } from './setup/standard-pack.mjs';
import { provideTensorFlow } from './setup/tensorflow.mjs';

const oldestNode = { major: 20, minor: 19 };

/**
 * @param {{ report?: import('./setup/report.mjs').Report, isForced?: boolean }} [options]
 *   `isForced`: tries again what could not be had last time
 * @throws Error where Kindred cannot work: too old a Node, no npm packages, no database
 */
export async function setUp({ report = createReport(), isForced = false } = {}) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor)) {
    throw new Error(`Expected Node ${oldestNode.major}.${oldestNode.minor} or later but this is ${process.versions.node}`);
  }
  await withLock(
    'setup',
    () => installWhatIsMissing(report, isForced),
    () => report.progress('waiting', 'for another set-up of this checkout'),
  );
}

/**
 * @param {import('./setup/report.mjs').Report} report
 * @param {boolean} isForced
 */
async function installWhatIsMissing(report, isForced) {
  const stamp = readStamp();
  const lock = await installDependencies(stamp, report);
  /** @type {Record<string, import('./setup/stamp.mjs').FailedAttempt>} */
  const failed = {};
  const now = { lock, nowMs: Date.now(), isForced };
  const remember = async (/** @type {string} */ name, /** @type {(options: { isDue: boolean }) => Promise<string>} */ provide) => {
    const earlier = stamp.failed?.[name];
    const isDue = isDueAgain(earlier, now);
    const reason = await provide({ isDue });
    if (reason !== '') failed[name] = isDue || earlier === undefined ? { lock, atMs: now.nowMs, reason } : earlier;
  };
  // Downloads and compiling get along: what takes longest begins first.
  const [, , failure] = await Promise.all([
    remember('tensorflow', (options) => provideTensorFlow(report, options)),
    remember('standard-pack', (options) => fetchStandardPack(report, options)),
    provideDatabaseBinary(describeThisNode(), report),
    remember('electron', (options) => fetchElectronBinary(report, options)),
  ]);
  if (findElectronBinary() !== undefined) {
    await remember('electron-database', async ({ isDue }) => {
      if (!isDue) return stamp.failed?.['electron-database']?.reason ?? '';
      const reason = await provideDatabaseBinary(describeElectron(), report);
      if (reason !== '') report.lacking('database', `${reason}; Kindred opens in the browser instead`);
      return reason;
    });
  }
  if (failure !== '') throw new Error(failure);
  writeStamp({ lock, failed });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await setUp({ report: createReport({ isVerbose: true }), isForced: true });
    process.stdout.write('Kindred is set up: npm start opens it\n');
  } catch (error) {
    process.stderr.write(`Set-up failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
