/** Makes @tensorflow/tfjs-node work: its own download, else TensorFlow's C library out of the tensorflow-cpu wheel. */

import { createHash } from 'node:crypto';
import { cpSync, createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findNodeHeaders } from './headers.mjs';
import { cacheFolder, packageFolder, projectRoot } from './places.mjs';
import { canReach } from './reach.mjs';
import { formatMegabytes, formatSeconds } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { extractZipEntry, listZip } from './zip.mjs';

const topic = 'TensorFlow';
const packageName = '@tensorflow/tfjs-node';

/** The wheel that was tried with tfjs-node 4.22; only its C library is used, so any Python's wheel of it would do. */
const wheel = {
  specifier: 'tensorflow-cpu==2.21.0',
  platformTags: ['--python-version', '3.12', '--platform', 'manylinux_2_27_x86_64', '--only-binary=:all:'],
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  bytes: 274_000_871,
};

/** Headers that tfjs-node's binding includes, of the 240 MB that the wheel has. */
const wantedHeaders = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/'];
const wantedLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The wheel, its unpacked libraries, and room to work. */
const neededBytes = 1_300_000_000;

/**
 * @param {import('./report.mjs').Report} report
 * @param {{ isDue: boolean }} options not due: only links what the cache holds
 * @returns {Promise<string>} why it is not there; empty when it is
 */
export async function provideTensorFlow(report, { isDue }) {
  const folder = packageFolder(packageName);
  if (process.env.KINDRED_TENSORFLOW === 'skip') {
    report.detail(topic, 'left out, as KINDRED_TENSORFLOW=skip asks');
    return 'left out by KINDRED_TENSORFLOW=skip';
  }
  if (!existsSync(folder)) {
    report.detail(topic, `${packageName} is not for this system; networks run on ONNX Runtime and WASM`);
    return `${packageName} is not installed`;
  }
  if (isInPlace(folder)) {
    report.detail(topic, `${packageName} ${readVersion(folder)}`);
    return '';
  }
  const startMs = performance.now();
  const isWheelPlatform = process.platform === 'linux' && process.arch === 'x64';
  /** @type {string[]} */
  const failures = [];
  /** @type {[string, () => Promise<string>][]} */
  const ways = [];
  if (isWheelPlatform) ways.push(['from the cache', async () => (isCached(folder) ? '' : 'not in the cache')]);
  if (isDue) ways.push(['its own download', () => runOwnInstall(folder, report)]);
  if (isDue && isWheelPlatform) ways.push([`C library of ${wheel.specifier}`, () => buildFromWheel(folder, report)]);
  for (const [origin, provide] of ways) {
    let failure = await provide();
    if (failure === '') {
      if (isWheelPlatform && isCached(folder)) linkFromCache(folder);
      failure = await checkTensorFlow();
    }
    if (failure === '') {
      writeFileSync(join(folder, checkedName), '');
      report.line(topic, `${packageName} ${readVersion(folder)}, ${origin}, in ${formatSeconds(performance.now() - startMs)}`);
      return '';
    }
    if (origin !== 'from the cache') failures.push(`${origin}: ${failure}`);
  }
  const reason = failures.join('; ') || 'not there since the last attempt';
  if (isDue) report.lacking(topic, `not available (${reason}); networks run on ONNX Runtime and WASM instead`);
  return reason;
}

/** Written into the package once its library has worked in a thread here; `npm ci` takes it away with the package. */
const checkedName = '.kindred-checked-in-thread';

/** @param {string} folder */
function isInPlace(folder) {
  return existsSync(join(folder, checkedName)) && existsSync(bindingPath(folder)) && existsSync(join(folder, 'deps', 'lib'));
}

/** @param {string} folder */
function bindingPath(folder) {
  return join(folder, 'lib', `napi-v${napiVersion(folder)}`, 'tfjs_binding.node');
}

/**
 * @param {string} folder
 * @returns {number} the newest that both Node and the package know, as node-pre-gyp looks it up
 */
function napiVersion(folder) {
  /** @type {number[]} */
  const known = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).binary.napi_versions;
  return Math.max(...known.filter((version) => version <= Number(process.versions.napi)));
}

/** @param {string} folder */
function readVersion(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

function libraryCache() {
  return join(cacheFolder(), 'tensorflow', wheel.specifier.replace('==', '-'));
}

/** @param {string} folder */
function cachedBinding(folder) {
  return join(libraryCache(), `binding-${readVersion(folder)}-napi-v${napiVersion(folder)}`, 'tfjs_binding.node');
}

/** @param {string} folder */
function isCached(folder) {
  return existsSync(cachedBinding(folder)) && existsSync(join(libraryCache(), 'lib'));
}

/**
 * The package's own way: libtensorflow and a prebuilt binding, both from Google's storage.
 * @param {string} folder
 * @param {import('./report.mjs').Report} report
 */
async function runOwnInstall(folder, report) {
  if (!(await canReach('storage.googleapis.com'))) return 'storage.googleapis.com cannot be reached';
  report.progress(topic, `${packageName}: running its own download`);
  const binaries = [join(folder, 'node_modules', '.bin'), join(projectRoot, 'node_modules', '.bin')];
  const env = { ...process.env, PATH: [...binaries, process.env.PATH ?? ''].join(delimiter) };
  const args = [join(folder, 'scripts', 'install.js')];
  const outcome = await runCommand(process.execPath, args, { name: 'tfjs-node-install', cwd: folder, env, timeoutMs: 900_000 });
  if (!outcome.isDone) return outcome.reason;
  return existsSync(bindingPath(folder)) ? '' : 'its installation left no binding';
}

/**
 * @param {string} folder
 * @param {import('./report.mjs').Report} report
 */
async function buildFromWheel(folder, report) {
  try {
    if (!existsSync(join(libraryCache(), 'lib'))) await unpackWheel(report);
    await compileBinding(folder, report);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {import('./report.mjs').Report} report */
async function unpackWheel(report) {
  const cache = join(cacheFolder(), 'tensorflow');
  mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = statfsSync(cache);
  if (bavail * bsize < neededBytes) {
    throw new Error(`${formatMegabytes(neededBytes)} of space are needed in ${cache} and ${formatMegabytes(bavail * bsize)} are free`);
  }
  const path = await downloadWheel(join(cache, 'download'), report);
  const temporary = `${libraryCache()}.${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  const entries = (await listZip(path)).flatMap((entry) => {
    const target = placeOfEntry(entry.path);
    return target === undefined ? [] : [{ entry, target }];
  });
  const total = entries.reduce((sum, { entry }) => sum + entry.bytes, 0);
  let done = 0;
  let shownPercent = -1;
  for (const { entry, target } of entries) {
    await extractZipEntry(path, entry, join(temporary, target), (bytes) => {
      done += bytes;
      const percent = Math.floor((100 * done) / total);
      if (percent !== shownPercent) report.progress(topic, `C library: unpacking ${formatMegabytes(total)}, ${percent} %`);
      shownPercent = percent;
    });
  }
  // tfjs-node's binding links against the name of the C library, whose symbols the C++ library holds too.
  symlinkSync('libtensorflow_cc.so.2', join(temporary, 'lib', 'libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(temporary, 'lib', 'libtensorflow_framework.so'));
  rmSync(libraryCache(), { recursive: true, force: true });
  renameSync(temporary, libraryCache());
  rmSync(join(cache, 'download'), { recursive: true, force: true });
}

/**
 * @param {string} path inside the wheel
 * @returns {string | undefined} path inside the library cache, for what is wanted of it
 */
export function placeOfEntry(path) {
  const library = wantedLibraries.find((name) => path === `tensorflow/${name}`);
  if (library !== undefined) return join('lib', library);
  const header = path.startsWith('tensorflow/include/') ? path.slice('tensorflow/include/'.length) : '';
  const isWanted = header.endsWith('.h') && wantedHeaders.some((prefix) => header.startsWith(prefix));
  return isWanted && !header.split('/').includes('..') ? join('include', ...header.split('/')) : undefined;
}

/**
 * @param {string} folder
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>} path of the wheel, checked
 */
async function downloadWheel(folder, report) {
  mkdirSync(folder, { recursive: true });
  const present = () => readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (present() === undefined) {
    const pip = await findPip();
    if (pip === undefined) throw new Error('pip was not found');
    const show = () => {
      const percent = Math.min(99, Math.floor((100 * measureFolder(folder)) / wheel.bytes));
      report.progress(topic, `C library: downloading ${formatMegabytes(wheel.bytes)}, once for all checkouts, ${percent} %`);
    };
    show();
    const timer = setInterval(show, 1000);
    try {
      const [command = '', ...prefix] = pip;
      const args = [...prefix, 'download', '--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--dest', folder, ...wheel.platformTags, wheel.specifier];
      // pip collects the file here before it moves it, so that its size can be watched.
      const env = { ...process.env, TMPDIR: folder };
      const outcome = await runCommand(command, args, { name: 'tensorflow-wheel', env, timeoutMs: 3_600_000 });
      if (!outcome.isDone) throw new Error(`pip: ${outcome.reason}`);
    } finally {
      clearInterval(timer);
    }
  }
  const name = present();
  if (name === undefined) throw new Error('pip left no wheel');
  const path = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  if (hash.digest('hex') !== wheel.sha256) {
    rmSync(path);
    throw new Error(`the wheel of ${wheel.specifier} has another sha256 than the one that was tried`);
  }
  return path;
}

/** @returns {Promise<string[] | undefined>} */
async function findPip() {
  for (const candidate of [['python3', '-m', 'pip'], ['pip3'], ['pip']]) {
    const [command = '', ...args] = candidate;
    if ((await runCommand(command, [...args, '--version'], { name: 'pip-version', timeoutMs: 30_000 })).isDone) return candidate;
  }
  return undefined;
}

/** @param {string} folder */
function measureFolder(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/**
 * Compiles the package's binding beside the cached libraries.
 * @param {string} folder
 * @param {import('./report.mjs').Report} report
 */
async function compileBinding(folder, report) {
  const work = `${libraryCache()}-build.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const part of ['package.json', 'binding.gyp', 'binding']) cpSync(join(folder, part), join(work, part), { recursive: true });
  symlinkSync(libraryCache(), join(work, 'deps'));
  report.progress(topic, `${packageName}: compiling its binding (half a minute)`);
  const headers = await findNodeHeaders(report);
  const { npm_config_nodedir: _unfit, ...variables } = process.env;
  // [Note: never unloaded] Node unloads an addon with the last thread that uses it. TensorFlow leaves functions behind
  // that are to be called at the process's end, and the process dies of that: this flag keeps the library loaded.
  const env = { ...variables, LDFLAGS: `${variables.LDFLAGS ?? ''} -Wl,-z,nodelete` };
  const args = [
    join(packageFolder('node-gyp'), 'bin', 'node-gyp.js'),
    'rebuild',
    ...(headers === undefined ? [] : [`--nodedir=${headers}`]),
    '--module_name=tfjs_binding',
    `--module_path=${join(work, 'lib')}`,
    `--napi_build_version=${napiVersion(folder)}`,
  ];
  const outcome = await runCommand(process.execPath, args, { name: 'tfjs-node-build', cwd: work, env, timeoutMs: 900_000 });
  const made = join(work, 'lib', 'tfjs_binding.node');
  if (!outcome.isDone || !existsSync(made)) throw new Error(`its binding did not compile: ${outcome.reason} (see ${outcome.logPath})`);
  const target = cachedBinding(folder);
  mkdirSync(join(target, '..'), { recursive: true });
  renameSync(made, target);
  rmSync(work, { recursive: true, force: true });
}

/**
 * 850 MB of libraries stay where they are; the binding, which finds them beside its own folder, is copied.
 * @param {string} folder
 */
function linkFromCache(folder) {
  rmSync(join(folder, 'deps'), { recursive: true, force: true });
  mkdirSync(join(folder, 'deps'));
  symlinkSync(join(libraryCache(), 'lib'), join(folder, 'deps', 'lib'));
  mkdirSync(join(bindingPath(folder), '..'), { recursive: true });
  cpSync(cachedBinding(folder), bindingPath(folder));
}

/**
 * Multiplies two matrices in a worker thread, where Kindred uses it, and ends: see [Note: never unloaded]. In a process
 * of its own, as a library that does not fit the system may take the process with it.
 */
async function checkTensorFlow() {
  const load = `
    const util = require('node:util');
    util.isNullOrUndefined = (value) => value === null || value === undefined;
    util.isArray = Array.isArray;
    const tf = require('${packageName}');
    let isRight = tf.getBackend() === 'tensorflow';`;
  const multiply = `
    const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]])).dataSync();
    isRight = isRight && product[0] === 17 && product[1] === 39;`;
  const answer = "require('node:worker_threads').parentPort.postMessage(isRight);";
  // Loading alone is a check of its own: what has computed in a thread may be too busy to be unloaded with it.
  for (const work of [load + multiply + answer, load + answer]) {
    const script = `
      const worker = new (require('node:worker_threads').Worker)(${JSON.stringify(work)}, { eval: true });
      let isRight = false;
      worker.once('message', (message) => { isRight = message; });
      worker.once('exit', () => process.exit(isRight ? 0 : 3));`;
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
    const outcome = await runCommand(process.execPath, ['-e', script], { name: 'tfjs-node-check', env, timeoutMs: 120_000 });
    if (!outcome.isDone) return `it does not run here (${outcome.reason})`;
  }
  return '';
}
