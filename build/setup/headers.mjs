/** Finds Node's C++ headers for the running Node, so that addons compile without Node's own download site. */

import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fetchNpmTarball } from './npm-tarball.mjs';
import { cacheFolder } from './places.mjs';
import { readTarball } from './tarball.mjs';

/**
 * The package in which npm carries the running Node itself (`npx -p node@24` brings it), headers included.
 * @param {{ platform: string, arch: string, version: string }} node version such as "24.1.0"
 */
export function nameNodePackage({ platform, arch, version }) {
  const system = platform === 'win32' ? 'win' : platform;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${system}-${arch}@${version}`;
}

/**
 * @param {string} header content of node_version.h
 * @returns {string} the ABI that the headers are for; empty where it is not told
 */
export function readHeaderAbi(header) {
  return /^\s*#define\s+NODE_MODULE_VERSION\s+(\d+)/m.exec(header)?.[1] ?? '';
}

/**
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string | undefined>} a folder for node-gyp's --nodedir, or undefined: node-gyp downloads them itself
 */
export async function findNodeHeaders(report) {
  const beside = dirname(dirname(realpathSync(process.execPath)));
  const places = [beside, process.env.npm_config_nodedir ?? '', cachedHeaders()];
  const found = places.find((place) => place !== '' && hasHeaders(place));
  if (found !== undefined) return found;
  // Windows addons also link against node.lib, which the npm package does not carry.
  if (process.platform === 'win32') return undefined;
  const specifier = nameNodePackage({ platform: process.platform, arch: process.arch, version: process.versions.node });
  report.progress('Node headers', `${specifier}: fetching from the npm registry`);
  const { tarball } = await fetchNpmTarball(specifier, { cache: cacheFolder(), logName: 'node-headers' });
  if (tarball === undefined) return undefined;
  writeHeaders(tarball, cachedHeaders());
  return hasHeaders(cachedHeaders()) ? cachedHeaders() : undefined;
}

function cachedHeaders() {
  return join(cacheFolder(), 'node-headers', `${process.versions.node}-${process.platform}-${process.arch}`);
}

/** @param {string} prefix */
function hasHeaders(prefix) {
  const path = join(prefix, 'include', 'node', 'node_version.h');
  if (!existsSync(path) || !existsSync(join(prefix, 'include', 'node', 'v8.h'))) return false;
  return readHeaderAbi(readFileSync(path, 'utf8')) === process.versions.modules;
}

/**
 * @param {Buffer} tarball
 * @param {string} folder made whole or not at all
 */
function writeHeaders(tarball, folder) {
  const temporary = `${folder}.${process.pid}`;
  // OpenSSL's headers are nine tenths of them, and no addon here includes any.
  const isWanted = (/** @type {string} */ path) => path.startsWith('package/include/node/') && !path.includes('/openssl/');
  for (const [path, content] of readTarball(tarball, isWanted)) {
    const target = join(temporary, relative('package', path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
}
