/** Where set-up keeps things: the checkout, its private folder, and the cache that all checkouts of a user share. */

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that set-up makes for this checkout alone; git ignores it. */
export const privateFolder = join(projectRoot, '.kindred');

export const logFolder = join(privateFolder, 'logs');

export const nativeFolder = join(privateFolder, 'native');

/**
 * The same folder that env-paths names for "kindred", spelled out because set-up starts before any dependency is there.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.KINDRED_CACHE) return resolve(env.KINDRED_CACHE);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'kindred');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'kindred', 'Cache');
  }
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kindred');
}

/** @param {string} name */
export function packageFolder(name) {
  return join(projectRoot, 'node_modules', ...name.split('/'));
}
