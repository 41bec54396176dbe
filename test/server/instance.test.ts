import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInstance, publishInstance } from '../../electron/server/instance.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import type { LocalServer } from '../../electron/server/local-server.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

let folder: string;
let libraryFolder: string;
let server: LocalServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-instance-'));
  libraryFolder = path.join(folder, 'library');
  await writeFile(path.join(folder, 'index.html'), '');
  server = await startLocalServer({ engine: createFakeEngine(), rendererFolder: folder, port: 0 });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('finding the Kindred that serves a library', () => {
  test('finds nobody before anybody serves', async () => {
    expect(await findInstance(libraryFolder)).toBeNull();
  });

  test('finds who serves, until they stop', async () => {
    const unpublish = await publishInstance(libraryFolder, server);
    expect(await findInstance(libraryFolder)).toEqual({
      processId: process.pid,
      port: server.port,
      token: server.token,
    });
    await unpublish();
    expect(await findInstance(libraryFolder)).toBeNull();
    expect(await readdir(libraryFolder)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('tells nobody but the user', async () => {
    await publishInstance(libraryFolder, server);
    const [name] = await readdir(libraryFolder);
    expect((await stat(path.join(libraryFolder, name!))).mode & 0o777).toBe(0o600);
    expect((await stat(libraryFolder)).mode & 0o777).toBe(0o700);
  });

  test('is not misled by what a killed process left', async () => {
    await publishInstance(libraryFolder, server);
    await server.close();
    expect(await findInstance(libraryFolder)).toBeNull();
  });

  test('is not misled by another program on the port', async () => {
    await publishInstance(libraryFolder, { port: server.port, token: 'of an earlier server' });
    expect(await findInstance(libraryFolder)).toBeNull();
  });

  test.each(['', 'no JSON', '{}', '{"processId":-1,"port":1,"token":"x"}'])(
    'takes a file that holds %j for nobody',
    async (text) => {
      await publishInstance(libraryFolder, server);
      await writeFile(path.join(libraryFolder, 'instance.json'), text);
      expect(await findInstance(libraryFolder)).toBeNull();
    },
  );

  test('does not take back the notice of whoever came after', async () => {
    const unpublish = await publishInstance(libraryFolder, server);
    await publishInstance(libraryFolder, { port: 1, token: 'later' });
    await unpublish();
    expect(await readFile(path.join(libraryFolder, 'instance.json'), 'utf8')).toContain('later');
  });
});
