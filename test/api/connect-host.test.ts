import { afterEach, describe, expect, test } from 'vitest';
import { connectHost } from '../../electron/api/connect-host.ts';
import type { HostWindow } from '../../electron/api/connect-host.ts';
import { portMessage } from '../../electron/api/host.ts';
import { createMainPortTransport } from '../../electron/api/port-transport.ts';
import { serveApi } from '../../electron/api/serve-api.ts';
import type { WebSocketLike } from '../../electron/api/web-socket-transport.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { createFakePorts } from '../support/fake-ports.ts';

type WindowListener = Parameters<HostWindow['addEventListener']>[1];

class RefusedSocket implements WebSocketLike {
  readonly readyState = 3;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  send(): void {
    throw new Error(`Expected nothing to be sent to ${this.#url}`);
  }

  close(): void {}

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    if (type === 'error') queueMicrotask(() => listener({ data: null }));
  }
}

function createWindow(parts: Partial<HostWindow>): HostWindow {
  return {
    location: { protocol: 'http:', host: '127.0.0.1:7327' },
    WebSocket: RefusedSocket,
    fetch: async () => ({ status: 401 }),
    setTimeout: () => {
      throw new Error('Expected no second attempt');
    },
    addEventListener: () => {},
    removeEventListener: () => {},
    ...parts,
  };
}

describe('the renderer finding its host', () => {
  let close: () => void = () => {};
  afterEach(() => close());

  test('connects over the port that the preload script hands over', async () => {
    const engine = createFakeEngine({ isFilled: true });
    const listeners = new Set<WindowListener>();
    const { windowPort, mainPort } = createFakePorts();
    serveApi(engine.handlers, engine.events, createMainPortTransport(mainPort));
    const hostWindow: HostWindow = createWindow({
      addEventListener: (_, listener) => listeners.add(listener),
      removeEventListener: (_, listener) => listeners.delete(listener),
      kindredHost: {
        kind: 'electron',
        chooseFolders: async () => ['/photos'],
        requestPort: () => {
          const send = (source: unknown, data: unknown): void => {
            for (const listener of [...listeners]) listener({ source, data, ports: [windowPort] });
          };
          // Only what the window itself says counts.
          send({}, portMessage);
          send(hostWindow, 'something else');
          expect(listeners.size).toBe(1);
          send(hostWindow, portMessage);
        },
      },
    });
    const host = connectHost(hostWindow);
    close = () => host.close();
    expect(host.kind).toBe('electron');
    expect((await host.api.call('people.list', {})).total).toBe(21);
    expect(host.connection).toBe('connected');
    expect(listeners.size).toBe(0);
    expect(await host.chooseFolders?.()).toEqual(['/photos']);
  });

  test('says that the page is unknown where the web server refuses it', async () => {
    const asked: string[] = [];
    const host = connectHost(
      createWindow({
        fetch: async (url) => {
          asked.push(url);
          return { status: 401 };
        },
      }),
    );
    close = () => host.close();
    expect(host).toMatchObject({ kind: 'web', chooseFolders: null });
    await expect(host.api.call('jobs.list', {})).rejects.toMatchObject({ code: 'unauthorized' });
    expect(host.connection).toBe('unauthorized');
    expect(asked).toEqual(['/session']);
  });

  test('names pictures by id and whole pixels', () => {
    const host = connectHost(createWindow({}));
    close = () => host.close();
    expect(host.mediaUrl('face', 'x', 95.6)).toBe('/media/face/x?size=96');
  });
});
