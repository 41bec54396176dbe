/** What a client may send, and how it may behave, without ending the server or keeping it from answering others. */

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ConnectedApi } from '../../electron/api/connect-api.ts';
import { apiLimits, serverLimits } from '../../electron/api/limits.ts';
import { connectInstance } from '../../electron/server/connect-instance.ts';
import type { AttackedServer, ServerUsage } from '../support/serve-attacked.ts';

const heapMebibytes = 256;

let child: ChildProcess | undefined;
let server: AttackedServer;
/** Somebody who uses the server properly meanwhile. */
let other: ConnectedApi;
let sockets: (WebSocket | Socket)[];

/** One server takes it all, and is started anew only where it has not stood it. */
beforeEach(async () => {
  sockets = [];
  if (child?.connected !== true) {
    child = fork(fileURLToPath(new URL('../support/serve-attacked.ts', import.meta.url)), {
      execArgv: [`--max-old-space-size=${heapMebibytes}`, '--import', import.meta.resolve('tsx')],
    });
    [server] = (await once(child, 'message')) as [AttackedServer];
  }
  other = await connectInstance(server);
}, 60_000);

afterEach(async () => {
  other.close();
  for (const socket of sockets) {
    if (socket instanceof WebSocket) socket.terminate();
    else socket.destroy();
  }
});

afterAll(async () => {
  if (child?.connected !== true) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
});

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api`, { headers: { authorization: `Bearer ${server.token}` } });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

/** A connection below HTTP, with what it has been sent so far. */
async function openRaw(): Promise<{ socket: Socket; text: () => string; closed: Promise<unknown> }> {
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => {});
  sockets.push(socket);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, text: () => text, closed };
}

interface Message {
  readonly type: string;
  readonly id: number | null;
  readonly error?: { code: string; message: string; parameters: Record<string, unknown> };
}

/** @returns the answers that come until `count` are there, or the code with which the server closes */
async function collect(socket: WebSocket, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      messages.push(JSON.parse(data.toString('utf8')) as Message);
      if (messages.length === count) resolve();
    });
    socket.once('close', (code) => reject(new Error(`closed with ${code} after ${messages.length} answers`)));
  });
  return messages;
}

async function ask(socket: WebSocket, text: string | Buffer): Promise<Message> {
  const answers = collect(socket, 1);
  socket.send(text);
  return (await answers)[0]!;
}

async function readUsage(): Promise<ServerUsage> {
  const answer = once(child!, 'message');
  child!.send('usage');
  return ((await answer) as [ServerUsage])[0];
}

/** The server is there, answers somebody else, and has nothing to report of itself. */
async function expectWell(): Promise<void> {
  expect((await other.call('people.list', {})).total).toBe(21);
  const { heapBytes, bugs } = await readUsage();
  expect(bugs).toEqual([]);
  expect(heapBytes).toBeLessThan(heapMebibytes * 1024 * 1024);
}

describe('messages that nobody would send by mistake', () => {
  test.each([5_000, 2_000_000])('answers %i nested brackets with too-much and goes on', async (depth) => {
    const socket = await open();
    const answer = await ask(socket, '['.repeat(depth) + ']'.repeat(depth));
    expect(answer).toMatchObject({ type: 'failure', id: null, error: { code: 'too-much', parameters: { limit: 'depth' } } });
    const inside = `{"type":"request","id":1,"method":"people.list","params":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    expect(await ask(socket, inside)).toMatchObject({ error: { code: 'too-much', parameters: { limit: 'depth' } } });
    await expectWell();
  });

  test('does not take brackets inside strings for nesting', async () => {
    const name = `\\"${'['.repeat(150)}`;
    const answer = await ask(await open(), `{"type":"request","id":1,"method":"people.search","params":{"query":"${name}"}}`);
    expect(answer).toMatchObject({ type: 'response', id: 1 });
  });

  test.each([
    ['objects', '{}'],
    ['numbers', '0'],
    ['lists', '[]'],
  ])('answers millions of %s in one message with too-much', async (_, value) => {
    const count = Math.floor((apiLimits.messageBytes - 200) / (value.length + 1));
    const values = `${`${value},`.repeat(count - 1)}${value}`;
    const socket = await open();
    const answer = await ask(socket, `{"type":"request","id":1,"method":"faces.confirm","params":{"faceIds":[${values}]}}`);
    expect(answer).toMatchObject({ error: { code: 'too-much', parameters: { limit: 'values' } } });
    await expectWell();
  });

  test('names the field of a hundred thousand ids of which none is one, in little space', async () => {
    const faceIds = Array.from({ length: 100_000 }, (_, index) => index);
    const socket = await open();
    for (let id = 0; id < 4; id++) {
      const answer = await ask(socket, JSON.stringify({ type: 'request', id, method: 'faces.confirm', params: { faceIds } }));
      expect(answer).toMatchObject({ id, error: { code: 'bad-argument', parameters: { field: 'faceIds.0' } } });
      expect(answer.error!.message.length).toBeLessThan(500);
    }
    await expectWell();
  });

  test('shows the beginning of a long value that does not fit, not the whole', async () => {
    const text = 'x'.repeat(4_000_000);
    const socket = await open();
    for (const message of [
      { type: text },
      { type: 'request', id: 1, method: text, params: {} },
      { type: 'subscribe', event: text },
      { type: 'request', id: 2, method: 'people.get', params: { personId: text } },
    ]) {
      const answer = await ask(socket, JSON.stringify(message));
      expect(answer.error!.code).toBe('bad-argument');
      expect(answer.error!.message.length).toBeLessThan(500);
    }
    await expectWell();
  });

  test('closes on a frame that is larger than any message may be', async () => {
    const socket = await open();
    const closed = once(socket, 'close');
    socket.send('x'.repeat(apiLimits.messageBytes + 1));
    // RFC 6455, 7.4.1: a message too big to process.
    expect((await closed)[0]).toBe(1009);
    await expectWell();
  });

  test('closes on a message in more pieces than anybody would make', async () => {
    const socket = await open();
    const closed = once(socket, 'close');
    socket.send('"', { fin: false });
    for (let piece = 0; piece < 100_000 && socket.readyState === WebSocket.OPEN; piece++) socket.send('x', { fin: false });
    await closed;
    await expectWell();
  });

  test.each([
    ['JSON cut short', '{"type":'],
    ['no JSON', 'hello'],
    ['bytes', Buffer.from([0, 1, 2, 255])],
    ['JSON in a binary frame', Buffer.from('{"type":"subscribe","event":"job"}')],
  ])('closes on %s', async (_, data) => {
    const socket = await open();
    const closed = once(socket, 'close');
    socket.send(data);
    // RFC 6455, 7.4.1: data not consistent with the type of the message.
    expect((await closed)[0]).toBe(1007);
    await expectWell();
  });

  test.each([
    ['an unknown type', '{"type":"dance"}'],
    ['no type', '{}'],
    ['a list', '[1,2]'],
    ['a prototype', '{"__proto__":{"type":"request"},"constructor":{"prototype":{"type":"request"}}}'],
    ['a method of every object', '{"type":"request","id":1,"method":"constructor","params":{}}'],
    ['the prototype for a method', '{"type":"request","id":1,"method":"__proto__","params":{}}'],
    ['an event of every object', '{"type":"subscribe","event":"constructor"}'],
    ['the prototype for an event', '{"type":"subscribe","event":"__proto__"}'],
    ['a number beyond all numbers for an id', '{"type":"request","id":1e999,"method":"jobs.list","params":{}}'],
    ['a fraction for an id', '{"type":"request","id":1.5,"method":"jobs.list","params":{}}'],
    ['a negative id', '{"type":"cancel","id":-1}'],
  ])('answers %s with bad-argument and goes on', async (_, text) => {
    const socket = await open();
    expect(await ask(socket, text)).toMatchObject({ type: 'failure', error: { code: 'bad-argument' } });
    expect(await ask(socket, '{"type":"request","id":7,"method":"jobs.list","params":{}}')).toMatchObject({ type: 'response', id: 7 });
  });

  test('lets keys named like a prototype change nothing', async () => {
    const socket = await open();
    const params = '{"__proto__":{"onlyNamed":true},"constructor":{"prototype":{"onlyNamed":true}},"limit":1}';
    const answer = await ask(socket, `{"type":"request","id":1,"method":"people.list","params":${params}}`);
    expect(answer).toMatchObject({ type: 'response', result: { total: 21 } });
    expect(({} as { onlyNamed?: boolean }).onlyNamed).toBeUndefined();
    await expectWell();
  });
});

describe('calls without measure', () => {
  const exportCall = (id: number): string =>
    JSON.stringify({ type: 'request', id, method: 'faces.export', params: { includeEmbeddings: true, limit: 1000 } });

  test('begins a thousand exports that nobody reads as far as they are read, and holds little of them', async () => {
    const before = await readUsage();
    const socket = await open();
    socket.pause();
    for (let id = 0; id < 1000; id++) socket.send(exportCall(id));
    // Whatever was going to begin has begun once others have been answered many times over.
    for (let round = 0; round < 40; round++) await other.call('people.list', {});
    await expectWell();
    const begun = (await readUsage()).exportsBegun - before.exportsBegun;
    expect(begun).toBeGreaterThan(0);
    expect(begun).toBeLessThanOrEqual(apiLimits.callsUnderWay);
  }, 60_000);

  test('goes on with them when they are read, and lets none begin under an id whose call still waits', async () => {
    const socket = await open();
    socket.pause();
    const count = apiLimits.callsUnderWay + 4;
    for (let id = 0; id < count; id++) socket.send(exportCall(id));
    socket.send(exportCall(count - 1));
    for (let round = 0; round < 10; round++) await other.call('people.list', {});
    const answers = collect(socket, count + 1);
    socket.resume();
    const [refused, ...others] = (await answers).sort((first, second) => (first.id ?? -1) - (second.id ?? -1));
    expect(refused).toMatchObject({ type: 'failure', id: null, error: { code: 'bad-argument' } });
    expect(others.map(({ type, id }) => ({ type, id }))).toEqual(
      Array.from({ length: count }, (_, id) => ({ type: 'response', id })),
    );
    await expectWell();
  }, 60_000);

  test('refuses calls beyond those that may wait, each under its id', async () => {
    const socket = await open();
    const count = apiLimits.callsWaiting + 500;
    const answers = collect(socket, count);
    // In one piece, so that none is answered before all are there.
    (socket as unknown as { _socket: Socket })._socket.cork();
    for (let id = 0; id < count; id++) socket.send(`{"type":"request","id":${id},"method":"jobs.list","params":{}}`);
    (socket as unknown as { _socket: Socket })._socket.uncork();
    const [all, refused] = [await answers, (await answers).filter(({ type }) => type === 'failure')];
    for (const { id, error } of refused) {
      expect(id).not.toBeNull();
      expect(error).toMatchObject({ code: 'too-much', parameters: { limit: 'calls' } });
    }
    expect(refused.length).toBeLessThanOrEqual(500);
    expect(all.filter(({ type }) => type === 'response').length).toBeGreaterThanOrEqual(apiLimits.callsWaiting);
    await expectWell();
  }, 60_000);

  test('takes a flood of calls and cancellations under one id after the other', async () => {
    const socket = await open();
    const answers = collect(socket, 20_000);
    for (let id = 0; id < 20_000; id++) {
      socket.send(`{"type":"request","id":${id},"method":"people.list","params":{}}`);
      socket.send(`{"type":"cancel","id":${id}}`);
      if (id % 500 === 0) await new Promise(setImmediate);
    }
    expect(new Set((await answers).map(({ id }) => id)).size).toBe(20_000);
    for (let id = 0; id < 20_000; id++) socket.send(`{"type":"cancel","id":${id}}`);
    await expectWell();
  }, 60_000);

  test('holds back a client that sends nonsense and does not read what comes of it', async () => {
    const socket = await open();
    socket.pause();
    const ended = new Promise((resolve) => socket.once('close', resolve));
    let isEnded = false;
    void ended.then(() => (isEnded = true));
    for (let round = 0; round < 200 && !isEnded; round++) {
      for (let index = 0; index < 5_000; index++) socket.send('{}');
      await new Promise(setImmediate);
    }
    await expectWell();
  }, 60_000);

  test('holds back a client that only pings', async () => {
    const socket = await open();
    socket.pause();
    for (let round = 0; round < 50; round++) {
      for (let index = 0; index < 1_000; index++) socket.ping('x'.repeat(100));
      await new Promise(setImmediate);
    }
    await expectWell();
  }, 60_000);

  test('subscribes a client to an event once, however often it asks', async () => {
    const socket = await open();
    for (let index = 0; index < 50_000; index++) socket.send('{"type":"subscribe","event":"changed"}');
    const answers = collect(socket, 2);
    const { people } = await other.call('people.list', { limit: 1 });
    await other.call('people.name', { personId: people[0]!.id, name: 'Anna' });
    socket.send('{"type":"request","id":1,"method":"jobs.list","params":{}}');
    expect((await answers).map(({ type }) => type)).toEqual(['event', 'response']);
  }, 60_000);

  test('opens no more connections than anybody needs, and opens one again when another ends', async () => {
    const opened: WebSocket[] = [];
    // The other client has one already.
    for (let index = 1; index < serverLimits.connections; index++) opened.push(await open());
    const refused = new WebSocket(`ws://127.0.0.1:${server.port}/api`, { headers: { authorization: `Bearer ${server.token}` } });
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(503);
    const closed = once(opened[0]!, 'close');
    opened[0]!.close();
    await closed;
    await open();
    await expectWell();
  }, 60_000);
});

describe('HTTP that never gets to the point', () => {
  test('lets whoever asks properly in, however many connections say nothing', async () => {
    const silent = [];
    for (let index = 0; index < serverLimits.strangers + 50; index++) silent.push(await openRaw());
    // The oldest make room.
    await silent[0]!.closed;
    await expectWell();
    const api = await connectInstance(server);
    expect((await api.call('people.list', {})).total).toBe(21);
    api.close();
  }, 60_000);

  test('lets no known client go for those that say nothing', async () => {
    const socket = await open();
    for (let index = 0; index < serverLimits.strangers + 50; index++) await openRaw();
    expect(await ask(socket, '{"type":"request","id":1,"method":"jobs.list","params":{}}')).toMatchObject({ type: 'response' });
  }, 60_000);

  test('refuses headers without end', async () => {
    const { socket, text, closed } = await openRaw();
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-Long: `);
    for (let index = 0; index < 64 && !socket.destroyed; index++) socket.write('x'.repeat(1024));
    await closed;
    expect(text()).toMatch(/^(HTTP\/1\.1 431 .*)?/);
    await expectWell();
  });

  test('ends a request whose headers trickle in', async () => {
    const { socket, closed } = await openRaw();
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`);
    const timer = setInterval(() => socket.write('X-More: x\r\n'), 200);
    await closed;
    clearInterval(timer);
    await expectWell();
  }, serverLimits.headersMs + 30_000);

  test('reads no body', async () => {
    const { socket, text, closed } = await openRaw();
    socket.write(
      `GET /session HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\nContent-Length: 1000000000\r\n\r\n`,
    );
    socket.write('x'.repeat(100_000));
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 413 /);
    await expectWell();
  });

  test.each([
    ['without a key', 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'],
    ['of another version', 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'],
    ['to something else', 'Upgrade: h2c\r\nConnection: Upgrade\r\n'],
  ])('ends an upgrade %s, and does not keep its connection half open', async (_, headers) => {
    const { socket, text, closed } = await openRaw();
    socket.write(`GET /api HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n${headers}\r\n`);
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 4\d\d /);
    await expectWell();
  });

  test('ends a refused upgrade though its other side keeps it open', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    const ended = once(socket, 'end');
    socket.write(
      `GET /api HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await ended;
    // A connection that the server still had would take what is written; one that it has ended answers with a reset.
    const reset = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
    const timer = setInterval(() => socket.write('x'), 20);
    expect(await reset).toBe(true);
    clearInterval(timer);
    await expectWell();
  });
});
