/** The renderer's entry to its host: finds out whether it runs in Electron or in a browser, and connects. */

import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { portMessage } from './host.ts';
import type { Host, HostBridge } from './host.ts';
import { formatMediaPath } from './media-path.ts';
import { createWindowPortTransport } from './port-transport.ts';
import type { WindowPort } from './port-transport.ts';
import { createReconnectingApi } from './reconnecting-api.ts';
import type { Transport } from './transport.ts';
import { createWebSocketTransport } from './web-socket-transport.ts';
import type { WebSocketLike } from './web-socket-transport.ts';

/** What is used of a browser's window; tests bring a fake one. */
export interface HostWindow {
  readonly kindredHost?: HostBridge;
  readonly location: { readonly protocol: string; readonly host: string };
  readonly WebSocket: new (url: string) => WebSocketLike;
  fetch(url: string): Promise<{ readonly status: number }>;
  setTimeout(run: () => void, milliseconds: number): unknown;
  addEventListener(type: 'message', listener: (event: WindowMessage) => void): void;
  removeEventListener(type: 'message', listener: (event: WindowMessage) => void): void;
}

interface WindowMessage {
  readonly source?: unknown;
  readonly data: unknown;
  readonly ports: readonly WindowPort[];
}

/** Connects at once and in the background: calls wait for the first connection. */
export function connectHost(hostWindow: HostWindow = globalThis as unknown as HostWindow): Host {
  // zod would otherwise try to compile its checks, which the content security policy refuses and reports.
  z.config({ jitless: true });
  const bridge = hostWindow.kindredHost ?? null;
  const api = createReconnectingApi({
    open: bridge === null ? () => openWebSocket(hostWindow) : () => openPort(hostWindow, bridge),
    pause: (milliseconds) => new Promise((resolve) => hostWindow.setTimeout(resolve, milliseconds)),
  });
  return {
    kind: bridge === null ? 'web' : 'electron',
    api,
    mediaUrl: formatMediaPath,
    chooseFolders: bridge === null ? null : () => bridge.chooseFolders(),
    get connection() {
      return api.state;
    },
    onConnectionChange: (listener) => api.onStateChange(listener),
    close: () => api.close(),
  };
}

/** @throws AppError "unauthorized" where the server does not know this page, else "disconnected" */
async function openWebSocket(hostWindow: HostWindow): Promise<Transport> {
  const { protocol, host } = hostWindow.location;
  const socket = new hostWindow.WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api`);
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true));
    socket.addEventListener('error', () => resolve(false));
    socket.addEventListener('close', () => resolve(false));
  });
  if (isOpen) return createWebSocketTransport(socket);
  // A browser does not say why a socket was refused, so the server is asked.
  const answer = await hostWindow.fetch('/session');
  const code = answer.status === 401 ? 'unauthorized' : 'disconnected';
  throw new AppError(code, 'Expected the server to open a connection but it did not');
}

/** [Note: port hand-over] */
async function openPort(hostWindow: HostWindow, bridge: HostBridge): Promise<Transport> {
  const port = await new Promise<WindowPort>((resolve) => {
    const receive = (event: WindowMessage): void => {
      const [received] = event.ports;
      if (event.data !== portMessage || received === undefined) return;
      // Only the window's own preload script posts from the window itself.
      if (event.source !== hostWindow) return;
      hostWindow.removeEventListener('message', receive);
      resolve(received);
    };
    hostWindow.addEventListener('message', receive);
    bridge.requestPort();
  });
  return createWindowPortTransport(port);
}
