import { describe, expect, test } from 'vitest';
import { createReconnectingApi } from '../../electron/api/reconnecting-api.ts';
import { createMemoryTransports } from '../../electron/api/memory-transport.ts';
import { serveApi } from '../../electron/api/serve-api.ts';
import type { Transport } from '../../electron/api/transport.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { ConnectionState } from '../../electron/api/host.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

/** A server that can be away, and pauses that end when the test says so. */
function createSurroundings() {
  const engine = createFakeEngine({ isFilled: true });
  const connections: Transport[] = [];
  const pauses: { milliseconds: number; end: () => void }[] = [];
  let isPausedListener: (() => void) | null = null;
  const surroundings = {
    refusal: null as Error | null,
    connections,
    pauses,
    open: async (): Promise<Transport> => {
      if (surroundings.refusal !== null) throw surroundings.refusal;
      const [client, server] = createMemoryTransports();
      serveApi(engine.handlers, engine.events, server);
      connections.push(server);
      return client;
    },
    pause: (milliseconds: number): Promise<void> =>
      new Promise((resolve) => {
        pauses.push({ milliseconds, end: resolve });
        isPausedListener?.();
      }),
    /** Resolves once the next pause has begun. */
    nextPause: (): Promise<void> => new Promise((resolve) => (isPausedListener = resolve)),
    engine,
  };
  return surroundings;
}

function nextState(api: ReturnType<typeof createReconnectingApi>, wanted: ConnectionState): Promise<void> {
  if (api.state === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = api.onStateChange((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}

describe('the api that connects anew', () => {
  test('lets calls wait for the first connection', async () => {
    const surroundings = createSurroundings();
    const api = createReconnectingApi(surroundings);
    expect(api.state).toBe('connecting');
    expect((await api.call('people.list', {})).total).toBe(21);
    expect(api.state).toBe('connected');
    api.close();
  });

  test('waits longer and longer while the server is away, and no longer than five seconds', async () => {
    const surroundings = createSurroundings();
    surroundings.refusal = new Error('refused');
    const api = createReconnectingApi(surroundings);
    for (let attempt = 0; attempt < 7; attempt++) {
      await surroundings.nextPause();
      surroundings.pauses.at(-1)!.end();
    }
    expect(surroundings.pauses.map((pause) => pause.milliseconds)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    api.close();
  });

  test('fails calls while the connection is lost, then connects, keeps subscriptions and says that all may have changed', async () => {
    const surroundings = createSurroundings();
    const api = createReconnectingApi(surroundings);
    await nextState(api, 'connected');
    const heard: string[][] = [];
    api.on('changed', ({ topics }) => heard.push(topics));
    const paused = surroundings.nextPause();
    surroundings.connections[0]!.close();
    await paused;
    expect(api.state).toBe('reconnecting');
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'disconnected' });
    const connected = nextState(api, 'connected');
    surroundings.pauses[0]!.end();
    await connected;
    const [person] = (await api.call('people.list', { limit: 1 })).people;
    expect(heard).toEqual([['people', 'faces', 'photos', 'failures', 'journal', 'status', 'packs', 'settings', 'learning']]);
    await api.call('people.name', { personId: person!.id, name: 'Anna' });
    expect(heard.at(-1)).toEqual(['people', 'faces', 'journal', 'status']);
    api.close();
  });

  test('gives up where the server does not know the page', async () => {
    const surroundings = createSurroundings();
    surroundings.refusal = new AppError('unauthorized', 'unknown');
    const api = createReconnectingApi(surroundings);
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'unauthorized' });
    expect(api.state).toBe('unauthorized');
    expect(surroundings.pauses).toEqual([]);
  });

  test('cancels a call that still waits for the connection', async () => {
    const surroundings = createSurroundings();
    surroundings.refusal = new Error('refused');
    const api = createReconnectingApi(surroundings);
    const controller = new AbortController();
    const call = api.call('jobs.list', {}, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    api.close();
  });

  test('fails waiting calls when it is closed', async () => {
    const surroundings = createSurroundings();
    surroundings.refusal = new Error('refused');
    const api = createReconnectingApi(surroundings);
    const call = api.call('jobs.list', {});
    api.close();
    await expect(call).rejects.toMatchObject({ code: 'disconnected' });
    expect(api.state).toBe('closed');
  });
});
