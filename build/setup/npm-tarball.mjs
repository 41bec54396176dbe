/** Fetches one version of an npm package as a tarball, without installing it or what it depends on. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './run-command.mjs';

/**
 * @param {string} specifier such as "name@1.2.3"
 * @param {{ cache: string, logName: string, timeoutMs?: number }} options `cache` is where the download may lie meanwhile
 * @returns {Promise<{ tarball: Buffer, reason: '' } | { tarball: undefined, reason: string }>}
 */
export async function fetchNpmTarball(specifier, { cache, logName, timeoutMs = 600_000 }) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    const args = ['pack', specifier, '--ignore-scripts', '--pack-destination', folder];
    const outcome = await runNpm(args, { name: logName, cwd: folder, timeoutMs });
    const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (!outcome.isDone || name === undefined) return { tarball: undefined, reason: outcome.reason || 'npm pack left no file' };
    return { tarball: readFileSync(join(folder, name)), reason: '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} integrity such as "sha512-..."
 */
export function fitsIntegrity(bytes, integrity) {
  const [algorithm = '', expected = ''] = integrity.split(/-(.*)/s);
  if (algorithm !== 'sha512' || expected === '') return false;
  return createHash(algorithm).update(bytes).digest('base64') === expected;
}
