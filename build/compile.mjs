/** Compiles the engine and its hosts file by file to dist/, and bundles the renderer; skips what has not changed. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { withLock } from './setup/lock.mjs';
import { packageFolder, projectRoot } from './setup/places.mjs';
import { formatSeconds } from './setup/report.mjs';
import { runCommand } from './setup/run-command.mjs';

const outputFolder = join(projectRoot, 'dist');
const recordPath = join(outputFolder, 'compiled.json');

/** Folders whose files become files of dist/. */
const sourceFolders = ['electron', 'native-models'];

/** What else decides how files come out. */
const settings = ['tsconfig.json', 'package-lock.json', 'build/compile.mjs'];

/** Electron's sandbox loads preload scripts as one CommonJS file each. */
const preloadPattern = /^electron\/shell\/[\w-]*preload\.ts$/;

/** @typedef {{ settings: string, files: Record<string, string>, renderer: string }} CompileRecord */

/**
 * @param {{ say?: (text: string) => void, withRenderer?: boolean }} [options]
 * @throws Error naming what does not compile
 */
export async function compile({ say = (text) => void process.stdout.write(`${text}\n`), withRenderer = true } = {}) {
  await withLock('compile', () => compileWhatChanged(say, withRenderer));
}

/**
 * @param {(text: string) => void} say
 * @param {boolean} withRenderer
 */
async function compileWhatChanged(say, withRenderer) {
  const startMs = performance.now();
  const sources = listSources();
  const record = readRecord();
  const renderer = withRenderer ? fingerprintRenderer() : record.renderer;
  const settingsPrint = fingerprint(settings);
  const isBundled = record.renderer === renderer && existsSync(join(outputFolder, 'renderer', 'index.html'));
  const isRendererDue = withRenderer && !isBundled;
  const isFresh = record.settings === settingsPrint;
  const changed = [...sources].filter(([path, print]) => !isFresh || record.files[path] !== print).map(([path]) => path);
  const gone = Object.keys(record.files).filter((path) => !sources.has(path));
  if (changed.length === 0 && gone.length === 0 && !isRendererDue) return;
  // Until everything is through, nothing counts as compiled.
  const unfinished = Object.fromEntries(Object.entries(record.files).filter(([path]) => isFresh && !changed.includes(path)));
  const bundled = isRendererDue ? '' : renderer;
  writeRecord({ settings: settingsPrint, files: unfinished, renderer: bundled });
  const bundling = isRendererDue ? bundleRenderer() : Promise.resolve('');
  await emitFiles(changed, gone);
  writeRecord({ settings: settingsPrint, files: Object.fromEntries(sources), renderer: bundled });
  const problem = await bundling;
  if (problem !== '') throw new Error(problem);
  writeRecord({ settings: settingsPrint, files: Object.fromEntries(sources), renderer });
  const parts = [
    changed.length > 0 ? `${changed.length} ${changed.length === 1 ? 'file' : 'files'}` : '',
    isRendererDue ? 'the renderer' : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) say(`Compiled ${parts.join(' and ')} in ${formatSeconds(performance.now() - startMs)}`);
}

/**
 * @param {readonly string[]} changed paths from the project root, separated by '/'
 * @param {readonly string[]} gone
 */
async function emitFiles(changed, gone) {
  for (const path of gone) {
    for (const output of outputsOf(path)) rmSync(join(outputFolder, output), { force: true });
  }
  if (changed.length === 0) return;
  const { default: typescript } = await import('typescript');
  const options = readCompilerOptions(typescript);
  for (const path of changed) {
    const source = readFileSync(join(projectRoot, path));
    if (preloadPattern.test(path)) await bundlePreload(path);
    else if (isTypeScript(path)) emitModule(typescript, options, path, source.toString());
    else writeOutput(path, source);
  }
}

/**
 * @param {import('typescript')} typescript
 * @returns {import('typescript').CompilerOptions}
 */
function readCompilerOptions(typescript) {
  const { config } = typescript.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = typescript.convertCompilerOptionsFromJson(config.compilerOptions, projectRoot);
  // One file at a time nobody looks up the package's "type", so the format is said here.
  return { ...options, module: typescript.ModuleKind.ESNext, moduleResolution: typescript.ModuleResolutionKind.Bundler };
}

/**
 * @param {import('typescript')} typescript
 * @param {import('typescript').CompilerOptions} options
 * @param {string} path
 * @param {string} source
 */
function emitModule(typescript, options, path, source) {
  const { outputText, sourceMapText, diagnostics = [] } = typescript.transpileModule(source, {
    compilerOptions: options,
    fileName: join(projectRoot, path),
    reportDiagnostics: true,
  });
  const [problem] = diagnostics;
  if (problem !== undefined) {
    throw new Error(`${path} does not compile: ${typescript.flattenDiagnosticMessageText(problem.messageText, ' ')}`);
  }
  const [output = '', mapOutput = ''] = outputsOf(path);
  writeOutput(output, outputText);
  if (sourceMapText === undefined) return;
  const map = JSON.parse(sourceMapText);
  map.sources = [relative(dirname(join(outputFolder, output)), join(projectRoot, path)).split(sep).join('/')];
  writeOutput(mapOutput, JSON.stringify(map));
}

/** @param {string} path */
async function bundlePreload(path) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(projectRoot, path)],
    outfile: join(outputFolder, path.replace(/\.ts$/, '.cjs')),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['electron'],
    target: 'es2022',
    logLevel: 'silent',
  });
}

/** @returns {Promise<string>} what went wrong; empty when nothing */
async function bundleRenderer() {
  const args = [join(packageFolder('vite'), 'bin', 'vite.js'), 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'];
  const env = { ...process.env, NODE_ENV: 'production' };
  const outcome = await runCommand(process.execPath, args, { name: 'renderer', env, timeoutMs: 600_000 });
  if (outcome.isDone) return '';
  const [told = ''] = stripVTControlCharacters(outcome.output).split(/^ {4}at /m);
  return `The renderer does not compile:\n${told.trim()}\n(${outcome.logPath})`;
}

/** @returns {Map<string, string>} fingerprint by path */
function listSources() {
  const paths = sourceFolders.flatMap((folder) => listFiles(folder)).filter((path) => !path.endsWith('.d.ts') && !path.endsWith('.md'));
  return new Map(paths.map((path) => [path, fingerprint([path])]));
}

function fingerprintRenderer() {
  // The renderer bundles what it imports of the API.
  const folders = ['renderer', 'electron/api', 'electron/base', 'electron/geometry'];
  return fingerprint([...folders.flatMap((folder) => listFiles(folder)), 'package-lock.json']);
}

/**
 * @param {string} folder
 * @returns {string[]} paths from the project root, separated by '/', sorted
 */
function listFiles(folder) {
  const root = join(projectRoot, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * Size and time of change, as a compiler has to trust anyway.
 * @param {readonly string[]} paths
 */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = statSync(join(projectRoot, path), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} path */
function isTypeScript(path) {
  return /\.[mc]?ts$/.test(path);
}

/**
 * @param {string} path
 * @returns {string[]} paths inside dist/
 */
export function outputsOf(path) {
  if (preloadPattern.test(path)) return [path.replace(/\.ts$/, '.cjs')];
  if (!isTypeScript(path)) return [path];
  const output = path.replace(/\.([mc]?)ts$/, '.$1js');
  return [output, `${output}.map`];
}

/**
 * @param {string} output path inside dist/
 * @param {string | Uint8Array} content
 */
function writeOutput(output, content) {
  const path = join(outputFolder, output);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/** @returns {CompileRecord} */
function readRecord() {
  try {
    return JSON.parse(readFileSync(recordPath, 'utf8'));
  } catch {
    // Never compiled, or interrupted while writing: compile everything.
    return { settings: '', files: {}, renderer: '' };
  }
}

/** @param {CompileRecord} record */
function writeRecord(record) {
  writeOutput('compiled.json', JSON.stringify(record));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await compile();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
