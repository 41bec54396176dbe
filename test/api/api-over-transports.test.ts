/** One contract for the API, whatever carries it. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MethodHandlers, Params } from '../../electron/api/contract.ts';
import type { JobSnapshot } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import { createFakeEngine, createFakeId } from '../support/fake-engine.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { transportCases } from '../support/transports.ts';
import type { OpenConnection } from '../support/transports.ts';

/** A call that ends only when it is cancelled, and says when it began and that it was. */
function createStallingHandler() {
  let reportStart: () => void;
  let reportAbort: () => void;
  const started = new Promise<void>((resolve) => (reportStart = resolve));
  const aborted = new Promise<void>((resolve) => (reportAbort = resolve));
  const handler: MethodHandlers['photos.compare'] = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reportAbort();
        reject(new AppError('cancelled', 'stopped'));
      });
      reportStart();
    });
  return { handler, started, aborted };
}

const comparison = { firstPath: '/a.jpg', secondPath: '/b.jpg' };

describe.each(transportCases)('the API over $name', ({ open }) => {
  let engine: FakeEngine;
  let connection: OpenConnection;

  beforeEach(() => {
    engine = createFakeEngine({ isFilled: true });
  });

  afterEach(async () => {
    await connection.close();
    await engine.close();
  });

  async function openWith(handlers: Partial<MethodHandlers> = {}): Promise<OpenConnection> {
    connection = await open({ ...engine, handlers: { ...engine.handlers, ...handlers } });
    return connection;
  }

  test('answers a call with the result of the engine', async () => {
    const { api } = await openWith();
    const { total, people } = await api.call('people.list', {});
    expect(total).toBe(21);
    const renamed = await api.call('people.name', { personId: people[0]!.id, name: '김하나 🙂' });
    expect(renamed).toMatchObject({ entry: { kind: 'name-person' }, person: { id: people[0]!.id, name: '김하나 🙂', faceCount: 2 } });
  });

  test('fills in defaults before the engine sees the arguments', async () => {
    let received: unknown;
    const { api } = await openWith({
      'people.search': async (params) => {
        received = params;
        return { people: [] };
      },
    });
    await api.call('people.search', { query: 'An' });
    expect(received).toEqual({ query: 'An', limit: 8 });
  });

  test('answers many calls that are under way at once, each with its own result', async () => {
    const { api } = await openWith();
    const offsets = Array.from({ length: 20 }, (_, index) => index);
    const pages = await Promise.all(offsets.map((offset) => api.call('people.list', { offset, limit: 1 })));
    const ids = pages.map((page) => page.people[0]!.id);
    expect(new Set(ids).size).toBe(20);
  });

  test('refuses an argument that does not fit and names the field', async () => {
    const { api } = await openWith();
    const params = { personId: 'nobody', name: 'Anna' } as unknown as Params<'people.name'>;
    await expect(api.call('people.name', params)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('people.name.personId'),
      parameters: { method: 'people.name', field: 'personId' },
    });
  });

  test('refuses arguments that are no object', async () => {
    const { api } = await openWith();
    await expect(api.call('people.list', null as unknown as Params<'people.list'>)).rejects.toMatchObject({
      code: 'bad-argument',
    });
  });

  test.each(['people.erase', 'toString', '__proto__'])('refuses the unknown method %s', async (method) => {
    const { api } = await openWith();
    await expect(api.call(method as 'jobs.list', {})).rejects.toMatchObject({
      code: 'bad-argument',
      parameters: { field: 'method' },
    });
  });

  test('carries the code and the parameters of an error of the engine', async () => {
    const { api } = await openWith();
    const personId = createFakeId<never>('nobody');
    await expect(api.call('people.get', { personId })).rejects.toMatchObject({
      code: 'not-found',
      parameters: { kind: 'person', id: personId },
    });
  });

  test('calls whatever else the engine throws an internal error', async () => {
    const { api } = await openWith({
      'jobs.list': async () => {
        throw new TypeError('x is not a function');
      },
    });
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'internal' });
  });

  test('refuses a result that breaks the contract', async () => {
    const { api } = await openWith({
      'jobs.list': (async () => ({ jobs: 'none' })) as unknown as MethodHandlers['jobs.list'],
    });
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('jobs.list'),
    });
  });

  test('cancels a call: the caller is told and the engine stops', async () => {
    const stalling = createStallingHandler();
    const { api } = await openWith({ 'photos.compare': stalling.handler });
    const controller = new AbortController();
    const call = api.call('photos.compare', comparison, { signal: controller.signal });
    await stalling.started;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await stalling.aborted;
    // The connection goes on.
    await expect(api.call('jobs.list', {})).resolves.toEqual({ jobs: [] });
  });

  test('does not send a call that was cancelled before', async () => {
    const { api } = await openWith();
    const call = api.call('people.list', {}, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('delivers events to who listens, until they stop', async () => {
    const { api } = await openWith();
    const heard: JobSnapshot[] = [];
    const stop = api.on('job', (job) => heard.push(job));
    const done = waitForJob(api.on, 'done');
    const { jobId } = await api.call('import.start', { folders: ['/photos'] });
    await done;
    expect(heard.at(-1)).toMatchObject({ id: jobId, state: 'done', progress: { done: 6, total: 6 } });
    const count = heard.length;
    stop();
    const again = waitForJob(api.on, 'done');
    await api.call('import.start', { folders: ['/photos'] });
    await again;
    expect(heard).toHaveLength(count);
  });

  test('carries thousands of embeddings in one answer', async () => {
    const embedding = Array.from({ length: 512 }, (_, index) => Math.sin(index) / 16);
    const face = (await engine.api.call('faces.export', { limit: 1 })).faces[0]!;
    const faces = Array.from({ length: 1000 }, () => ({ ...face, embedding }));
    const { api } = await openWith({ 'faces.export': async () => ({ faces, nextCursor: null }) });
    const received = await api.call('faces.export', { includeEmbeddings: true, limit: 1000 });
    expect(received.faces).toHaveLength(1000);
    expect(received.faces.at(-1)!.embedding).toEqual(embedding);
  });

  test('carries a hundred thousand face ids in one call', async () => {
    let count = 0;
    const { api } = await openWith({
      'faces.confirm': async ({ faceIds }) => {
        count = faceIds.length;
        return { entry: null };
      },
    });
    const faceId = createFakeId<never>('face');
    await api.call('faces.confirm', { faceIds: Array.from({ length: 100_000 }, () => faceId) });
    expect(count).toBe(100_000);
  });

  test.each([
    ['a bare string', 'hello'],
    ['null', null],
    ['an unknown type', { type: 'dance' }],
    ['an id that is no number', { type: 'request', id: 'x', method: 'jobs.list', params: {} }],
    ['an unknown event', { type: 'subscribe', event: 'constructor' }],
  ])('answers %s with a failure and goes on', async (_, message) => {
    const { api, transport } = await openWith();
    const answer = new Promise<unknown>((resolve) => transport.onMessage(resolve));
    transport.send(message);
    expect(await answer).toMatchObject({ type: 'failure', id: null, error: { code: 'bad-argument' } });
    await expect(api.call('jobs.list', {})).resolves.toEqual({ jobs: [] });
  });

  test('refuses a second call under an id that is in use', async () => {
    const stalling = createStallingHandler();
    const { transport } = await openWith({ 'photos.compare': stalling.handler });
    const answer = new Promise<unknown>((resolve) => transport.onMessage(resolve));
    transport.send({ type: 'request', id: 900, method: 'photos.compare', params: comparison });
    transport.send({ type: 'request', id: 900, method: 'jobs.list', params: {} });
    expect(await answer).toMatchObject({ type: 'failure', id: null, error: { code: 'bad-argument' } });
  });

  test('fails calls under way when the serving side goes', async () => {
    const stalling = createStallingHandler();
    const { api, closeServer } = await openWith({ 'photos.compare': stalling.handler });
    const closed = new Promise<void>((resolve) => api.onClose(resolve));
    const call = api.call('photos.compare', comparison);
    const failure = expect(call).rejects.toMatchObject({ code: 'disconnected' });
    await stalling.started;
    await closeServer();
    await failure;
    await closed;
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'disconnected' });
  });

  test('cancels what a client has under way when the client goes', async () => {
    const stalling = createStallingHandler();
    const { api } = await openWith({ 'photos.compare': stalling.handler });
    const call = api.call('photos.compare', comparison);
    const failure = expect(call).rejects.toMatchObject({ code: 'disconnected' });
    await stalling.started;
    api.close();
    await failure;
    await stalling.aborted;
  });
});

function waitForJob(on: FakeEngine['api']['on'], state: JobSnapshot['state']): Promise<void> {
  return new Promise((resolve) => {
    const stop = on('job', (job) => {
      if (job.state !== state) return;
      stop();
      resolve();
    });
  });
}
