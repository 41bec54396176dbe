/** What set-up remembers of its last run, and what it decides from that. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder, projectRoot } from './places.mjs';

/** What could not be had is tried again after this time, with another lock file, or with `npm run setup`. */
export const retryAfterMs = 24 * 3600 * 1000;

const stampPath = join(privateFolder, 'setup.json');

/**
 * @typedef {{ lock: string, atMs: number, reason: string }} FailedAttempt
 * @typedef {{ lock?: string, failed?: Record<string, FailedAttempt> }} Stamp
 */

/** @returns {Stamp} empty where there is none or it cannot be read */
export function readStamp() {
  try {
    const value = JSON.parse(readFileSync(stampPath, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** @param {Stamp} stamp */
export function writeStamp(stamp) {
  mkdirSync(privateFolder, { recursive: true });
  const temporary = `${stampPath}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(stamp, undefined, 2)}\n`);
  renameSync(temporary, stampPath);
}

/** @returns {string} sha256 of package-lock.json */
export function hashLockFile() {
  return createHash('sha256').update(readFileSync(join(projectRoot, 'package-lock.json'))).digest('hex');
}

/**
 * Whether something that could not be had last time is worth another try.
 * @param {FailedAttempt | undefined} attempt
 * @param {{ lock: string, nowMs: number, isForced: boolean }} now
 */
export function isDueAgain(attempt, { lock, nowMs, isForced }) {
  if (attempt === undefined || isForced || attempt.lock !== lock) return true;
  const ageMs = nowMs - attempt.atMs;
  return ageMs < 0 || ageMs >= retryAfterMs;
}

/**
 * @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }>} LockedPackages
 */

/**
 * Whether node_modules holds what the lock file asks for, told by the list that npm leaves inside node_modules.
 * @param {LockedPackages} locked `packages` of package-lock.json
 * @param {LockedPackages | undefined} present `packages` of node_modules/.package-lock.json
 * @param {readonly string[]} wanted optional packages that must be there nevertheless
 */
export function holdsLockedPackages(locked, present, wanted = []) {
  if (present === undefined) return false;
  return Object.entries(locked).every(([path, { version, optional, devOptional }]) => {
    if (path === '' || present[path]?.version === version) return true;
    const mayLack = (optional === true || devOptional === true) && !wanted.includes(path);
    return mayLack && present[path] === undefined;
  });
}
