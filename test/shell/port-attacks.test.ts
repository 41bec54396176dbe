/** What a window may send over its port, which carries more than JSON, without harm to the main process. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apiLimits } from '../../electron/api/limits.ts';
import type { MethodHandlers } from '../../electron/api/contract.ts';
import type { WindowPort } from '../../electron/api/port-transport.ts';
import { createPortService } from '../../electron/shell/port-service.ts';
import type { PortService } from '../../electron/shell/port-service.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { createFakePorts } from '../support/fake-ports.ts';

interface Message {
  readonly type: string;
  readonly id: number | null;
  readonly error?: { code: string; parameters: Record<string, unknown> };
}

let engine: FakeEngine;
let service: PortService;
let bugs: unknown[];
let calls: number;

beforeEach(() => {
  bugs = [];
  calls = 0;
  engine = createFakeEngine({ isFilled: true });
  const handlers: MethodHandlers = {
    ...engine.handlers,
    'jobs.list': async (params, context) => {
      calls += 1;
      return await engine.handlers['jobs.list'](params, context);
    },
  };
  service = createPortService({ ...engine, handlers }, { onBug: (error) => bugs.push(error) });
});

afterEach(async () => {
  expect(bugs).toEqual([]);
  service.close();
  await engine.close();
});

/** The window's end as it is, without the adapter that would receipt what comes. */
function open(): { port: WindowPort; messages: unknown[] } {
  const { windowPort, mainPort } = createFakePorts();
  const messages: unknown[] = [];
  windowPort.addEventListener('message', ({ data }) => messages.push(data));
  windowPort.start();
  service.answer({ windowId: 1, isFromApp: true, openChannel: () => mainPort, onDestroyed: () => {} });
  return { port: windowPort, messages };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
}

function nest(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

/** A list of a list of … of which each holds the next twice: 2^40 values in forty lists. */
function double(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value, value];
  return value;
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

describe('messages over a port', () => {
  test.each([
    ['nested lists', nest(1_000), 'depth'],
    ['an object that holds itself', cycle, 'depth'],
    ['a list without end', Array.from({ length: apiLimits.messageValues }, () => 0), 'values'],
    ['a list of holes', new Array(1_000_000_000), 'values'],
    ['lists that hold each other twice', double(30), 'values'],
    ['a text without end', 'x'.repeat(apiLimits.messageBytes + 1), 'bytes'],
  ])('that hold %s are too much, and the next call is answered', async (_, value, limit) => {
    const { port, messages } = open();
    port.postMessage(value);
    port.postMessage({ type: 'request', id: 3, method: 'people.list', params: { value } });
    port.postMessage({ type: 'request', id: 4, method: 'jobs.list', params: {} });
    await settle();
    expect(messages).toMatchObject([
      { type: 'failure', id: null, error: { code: 'too-much', parameters: { limit } } },
      { type: 'failure', id: 3, error: { code: 'too-much', parameters: { limit } } },
      { type: 'response', id: 4 },
    ]);
  });

  test.each([
    ['a whole number of any size', 12n],
    ['a date', new Date(0)],
    ['a map', new Map([['type', 'request']])],
    ['bytes', new Uint8Array(100)],
    ['an error', new Error('x')],
    ['a pattern', /x/],
    ['nothing', undefined],
  ])('that are %s are refused, and the next call is answered', async (_, value) => {
    const { port, messages } = open();
    port.postMessage(value);
    port.postMessage({ type: 'request', id: 1, method: 'people.get', params: { personId: value } });
    port.postMessage({ type: value, id: value });
    port.postMessage({ type: 'request', id: 2, method: 'jobs.list', params: {} });
    await settle();
    const refused = { type: 'failure', error: { code: 'bad-argument' } };
    expect((messages as Message[]).filter(({ id }) => id !== 2)).toMatchObject([refused, refused, refused]);
    expect((messages as Message[]).filter(({ id }) => id === 2)).toMatchObject([{ type: 'response' }]);
  });
});

describe('a window that does not take in what it asks for', () => {
  test('is answered a few times, and the rest waits', async () => {
    const { port, messages } = open();
    for (let id = 0; id < 900; id++) port.postMessage({ type: 'request', id, method: 'jobs.list', params: {} });
    await settle();
    expect(messages.length).toBeLessThan(40);
    expect(calls).toBe(messages.length);
    const before = messages.length;
    for (let index = 0; index < 10; index++) port.postMessage('kindred:received');
    await settle();
    expect(messages.length).toBeGreaterThanOrEqual(before + 10);
    expect(messages.length).toBeLessThanOrEqual(before + 10 + apiLimits.callsUnderWay);
  });

  test('is let go when refusals pile up', async () => {
    const { port, messages } = open();
    for (let index = 0; index < apiLimits.unreadMessages + 100; index++) port.postMessage({});
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(messages.at(-1)).toBe('kindred:close');
    expect(messages.length).toBeLessThan(apiLimits.unreadMessages + 50);
  });
});

describe('a window that asks for too much at a time', () => {
  test('gets no more than so many calls under way, others get theirs', async () => {
    let underWay = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const handlers: MethodHandlers = {
      ...engine.handlers,
      'packs.list': async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => release.push(resolve));
        underWay -= 1;
        return { packs: [] };
      },
    };
    service.close();
    service = createPortService({ ...engine, handlers }, { onBug: (error) => bugs.push(error) });
    const first = open();
    for (let id = 0; id < 500; id++) first.port.postMessage({ type: 'request', id, method: 'packs.list', params: {} });
    await settle();
    expect(most).toBe(apiLimits.callsUnderWay);
    const { windowPort, mainPort } = createFakePorts();
    const heard: unknown[] = [];
    windowPort.addEventListener('message', ({ data }) => heard.push(data));
    windowPort.start();
    service.answer({ windowId: 2, isFromApp: true, openChannel: () => mainPort, onDestroyed: () => {} });
    windowPort.postMessage({ type: 'request', id: 1, method: 'jobs.list', params: {} });
    await settle();
    expect(heard).toMatchObject([{ type: 'response', id: 1 }]);
    // What waits is answered when it is taken back.
    first.port.postMessage({ type: 'cancel', id: 499 });
    await settle();
    expect(first.messages).toMatchObject([{ type: 'failure', id: 499, error: { code: 'cancelled' } }]);
    for (const goOn of release) goOn();
  });
});
