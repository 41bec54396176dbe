/** Downloads Electron's binary where it can be had. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './places.mjs';
import { canReach } from './reach.mjs';
import { formatSeconds } from './report.mjs';
import { runCommand } from './run-command.mjs';

const topic = 'Electron';

/** @returns {string | undefined} absolute path of the binary of the installed version */
export function findElectronBinary() {
  const folder = packageFolder('electron');
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const present = readFileSync(join(folder, 'dist', 'version'), 'utf8').trim().replace(/^v/, '');
    const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return present === version && existsSync(path) ? path : undefined;
  } catch {
    // No such file: it was never downloaded.
    return undefined;
  }
}

/**
 * @param {import('./report.mjs').Report} report
 * @param {{ isDue: boolean }} options not due: only looks
 * @returns {Promise<string>} why it is not there; empty when it is
 */
export async function fetchElectronBinary(report, { isDue }) {
  if (process.env.KINDRED_ELECTRON === 'skip') {
    report.detail(topic, 'left out, as KINDRED_ELECTRON=skip asks');
    return 'left out by KINDRED_ELECTRON=skip';
  }
  if (findElectronBinary() !== undefined) {
    report.detail(topic, 'binary is there');
    return '';
  }
  if (!isDue) return 'not there since the last attempt';
  const startMs = performance.now();
  const reason = await download(report);
  if (reason === '') report.line(topic, `downloaded in ${formatSeconds(performance.now() - startMs)}`);
  else report.lacking(topic, `not available (${reason}); Kindred opens in the browser instead`);
  return reason;
}

/** @param {import('./report.mjs').Report} report */
async function download(report) {
  const { ELECTRON_MIRROR, npm_config_electron_mirror: npmMirror } = process.env;
  if (!ELECTRON_MIRROR && !npmMirror && !(await canReach('github.com'))) return 'github.com cannot be reached';
  report.progress(topic, 'downloading its binary (about 120 MB)');
  const env = { ...process.env, ELECTRON_GET_USE_PROXY: '1' };
  const args = [join(packageFolder('electron'), 'install.js')];
  const outcome = await runCommand(process.execPath, args, { name: 'electron', env, timeoutMs: 600_000 });
  if (!outcome.isDone) return outcome.reason;
  return findElectronBinary() === undefined ? 'its installation left no binary' : '';
}
