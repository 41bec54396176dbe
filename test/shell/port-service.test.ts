import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { connectApi } from '../../electron/api/connect-api.ts';
import type { ConnectedApi } from '../../electron/api/connect-api.ts';
import { createWindowPortTransport } from '../../electron/api/port-transport.ts';
import { createPortService } from '../../electron/shell/port-service.ts';
import type { PortService } from '../../electron/shell/port-service.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { createFakePorts } from '../support/fake-ports.ts';

/** A window as Electron tells of it. */
function createWindow(id: number) {
  return Object.assign(new EventEmitter(), { id });
}

function ask(ports: PortService, window: number | ReturnType<typeof createWindow>, isFromApp = true): ConnectedApi | null {
  let api: ConnectedApi | null = null;
  const asking = typeof window === 'number' ? createWindow(window) : window;
  ports.answer({
    windowId: asking.id,
    isFromApp,
    onDestroyed: (listener) => asking.once('destroyed', listener),
    openChannel: () => {
      const { windowPort, mainPort } = createFakePorts();
      api = connectApi(createWindowPortTransport(windowPort));
      return mainPort;
    },
  });
  return api;
}

function untilClosed(api: ConnectedApi): Promise<void> {
  return new Promise((resolve) => api.onClose(resolve));
}

describe('handing ports to windows', () => {
  test('connects a window of the app to the engine', async () => {
    const ports = createPortService(createFakeEngine({ isFilled: true }));
    const api = ask(ports, 1)!;
    expect((await api.call('people.list', {})).total).toBe(21);
    ports.close();
    await untilClosed(api);
  });

  test("gives nothing to whoever is not the app's page", () => {
    expect(ask(createPortService(createFakeEngine()), 1, false)).toBeNull();
  });

  test('takes the old port back from a window that asks anew, and leaves other windows alone', async () => {
    const ports = createPortService(createFakeEngine());
    const first = ask(ports, 1)!;
    const other = ask(ports, 2)!;
    const closed = untilClosed(first);
    const second = ask(ports, 1)!;
    await closed;
    for (const api of [second, other]) await expect(api.call('jobs.list', {})).resolves.toEqual({ jobs: [] });
    ports.close();
  });

  test('takes the port back from a window that has gone', async () => {
    const ports = createPortService(createFakeEngine());
    const window = createWindow(1);
    const api = ask(ports, window)!;
    const closed = untilClosed(api);
    window.emit('destroyed');
    await closed;
  });

  test('listens once for the end of a window, however often its page is loaded anew', async () => {
    const ports = createPortService(createFakeEngine());
    const window = createWindow(1);
    for (let load = 0; load < 50; load++) ask(ports, window);
    const last = ask(ports, window)!;
    expect(window.listenerCount('destroyed')).toBe(1);
    const closed = untilClosed(last);
    window.emit('destroyed');
    await closed;
    // Another window may get the id of one that has gone.
    const next = createWindow(1);
    await expect(ask(ports, next)!.call('jobs.list', {})).resolves.toEqual({ jobs: [] });
    expect(next.listenerCount('destroyed')).toBe(1);
    ports.close();
  });

  test('does not listen for windows that it gives nothing', () => {
    const window = createWindow(1);
    ask(createPortService(createFakeEngine()), window, false);
    expect(window.listenerCount('destroyed')).toBe(0);
  });
});
