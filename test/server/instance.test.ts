import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInstance, publishInstance } from '../../electron/server/instance.ts';
import { answerChallenge, ensureLibraryKey, isRightAnswer, readLibraryKey } from '../../electron/server/library-key.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import type { LocalServer } from '../../electron/server/local-server.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

let folder: string;
let libraryFolder: string;
let server: LocalServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-instance-'));
  libraryFolder = await mkdtemp(path.join(folder, 'library-'));
  await writeFile(path.join(folder, 'index.html'), '');
  server = await serve(libraryFolder);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function serve(library: string): Promise<LocalServer> {
  return await startLocalServer({ engine: createFakeEngine(), rendererFolder: folder, port: 0, libraryKey: await ensureLibraryKey(library) });
}

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
    expect(await readdir(libraryFolder)).toEqual(['server.key']);
  });

  test.skipIf(process.platform === 'win32')('tells nobody but the user', async () => {
    await publishInstance(libraryFolder, server);
    for (const name of ['instance.json', 'server.key']) {
      expect((await stat(path.join(libraryFolder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test('is not misled by what a killed process left', async () => {
    await publishInstance(libraryFolder, server);
    await server.close();
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

describe('another program on the port that an old notice names', () => {
  const secret = 'the-secret-of-programs';
  const others: Server[] = [];

  afterEach(() => {
    for (const other of others.splice(0)) other.close();
  });

  /** Announces a server that is none of ours. @returns all that it is ever sent */
  async function announce(other: Server): Promise<() => string> {
    const received: string[] = [];
    other.on('connection', (socket) => socket.on('data', (chunk: Buffer) => received.push(chunk.toString('latin1'))));
    other.listen(0, '127.0.0.1');
    others.push(other);
    await once(other, 'listening');
    await publishInstance(libraryFolder, { port: (other.address() as AddressInfo).port, token: secret });
    return () => received.join('');
  }

  const answers: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
    ['says yes to everything', (_, response) => void response.writeHead(204).end()],
    ['says nothing', () => {}],
    ['repeats the challenge', ({ url }, response) => void response.end(new URL(`http://x${url}`).searchParams.get('challenge'))],
    ['sends the asker elsewhere', (_, response) => void response.writeHead(302, { location: `http://127.0.0.1:${server.port}/identity` }).end()],
    [
      'never stops answering',
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ];

  test.each(answers)('that %s is not believed, and never sent the secret', async (_, respond) => {
    const readReceived = await announce(createServer(respond));
    expect(await findInstance(libraryFolder)).toBeNull();
    expect(readReceived()).toContain('GET /identity?challenge=');
    expect(readReceived()).not.toContain(secret);
    expect(readReceived().toLowerCase()).not.toContain('authorization');
    expect(readReceived().toLowerCase()).not.toContain('cookie');
  });

  test('that is no web server is not believed', async () => {
    const readReceived = await announce(createTcpServer((socket) => void socket.end('220 mail\r\n')));
    expect(await findInstance(libraryFolder)).toBeNull();
    expect(readReceived()).not.toContain(secret);
  });

  test('that passes the challenge on to the real server is not believed', async () => {
    const readReceived = await announce(
      createServer((request, response) => {
        void fetch(`http://127.0.0.1:${server.port}${request.url}`)
          .then((answer) => answer.text())
          .then((text) => response.end(text));
      }),
    );
    expect(await findInstance(libraryFolder)).toBeNull();
    expect(readReceived()).not.toContain(secret);
  });

  test('that is the Kindred of another library is not believed', async () => {
    const otherLibrary = await mkdtemp(path.join(folder, 'other-'));
    const other = await serve(otherLibrary);
    try {
      await publishInstance(libraryFolder, { port: other.port, token: secret });
      expect(await findInstance(libraryFolder)).toBeNull();
    } finally {
      await other.close();
    }
  });
});

describe("the library's key", () => {
  test('is made once, is private, and answers the same challenge differently on another port', async () => {
    const key = await ensureLibraryKey(libraryFolder);
    expect(await ensureLibraryKey(libraryFolder)).toEqual(key);
    const challenge = 'c'.repeat(43);
    const answer = answerChallenge(key, 7327, challenge)!;
    expect(answer).toMatch(/^[\w-]{43}$/);
    expect(isRightAnswer(key, 7327, challenge, answer)).toBe(true);
    expect(isRightAnswer(key, 7328, challenge, answer)).toBe(false);
    expect(isRightAnswer(key, 7327, 'd'.repeat(43), answer)).toBe(false);
    expect(isRightAnswer(key, 7327, challenge, '')).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('is made private again where it was laid open', async () => {
    const file = path.join(libraryFolder, 'server.key');
    await chmod(file, 0o644);
    await ensureLibraryKey(libraryFolder);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('is made anew where it is no key', async () => {
    await writeFile(path.join(libraryFolder, 'server.key'), 'short');
    expect(await readLibraryKey(libraryFolder)).toBeNull();
    expect(await ensureLibraryKey(libraryFolder)).toHaveLength(32);
  });

  test.each(['', 'x', 'x'.repeat(1_000), '../..', 'ä'.repeat(43)])('answers no challenge like %j', async (challenge) => {
    const target = `http://127.0.0.1:${server.port}/identity?challenge=${encodeURIComponent(challenge)}`;
    expect((await fetch(target)).status).toBe(404);
  });
});
