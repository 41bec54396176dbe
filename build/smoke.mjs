/**
 * Sets up under the running Node and imports a sample photo on every runtime that is here.
 * Usage: node build/smoke.mjs, or under another Node: npx -p node@24 node build/smoke.mjs
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from './compile.mjs';
import { setUp } from './setup.mjs';
import { packageFolder, projectRoot } from './setup/places.mjs';
import { formatSeconds } from './setup/report.mjs';

const sample = { name: 'sample1.jpg', faces: 3 };

/**
 * @param {readonly string[]} args
 * @returns {unknown} what the command printed last, parsed
 * @throws Error where the command fails
 */
function runKindred(args) {
  const main = join(projectRoot, 'dist', 'electron', 'cli', 'main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--json'], { encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) throw new Error(`kindred ${args[0]} ended with ${status}:\n${stderr}${stdout}`);
  const lines = stdout.trim().split('\n');
  return JSON.parse(args[0] === 'import' ? (lines.at(-1) ?? '') : stdout);
}

/** @param {string} folder */
function importOnEveryRuntime(folder) {
  const photos = join(folder, 'photos');
  mkdirSync(photos);
  copyFileSync(join(packageFolder('@vladmandic/face-api'), 'demo', sample.name), join(photos, sample.name));
  for (const runtime of ['onnx', 'tensorflow', 'wasm']) {
    const library = ['--library', join(folder, `library-${runtime}`)];
    const startMs = performance.now();
    const summary = /** @type {{ faces: number, failed: unknown[] }} */ (runKindred(['import', photos, ...library, '--runtime', runtime]));
    const people = /** @type {unknown[]} */ (runKindred(['people', ...library]));
    if (summary.faces !== sample.faces || summary.failed.length > 0 || people.length !== sample.faces) {
      throw new Error(`Expected ${sample.faces} faces and as many people of ${sample.name} on ${runtime} but received ${JSON.stringify(summary)}`);
    }
    process.stdout.write(`passed  ${runtime}: ${summary.faces} faces (${formatSeconds(performance.now() - startMs)})\n`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'kindred-smoke-'));
try {
  await setUp();
  await compile({ withRenderer: false });
  importOnEveryRuntime(folder);
  process.stdout.write(`Kindred works under Node ${process.versions.node}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
