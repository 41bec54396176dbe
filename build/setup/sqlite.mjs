/** Keeps a better-sqlite3 binary for each runtime side by side: its prebuilt one, else compiled here. */

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNodeHeaders } from './headers.mjs';
import { cacheFolder, nativeFolder, packageFolder, privateFolder } from './places.mjs';
import { canReach } from './reach.mjs';
import { formatSeconds } from './report.mjs';
import { runCommand } from './run-command.mjs';

const topic = 'database';

/**
 * @typedef {{ runtime: 'node' | 'electron', version: string, abi: string }} Target version of Node or of Electron
 */

/** @returns {Target} */
export function describeThisNode() {
  return { runtime: 'node', version: process.versions.node, abi: process.versions.modules };
}

/** @returns {Target} */
export function describeElectron() {
  const folder = packageFolder('electron');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { runtime: 'electron', version, abi: readFileSync(join(folder, 'abi_version'), 'utf8').trim() };
}

/**
 * electron/database/file/native-binding.ts looks for files of this name.
 * @param {Target} target
 */
export function nameBinary({ runtime, abi }, platform = process.platform, arch = process.arch) {
  return `better-sqlite3-${runtime}-abi${abi}-${platform}-${arch}.node`;
}

/**
 * @param {Target} target
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>} why there is no binary; empty when there is
 */
export async function provideDatabaseBinary(target, report) {
  const title = `better-sqlite3 for ${target.runtime === 'node' ? 'Node' : 'Electron'} ${target.version.split('.')[0]}`;
  const source = packageFolder('better-sqlite3');
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const path = join(nativeFolder, nameBinary(target));
  const versionPath = path.replace(/\.node$/, '.version');
  if (existsSync(path) && existsSync(versionPath) && readFileSync(versionPath, 'utf8') === version) {
    report.detail(topic, title);
    return '';
  }
  const cached = join(cacheFolder(), 'native', `${version}-${nameLibc()}`, nameBinary(target));
  const startMs = performance.now();
  let origin = 'from the cache';
  let failure = await checkBinary(cached, target);
  // Where npm ran install scripts, the package has a binary of its own.
  const installed = join(source, 'build', 'Release', 'better_sqlite3.node');
  if (failure !== '' && target.runtime === 'node' && (await checkBinary(installed, target)) === '') {
    copyInto(installed, cached);
    failure = '';
    origin = 'as npm installed it';
  }
  if (failure !== '') {
    const made = await makeBinary(target, { source, title, report });
    if (made.path === undefined) return made.reason;
    failure = await checkBinary(made.path, target);
    if (failure !== '') return failure;
    moveInto(made.path, cached);
    rmSync(made.folder, { recursive: true, force: true });
    origin = made.origin;
  }
  copyInto(cached, path);
  writeFileSync(versionPath, version);
  report.line(topic, `${title}, ${origin}, in ${formatSeconds(performance.now() - startMs)}`);
  return '';
}

/**
 * @param {Target} target
 * @param {{ source: string, title: string, report: import('./report.mjs').Report }} context
 * @returns {Promise<{ path: string, folder: string, origin: string } | { path: undefined, reason: string }>}
 */
async function makeBinary(target, { source, title, report }) {
  // A copy, so that binaries for two runtimes never meet in one build folder.
  const folder = join(privateFolder, 'build', `${target.runtime}-${target.abi}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['package.json', 'binding.gyp', 'deps', 'src']) cpSync(join(source, part), join(folder, part), { recursive: true });
  const path = join(folder, 'build', 'Release', 'better_sqlite3.node');
  const name = `better-sqlite3-${target.runtime}`;

  report.progress(topic, `${title}: looking for a prebuilt binary`);
  if (await canReach('github.com')) {
    const script = join(packageFolder('prebuild-install'), 'bin.js');
    const args = [script, '--runtime', target.runtime, '--target', target.version];
    const download = await runCommand(process.execPath, args, { name: `${name}-prebuilt`, cwd: folder, timeoutMs: 60_000 });
    if (download.isDone && existsSync(path)) return { path, folder, origin: 'prebuilt' };
  }

  const headers = await chooseHeaders(target, report);
  if (headers === undefined) return { path: undefined, reason: "Electron's headers cannot be reached" };
  report.progress(topic, `${title}: compiling (about a minute)`);
  const script = join(packageFolder('node-gyp'), 'bin', 'node-gyp.js');
  const { npm_config_nodedir: _unfit, ...env } = process.env;
  const args = [script, 'rebuild', '--release', '-j', 'max', ...headers];
  const build = await runCommand(process.execPath, args, { name: `${name}-build`, cwd: folder, env, timeoutMs: 1_200_000 });
  if (build.isDone && existsSync(path)) return { path, folder, origin: 'compiled' };
  return { path: undefined, reason: `${title} neither downloaded nor compiled: ${build.reason} (see ${build.logPath})` };
}

/**
 * @param {Target} target
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string[] | undefined>} arguments for node-gyp; undefined where compiling cannot work
 */
async function chooseHeaders(target, report) {
  if (target.runtime === 'electron') {
    if (!(await canReach('artifacts.electronjs.org'))) return undefined;
    return [`--target=${target.version}`, '--dist-url=https://electronjs.org/headers'];
  }
  const folder = await findNodeHeaders(report);
  return folder === undefined ? [] : [`--nodedir=${folder}`];
}

/**
 * Opens a database with the binary, in a process of its own.
 * @param {string} path
 * @param {Target} target
 * @returns {Promise<string>} what went wrong; empty when nothing
 */
async function checkBinary(path, target) {
  if (!existsSync(path)) return 'there is none';
  const script = `new (require('better-sqlite3'))(':memory:', { nativeBinding: ${JSON.stringify(path)} }).prepare('select 1').get()`;
  if (target.runtime === 'electron') {
    const folder = packageFolder('electron');
    const electron = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    return (await runCommand(electron, ['-e', script], { name: 'better-sqlite3-check', env, timeoutMs: 60_000 })).reason;
  }
  return (await runCommand(process.execPath, ['-e', script], { name: 'better-sqlite3-check', timeoutMs: 60_000 })).reason;
}

/** A home folder can be shared by systems whose C libraries differ. */
function nameLibc() {
  if (process.platform !== 'linux') return process.platform;
  // Without this the report looks up the names of all open connections.
  if (process.report !== undefined) Object.assign(process.report, { excludeNetwork: true });
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } } | undefined} */ (process.report?.getReport());
  return report?.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/**
 * @param {string} from
 * @param {string} to
 */
function moveInto(from, to) {
  copyInto(from, to);
  rmSync(from);
}

/**
 * Copies under another name first, so that nobody ever loads half a file.
 * @param {string} from
 * @param {string} to
 */
function copyInto(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}`;
  cpSync(from, temporary);
  renameSync(temporary, to);
}
