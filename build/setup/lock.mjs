/** Lets one process at a time change a checkout: the others wait until it is done or gone. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { privateFolder } from './places.mjs';

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once, when another process has the lock
 * @returns {Promise<T>}
 */
export async function withLock(name, work, onWait = () => {}) {
  mkdirSync(privateFolder, { recursive: true });
  const path = join(privateFolder, `${name}.lock`);
  for (let attempt = 0; !tryLock(path); attempt += 1) {
    if (attempt === 0) onWait();
    await wait(250);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} path */
function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (!isHolderGone(path)) return false;
  rmSync(path, { force: true });
  return false;
}

/** @param {string} path */
function isHolderGone(path) {
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  // Released meanwhile, or being written just now.
  if (!(holder > 0)) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
