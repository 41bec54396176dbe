import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { formatMediaPath } from '../../electron/api/media-path.ts';
import { serverLimits } from '../../electron/api/limits.ts';
import { connectInstance, requestTicketUrl } from '../../electron/server/connect-instance.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import type { LocalServer } from '../../electron/server/local-server.ts';
import { createFakeEngine, createFakeId } from '../support/fake-engine.ts';
import type { FakeEngine } from '../support/fake-engine.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let rendererFolder: string;
let engine: FakeEngine;
let server: LocalServer;
let bugs: unknown[];

beforeAll(async () => {
  rendererFolder = await mkdtemp(path.join(tmpdir(), 'kindred-renderer-'));
  await mkdir(path.join(rendererFolder, 'assets'));
  await writeFile(path.join(rendererFolder, 'index.html'), '<!doctype html><title>Kindred</title>');
  await writeFile(path.join(rendererFolder, 'assets', 'app-1234.js'), 'export {};');
});

afterAll(async () => {
  await rm(rendererFolder, { recursive: true });
});

beforeEach(async () => {
  bugs = [];
  engine = createFakeEngine({ isFilled: true });
  server = await startLocalServer({ engine, rendererFolder, port: 0, onBug: (error) => bugs.push(error) });
});

afterEach(async () => {
  await server.close();
  await engine.close();
});

/** node:http rather than fetch: Host and Origin are the test's to choose. */
function ask(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, path: target, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** @returns what of an address goes to the server */
function readTarget(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

async function signIn(): Promise<{ cookie: string }> {
  const answer = await ask(readTarget(server.createTicketUrl()));
  return { cookie: answer.headers['set-cookie']![0]!.split(';')[0]! };
}

describe('who the local server answers', () => {
  test('exchanges a ticket for a cookie that scripts and other sites cannot use', async () => {
    const answer = await ask(readTarget(server.createTicketUrl()));
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']![0]).toMatch(/^kindred-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(answer.headers['set-cookie']![0]).not.toContain(server.token);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('shows the app to a browser with the cookie', async () => {
    const answer = await ask('/', await signIn());
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toContain('<title>Kindred</title>');
  });

  test.each(['/', '/assets/app-1234.js', '/session', '/ticket', `/media/face/${createFakeId('x')}`])(
    'does not answer %s without it',
    async (target) => {
      expect((await ask(target)).status).toBe(401);
      expect((await ask(target, { cookie: `kindred-${server.port}=${'A'.repeat(43)}` })).status).toBe(401);
    },
  );

  test.each(['', 'wrong', '%00', '__proto__'])('does not take %j for a ticket', async (ticket) => {
    const answer = await ask(`/?ticket=${ticket}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('opens no browser by the token of programs', async () => {
    for (const name of ['token', 'ticket']) {
      const answer = await ask(`/?${name}=${server.token}`);
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('lets a ticket open one browser, once, and refuses it to the next', async () => {
    const url = await requestTicketUrl(server);
    expect(url).not.toContain(server.token);
    const first = await ask(readTarget(url));
    expect(first.status).toBe(303);
    const replayed = await ask(readTarget(url));
    expect(replayed.status).toBe(401);
    expect(replayed.headers['set-cookie']).toBeUndefined();
    // The browser that it opened may follow it again, and stays known.
    const cookie = first.headers['set-cookie']![0]!.split(';')[0]!;
    expect((await ask(readTarget(url), { cookie })).status).toBe(303);
    expect((await ask('/', { cookie })).status).toBe(200);
  });

  test('lets a ticket wait for its browser for a while, no longer', async () => {
    await server.close();
    let now = 1_000;
    server = await startLocalServer({ engine, rendererFolder, port: 0, now: () => now });
    const [early, late] = [server.createTicketUrl(), server.createTicketUrl()];
    now += serverLimits.ticketMs - 1;
    const opened = await ask(readTarget(early));
    expect(opened.status).toBe(303);
    now += 1;
    expect((await ask(readTarget(late))).status).toBe(401);
    // What a ticket has bought stays.
    now += 100 * serverLimits.ticketMs;
    expect((await ask('/', { cookie: opened.headers['set-cookie']![0]!.split(';')[0]! })).status).toBe(200);
  });

  test('keeps a few unused tickets, and forgets the oldest', async () => {
    const urls = Array.from({ length: serverLimits.tickets + 1 }, () => server.createTicketUrl());
    expect((await ask(readTarget(urls[0]!))).status).toBe(401);
    expect((await ask(readTarget(urls[1]!))).status).toBe(303);
  });

  test('uses up no ticket for who only looks at the address', async () => {
    const target = readTarget(server.createTicketUrl());
    expect((await ask(target, {}, 'HEAD')).status).toBe(401);
    expect((await ask(target, { 'sec-purpose': 'prefetch;prerender' })).status).toBe(401);
    expect((await ask(target, { host: 'evil.example' })).status).toBe(421);
    expect((await ask(target)).status).toBe(303);
  });

  test('gives tickets to programs that know the token, not to pages', async () => {
    expect((await ask('/ticket', await signIn())).status).toBe(403);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]:80'])(
    'refuses the host %s, as DNS rebinding would send it',
    async (host) => {
      expect((await ask('/', { ...(await signIn()), host })).status).toBe(421);
    },
  );

  test('answers localhost like 127.0.0.1', async () => {
    expect((await ask('/', { ...(await signIn()), host: `localhost:${server.port}` })).status).toBe(200);
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1'])('refuses requests of the origin %s', async (origin) => {
    expect((await ask('/session', { ...(await signIn()), origin })).status).toBe(403);
  });

  test('refuses what other pages embed, even those of another port of this machine', async () => {
    const headers = { ...(await signIn()), 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    expect((await ask('/session', headers)).status).toBe(403);
  });

  test('lets other pages link to it', async () => {
    const headers = { ...(await signIn()), 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask('/', headers)).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    expect((await ask('/session', await signIn(), method)).status).toBe(405);
  });

  test('listens on the loopback interface alone', async () => {
    expect(new URL(server.createTicketUrl()).hostname).toBe('127.0.0.1');
  });
});

describe('what the local server sends', () => {
  test('allows scripts, styles and connections of its own alone', async () => {
    const { headers } = await ask('/', await signIn());
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port} ws://localhost:${server.port};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
  });

  test('sends the same protection with refusals', async () => {
    const { headers } = await ask('/nothing', { host: 'evil.example' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('lets the browser keep hashed assets and ask for index.html again', async () => {
    const session = await signIn();
    expect((await ask('/assets/app-1234.js', session)).headers['cache-control']).toContain('immutable');
    expect((await ask('/', session)).headers['cache-control']).toBe('no-cache');
  });

  test('answers the addresses of views with the app, and missing assets with 404', async () => {
    const session = await signIn();
    expect((await ask('/people/anna', session)).body.toString()).toContain('<title>Kindred</title>');
    expect((await ask('/assets/gone.js', session)).status).toBe(404);
  });

  test.each(['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2f..%2fetc%2fpasswd'])(
    'serves no file outside the renderer for %s',
    async (target) => {
      expect((await ask(target, await signIn())).body.toString()).not.toContain('root:');
    },
  );

  test('refuses an absolute target, which would name a host of its own', async () => {
    expect((await ask('http://evil.example/', await signIn())).status).toBe(400);
  });
});

describe('pictures', () => {
  async function findFaceId(): Promise<string> {
    return (await engine.api.call('faces.list', { limit: 1 })).faces[0]!.id;
  }

  async function findFaceAddress(): Promise<string> {
    const { id, pictureNumber } = (await engine.api.call('faces.list', { limit: 1 })).faces[0]!;
    return formatMediaPath('face', id, 96, pictureNumber);
  }

  test('come by id, with headers that let the browser keep them', async () => {
    const answer = await ask(await findFaceAddress(), await signIn());
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-length': String(answer.body.length),
    });
    // JPEG's first bytes.
    expect(answer.body.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  test.each(['', '&v=2.99999', '&v=1.1'])('that are addressed by no version, or one that is not theirs, are asked for again: %s', async (version) => {
    const session = await signIn();
    const target = `/media/face/${await findFaceId()}?size=96${version}`;
    const { status, headers } = await ask(target, session);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect((await ask(target, { ...session, 'if-none-match': headers.etag! })).status).toBe(304);
  });

  test('are not sent again to who has them', async () => {
    const target = `/media/face/${await findFaceId()}?size=96`;
    const session = await signIn();
    const etag = (await ask(target, session)).headers.etag!;
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask(target, { ...session, 'if-none-match': header });
      expect(answer.status).toBe(304);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers.etag).toBe(etag);
    }
    expect((await ask(target, { ...session, 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('are described without their bytes to HEAD', async () => {
    const answer = await ask(`/media/face/${await findFaceId()}?size=96`, await signIn(), 'HEAD');
    expect(answer.status).toBe(200);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(500);
    expect(answer.body).toHaveLength(0);
  });

  test('that are not there are not kept either', async () => {
    const answer = await ask(`/media/photo/${createFakeId('nothing')}`, await signIn());
    expect(answer.status).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each(['/media/face/12', '/media/face/..%2f..%2fsecret', `/media/all/${createFakeId('x')}`])(
    'have no address like %s',
    async (target) => {
      expect((await ask(target, await signIn())).status).toBe(400);
    },
  );

  test('that fail for a reason of ours are reported, and tell the page nothing', async () => {
    await server.close();
    const media = { get: () => Promise.reject(new Error('secret /home/anna/photo.jpg')) };
    server = await startLocalServer({
      engine: { ...engine, media },
      rendererFolder,
      port: 0,
      onBug: (error) => bugs.push(error),
    });
    const answer = await ask(`/media/photo/${createFakeId('x')}`, await signIn());
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toBe('internal\n');
    expect(bugs).toHaveLength(1);
  });
});

describe('the WebSocket', () => {
  function open(target: string, headers: Record<string, string>): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${target}`, { headers });
    return new Promise((resolve) => {
      socket.on('open', () => {
        socket.close();
        resolve(101);
      });
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });
  }

  test('opens for a page of its own', async () => {
    expect(await open('/api', { ...(await signIn()), origin: `http://127.0.0.1:${server.port}` })).toBe(101);
  });

  test('opens for a program that knows the token', async () => {
    expect(await open('/api', { authorization: `Bearer ${server.token}` })).toBe(101);
  });

  test('stays closed to everyone else', async () => {
    const session = await signIn();
    const origin = `http://127.0.0.1:${server.port}`;
    expect(await open('/api', {})).toBe(401);
    expect(await open('/api', { origin })).toBe(401);
    expect(await open('/api', { authorization: 'Bearer wrong' })).toBe(401);
    expect(await open('/api', { ...session, origin: 'http://evil.example' })).toBe(403);
    expect(await open('/api', { ...session, origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await open('/api', session)).toBe(403);
    expect(await open('/api', { ...session, origin, host: 'evil.example' })).toBe(421);
    expect(await open('/other', { ...session, origin })).toBe(404);
  });

  test('ends a connection that sends no JSON', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const code = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('open', () => socket.send('{'));
    expect(await code).toBe(1007);
  });

  test('ends a connection that does not answer pings', async () => {
    await server.close();
    server = await startLocalServer({ engine, rendererFolder, port: 0, heartbeatMs: 20 });
    const closed = new Promise<void>((resolve) => {
      // Without the ws package: a peer that has stopped listening.
      const socket = connect(server.port, '127.0.0.1');
      socket.on('close', () => resolve());
      socket.on('error', () => {});
      socket.resume();
      socket.write(
        `GET /api HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Authorization: Bearer ${server.token}\r\nSec-WebSocket-Version: 13\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
    });
    await closed;
  });

  test('keeps a connection that does', async () => {
    await server.close();
    server = await startLocalServer({ engine, rendererFolder, port: 0, heartbeatMs: 20 });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    for (let ping = 0; ping < 4; ping++) await once(socket, 'ping');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });
});

describe('the port', () => {
  test('that must be had is refused when it is taken', async () => {
    await expect(startLocalServer({ engine, rendererFolder, port: server.port })).rejects.toMatchObject({
      code: 'conflict',
      parameters: { kind: 'port', port: server.port },
    });
  });

  test('is the next free one where none must be had', async () => {
    const first = await startLocalServer({ engine, rendererFolder });
    const second = await startLocalServer({ engine, rendererFolder });
    try {
      expect(second.port).toBeGreaterThan(first.port);
    } finally {
      await first.close();
      await second.close();
    }
  });
});

describe('the end of the server', () => {
  test('tells who is connected, and lets the port go', async () => {
    const api = await connectInstance(server);
    const closed = new Promise<void>((resolve) => api.onClose(resolve));
    await server.close();
    await closed;
    await expect(connectInstance(server)).rejects.toMatchObject({ code: 'disconnected' });
    server = await startLocalServer({ engine, rendererFolder, port: server.port });
  });

  test('does not start without a built renderer', async () => {
    const missing = path.join(rendererFolder, 'missing');
    await expect(startLocalServer({ engine, rendererFolder: missing, port: 0 })).rejects.toMatchObject({
      code: 'not-found',
      parameters: { kind: 'renderer' },
    });
  });
});
