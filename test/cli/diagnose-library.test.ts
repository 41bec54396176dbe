import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnoseLibrary } from '../../electron/cli/diagnose-library.ts';
import { publishInstance } from '../../electron/server/instance.ts';
import { ensureLibraryKey } from '../../electron/server/library-key.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-doctor-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function readDetail(): Promise<string> {
  const { state, detail } = await diagnoseLibrary(folder);
  expect(state).toBe('ok');
  return detail.slice(folder.length + 2);
}

describe('what kindred doctor says of the library', () => {
  test('is that it is open while the desktop app has it, and that it is not once the app is closed or killed', async () => {
    for (const end of ['close', 'kill'] as const) {
      const holder = fork(fileURLToPath(new URL('../support/hold-library.ts', import.meta.url)), [folder], {
        execArgv: ['--import', import.meta.resolve('tsx')],
      });
      await once(holder, 'message');
      expect(await readDetail()).toMatch(/^open in another Kindred, [\d.]+ GB free$/);
      // Having been asked about, it is as open as before.
      expect(await readDetail()).toMatch(/^open in another Kindred, /);
      const ended = once(holder, 'exit');
      if (end === 'close') holder.send('close');
      else holder.kill('SIGKILL');
      await ended;
      expect(await readDetail()).toMatch(/^not open, /);
    }
  }, 60_000);

  test('is who serves it', async () => {
    await writeFile(path.join(folder, 'index.html'), '');
    const libraryKey = await ensureLibraryKey(folder);
    const server = await startLocalServer({ engine: createFakeEngine(), rendererFolder: folder, port: 0, libraryKey });
    await publishInstance(folder, server);
    expect(await readDetail()).toContain(`open in another Kindred (process ${process.pid}), which serves it`);
    await server.close();
    expect(await readDetail()).toMatch(/^not open, /);
  });

  test('is that it is not open where it is no library, and nothing is made there', async () => {
    expect(await readDetail()).toMatch(/^not open, /);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path.join(folder, 'library.sqlite'), 'no library at all, but a text of some length'.repeat(100));
    expect(await readDetail()).toMatch(/^not open, /);
    expect(await readdir(folder)).toEqual(['library.sqlite']);
  });

  test('is that it comes with the first start where its folder is not there', async () => {
    const { detail } = await diagnoseLibrary(path.join(folder, 'new'));
    expect(detail).toContain('made at the first start');
  });
});
