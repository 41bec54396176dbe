/** Finds a Chromium for tests: named by the user, installed, Playwright's, or the one inside @sparticuz/chromium. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, packageFolder, projectRoot } from './setup/places.mjs';

/** What a user runs where none was found; needs no rights and asks the system for nothing. */
export const chromiumRemedy = 'npx playwright-core install chromium-headless-shell';

/**
 * @typedef {object} Chromium
 * @property {string} executablePath
 * @property {string[]} args beside what playwright-core passes itself
 * @property {Record<string, string>} env to add to the browser's environment
 * @property {string} origin for people
 */

/**
 * KINDRED_CHROMIUM names a program, or is "packaged" for the one inside @sparticuz/chromium.
 * @returns {Promise<Chromium | null>} one that starts; null where there is none: chromiumRemedy brings one
 * @throws Error where KINDRED_CHROMIUM names something that does not start
 */
export async function findChromium() {
  const named = process.env.KINDRED_CHROMIUM;
  if (named === 'packaged') return unpackPackagedChromium();
  if (named) {
    const executablePath = resolve(named);
    if (!doesStart(executablePath)) throw new Error(`Expected KINDRED_CHROMIUM to name a Chromium that starts but received ${named}`);
    return { executablePath, args: [], env: {}, origin: 'named by KINDRED_CHROMIUM' };
  }
  const installed = listUsualPaths().find((path) => existsSync(path) && doesStart(path));
  if (installed !== undefined) return { executablePath: installed, args: [], env: {}, origin: 'installed' };
  const fetched = listPlaywrightPaths().find((path) => doesStart(path));
  if (fetched !== undefined) return { executablePath: fetched, args: [], env: {}, origin: "in Playwright's cache" };
  return unpackPackagedChromium();
}

/** @returns {string[]} where systems put Chromium and its relatives */
function listUsualPaths() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
      ['/Applications', join(homedir(), 'Applications')].map((folder) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (process.platform === 'win32') {
    const { LOCALAPPDATA, PROGRAMFILES, 'PROGRAMFILES(X86)': smallProgramFiles } = process.env;
    const roots = [PROGRAMFILES, smallProgramFiles, LOCALAPPDATA].filter((root) => root !== undefined);
    return ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge'].flatMap((name) =>
      roots.map((root) => join(root, name, 'Application', name.endsWith('Edge') ? 'msedge.exe' : 'chrome.exe')),
    );
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/usr/lib/chromium', '/opt/google/chrome'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** @returns {string[]} newest first */
function listPlaywrightPaths() {
  const caches = {
    darwin: join(homedir(), 'Library', 'Caches', 'ms-playwright'),
    win32: join(process.env.LOCALAPPDATA ?? '', 'ms-playwright'),
  };
  const chosen = process.env.PLAYWRIGHT_BROWSERS_PATH;
  const fallback = process.platform === 'darwin' || process.platform === 'win32' ? caches[process.platform] : join(homedir(), '.cache', 'ms-playwright');
  const cache = chosen && chosen !== '0' ? chosen : fallback;
  if (!existsSync(cache)) return [];
  const builds = readdirSync(cache)
    .filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
    .sort((first, second) => Number(second.split('-')[1]) - Number(first.split('-')[1]));
  const programs = ['chrome', 'headless_shell', 'chrome-headless-shell', 'chrome.exe', 'headless_shell.exe', 'chrome-headless-shell.exe', 'Chromium.app/Contents/MacOS/Chromium'];
  return builds.flatMap((build) =>
    readdirSync(join(cache, build), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => programs.map((program) => join(cache, build, entry.name, program)))
      .filter((path) => existsSync(path)),
  );
}

/**
 * The package unpacks into the folder for temporary files, where anyone may have put something of that name: it gets a
 * folder of the user's own instead.
 * @returns {Promise<Chromium | null>}
 */
async function unpackPackagedChromium() {
  const source = packageFolder('@sparticuz/chromium');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(source)) return null;
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const folder = join(cacheFolder(), 'chromium', version);
  if (!existsSync(join(folder, 'chromium')) && !unpack(folder)) return null;
  const executablePath = join(folder, 'chromium');
  /** @type {Record<string, string>} */
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(folder, 'fonts') };
  const ownLibraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  // The system's libraries first: the package's own are for systems that have none.
  const env = [fonts, { ...fonts, LD_LIBRARY_PATH: ownLibraries }].find((candidate) => doesStart(executablePath, candidate));
  if (env === undefined) return null;
  const args = ['--no-sandbox', '--no-zygote', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
  return { executablePath, args, env, origin: `of @sparticuz/chromium ${version}` };
}

/**
 * @param {string} folder made whole or not at all
 * @returns {boolean} whether it is there now
 */
function unpack(folder) {
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  // With this variable the package unpacks the libraries it has along too.
  const env = { ...process.env, TMPDIR: temporary, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
  const script = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())";
  const { status } = spawnSync(process.execPath, ['-e', script], { cwd: projectRoot, env, timeout: 120_000 });
  if (status !== 0 || !existsSync(join(temporary, 'chromium'))) {
    rmSync(temporary, { recursive: true, force: true });
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
  return true;
}

/**
 * @param {string} executablePath
 * @param {Record<string, string>} [env]
 */
function doesStart(executablePath, env = {}) {
  // Chrome for Windows answers --version by opening a window.
  if (process.platform === 'win32') return existsSync(executablePath);
  const { status, stdout } = spawnSync(executablePath, ['--version', '--no-sandbox'], { env: { ...process.env, ...env }, timeout: 20_000 });
  return status === 0 && /\d+\.\d+/.test(String(stdout));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const chromium = await findChromium();
  process.stdout.write(`${chromium === null ? `No Chromium was found. To bring one: ${chromiumRemedy}` : JSON.stringify(chromium, undefined, 2)}\n`);
}
