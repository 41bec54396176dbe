/** Lets one process at a time change a checkout: the others wait until it is done or gone. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  let holder = Number.NaN;
  try {
    holder = Number(readFileSync(path, 'utf8'));
  } catch {
    // Released meanwhile.
    return false;
  }
  // Being written just now.
  if (holder === 0 || Number.isNaN(holder)) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
