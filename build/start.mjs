/**
 * Opens Kindred: installs what is missing, compiles what has changed, then a window where Electron can show one, else the browser.
 * Usage: npm start -- [folder to import]... [--no-open] [--port n] and what else `kindred serve` takes
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { callerFolder, runProgram } from './run-program.mjs';
import { setUp } from './setup.mjs';
import { findElectronBinary } from './setup/electron-binary.mjs';
import { nativeFolder, projectRoot } from './setup/places.mjs';
import { describeElectron, nameBinary } from './setup/sqlite.mjs';
import { readStamp } from './setup/stamp.mjs';

/** A window that ends sooner than this with an error never showed. */
const failedStartMs = 10_000;

/**
 * @typedef {object} Circumstances
 * @property {readonly string[]} args
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} isRoot
 * @property {boolean} hasElectron
 * @property {boolean} hasElectronDatabase
 * @property {string} electronReason why there is no binary, where that is known
 */

/**
 * @param {Circumstances} circumstances
 * @returns {string} why no window is opened; empty when one is; "asked" where the user wants the server
 */
export function findReasonAgainstWindow(circumstances) {
  const { args, platform, env, isRoot, hasElectron, hasElectronDatabase, electronReason } = circumstances;
  if (args.some((arg) => arg === '--no-open' || arg === '--port' || arg.startsWith('--port='))) return 'asked';
  if (env.KINDRED_ELECTRON === 'skip') return 'KINDRED_ELECTRON=skip';
  if (!hasElectron) return `Electron's binary is not here${electronReason === '' ? '' : `: ${electronReason}`}`;
  if (!hasElectronDatabase) return 'better-sqlite3 has no binary for Electron';
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  if (platform === 'linux' && isRoot) return 'Electron does not run as root';
  return '';
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
async function start(args) {
  await setUp();
  await compile();
  const binary = findElectronBinary();
  const reason = findReasonAgainstWindow({
    args,
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    hasElectron: binary !== undefined,
    hasElectronDatabase: binary !== undefined && existsSync(join(nativeFolder, nameBinary(describeElectron()))),
    electronReason: readStamp().failed?.electron?.reason ?? '',
  });
  if (reason === '' && binary !== undefined) {
    const startMs = performance.now();
    const code = await runProgram(() => spawn(binary, [projectRoot, ...args], { cwd: callerFolder(), stdio: 'inherit' }));
    const hasFailedToStart = code !== 0 && code < 128 && performance.now() - startMs < failedStartMs;
    if (!hasFailedToStart) return code;
    say(`Electron did not start (exit code ${code}): Kindred opens in the browser instead`);
  } else if (reason !== 'asked') {
    say(`Kindred opens in the browser: ${reason}`);
  }
  const main = join(projectRoot, 'dist', 'electron', 'cli', 'main.js');
  return runProgram(() => spawn(process.execPath, [main, 'serve', ...args], { cwd: callerFolder(), stdio: 'inherit' }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.exitCode = await start(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
