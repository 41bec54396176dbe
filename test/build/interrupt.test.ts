/** Ctrl-C on npm: whatever it has started ends with it. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProjectFolder } from '../../electron/engine/host-folders.ts';

let folder: string;
let npm: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-interrupt-'));
});

afterEach(async () => {
  for (const { id } of listProcesses()) process.kill(id, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** @returns what npm has started that still runs, npm itself included: all of it is in npm's session */
function listProcesses(): { id: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const facts = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, , , session] = facts.slice(facts.lastIndexOf(')') + 2).split(' ');
        const isOurs = Number(session) === npm.pid && state !== 'Z';
        return isOurs ? [{ id: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** @returns once the server has said where it is */
async function start(script: string[]): Promise<void> {
  npm = spawn('npm', ['run', '--silent', ...script, '--no-open', '--port', '0', '--library', path.join(folder, 'library')], {
    cwd: findProjectFolder(),
    // A session of its own, as a terminal gives it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [npm.stdout!, npm.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('Kindred is at')) resolve();
      });
    }
    npm.once('exit', () => reject(new Error(text)));
  });
}

async function expectAllEnded(): Promise<void> {
  if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit');
  await expect.poll(listProcesses, { timeout: 10_000 }).toEqual([]);
}

// How processes are counted is Linux's way.
describe.skipIf(process.platform !== 'linux')('a server that npm has started', () => {
  test.each([
    { script: ['kindred', '--', 'serve'], signal: 'SIGINT' },
    { script: ['kindred', '--', 'serve'], signal: 'SIGTERM' },
    { script: ['start', '--'], signal: 'SIGINT' },
  ] as const)('by npm run $script.0 ends when npm alone is sent $signal', async ({ script, signal }) => {
    await start([...script]);
    expect(listProcesses().length).toBeGreaterThanOrEqual(3);
    npm.kill(signal);
    await expectAllEnded();
    // It was closed, not killed: nothing says any more that it serves.
    expect(await readdir(path.join(folder, 'library'))).not.toContain('instance.json');
  }, 120_000);

  test('closes at one Ctrl-C of the terminal, which reaches each of them', async () => {
    await start(['kindred', '--', 'serve']);
    process.kill(-npm.pid!, 'SIGINT');
    await expectAllEnded();
    expect(await readdir(path.join(folder, 'library'))).not.toContain('instance.json');
  }, 120_000);

  test('leaves nothing behind at two Ctrl-C in quick succession', async () => {
    await start(['kindred', '--', 'serve']);
    process.kill(-npm.pid!, 'SIGINT');
    process.kill(-npm.pid!, 'SIGINT');
    await expectAllEnded();
  }, 120_000);

  test('leaves nothing behind when it is stopped before it is there', async () => {
    npm = spawn('npm', ['run', '--silent', 'kindred', '--', 'serve', '--no-open', '--port', '0', '--library', path.join(folder, 'library')], {
      cwd: findProjectFolder(),
      // No runtime has been measured: the processes that do so are under way.
      env: { ...process.env, KINDRED_CACHE: path.join(folder, 'cache') },
      detached: true,
      stdio: 'ignore',
    });
    await expect.poll(() => listProcesses().some(({ command }) => command.includes('main.js')), { timeout: 60_000, interval: 50 }).toBe(true);
    npm.kill('SIGINT');
    await expectAllEnded();
  }, 120_000);
});
