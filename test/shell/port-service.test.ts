import { describe, expect, test } from 'vitest';
import { connectApi } from '../../electron/api/connect-api.ts';
import type { ConnectedApi } from '../../electron/api/connect-api.ts';
import { createWindowPortTransport } from '../../electron/api/port-transport.ts';
import { createPortService } from '../../electron/shell/port-service.ts';
import type { PortService } from '../../electron/shell/port-service.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { createFakePorts } from '../support/fake-ports.ts';

function ask(ports: PortService, windowId: number, frameUrl = 'kindred://app/'): ConnectedApi | null {
  let api: ConnectedApi | null = null;
  ports.answer({
    windowId,
    frameUrl,
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

  test.each(['https://evil.example/', 'kindred://other/', 'file:///etc/passwd', 'about:blank', ''])(
    'gives nothing to the page %j',
    (url) => {
      expect(ask(createPortService(createFakeEngine()), 1, url)).toBeNull();
    },
  );

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
    const api = ask(ports, 1)!;
    const closed = untilClosed(api);
    ports.release(1);
    await closed;
    ports.release(1);
  });
});
