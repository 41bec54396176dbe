/** A Transport over a message port: the DOM's MessagePort in a window, Electron's MessagePortMain in the main process. */

import { Emitter } from '../base/emitter.ts';
import type { Transport } from './transport.ts';

/** What both kinds of port offer once they are wrapped; tests bring fakes. */
export interface PortLike {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** The window's end: events arrive through addEventListener. */
export interface WindowPort extends PortLike {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

/** The main process's end: events arrive through Node's `on`. */
export interface MainPort extends PortLike {
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
}

export function createWindowPortTransport(port: WindowPort): Transport {
  return createPortTransport(port, (deliver, finish) => {
    port.addEventListener('message', (event) => deliver(event.data));
    port.addEventListener('close', finish);
  });
}

export function createMainPortTransport(port: MainPort): Transport {
  return createPortTransport(port, (deliver, finish) => {
    port.on('message', (event) => deliver(event.data));
    port.on('close', finish);
  });
}

/** A window's port does not everywhere learn that its other end has gone: so the end is a message, too. */
const farewell = 'kindred:close';

function createPortTransport(
  port: PortLike,
  listen: (deliver: (message: unknown) => void, finish: () => void) => void,
): Transport {
  const messages = new Emitter<unknown>();
  const closes = new Emitter<void>();
  let isClosed = false;

  listen((message) => {
    if (isClosed) return;
    if (message === farewell) {
      port.close();
      finish();
    } else {
      messages.emit(message);
    }
  }, finish);
  port.start();

  function finish(): void {
    if (isClosed) return;
    isClosed = true;
    closes.emit();
  }

  return {
    send: (message) => {
      if (!isClosed) port.postMessage(message);
    },
    onMessage: (listener) => messages.on(listener),
    onClose: (listener) => closes.on(listener),
    close: () => {
      if (isClosed) return;
      port.postMessage(farewell);
      port.close();
      finish();
    },
  };
}
