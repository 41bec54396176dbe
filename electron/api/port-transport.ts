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

/** The window's end; it receipts what comes, see [Note: receipts]. */
export function createWindowPortTransport(port: WindowPort): Transport {
  const listen: Listen = (deliver, finish) => {
    port.addEventListener('message', (event) => deliver(event.data));
    port.addEventListener('close', finish);
  };
  return createPortTransport(port, listen, { givesReceipts: true });
}

/** The main process's end; it waits for receipts. */
export function createMainPortTransport(port: MainPort): Transport {
  const listen: Listen = (deliver, finish) => {
    port.on('message', (event) => deliver(event.data));
    port.on('close', finish);
  };
  return createPortTransport(port, listen, { givesReceipts: false });
}

type Listen = (deliver: (message: unknown) => void, finish: () => void) => void;

/** [Note: receipts] A port does not tell how much waits in it: so the window says of each message that it has come. */
const receipt = 'kindred:received';
/** Messages without a receipt beyond which the window counts as one that does not keep up. */
const unreceivedMessages = 16;

/** A window's port does not everywhere learn that its other end has gone: so the end is a message, too. */
const farewell = 'kindred:close';

function createPortTransport(port: PortLike, listen: Listen, { givesReceipts }: { givesReceipts: boolean }): Transport {
  const messages = new Emitter<unknown>();
  const closes = new Emitter<void>();
  const drains = new Emitter<void>();
  let unreceived = 0;
  let isClosed = false;

  const isCongested = (): boolean => !givesReceipts && unreceived >= unreceivedMessages;

  function takeReceipt(): void {
    const wasCongested = isCongested();
    unreceived = Math.max(0, unreceived - 1);
    if (wasCongested && !isCongested()) drains.emit();
  }

  listen((message) => {
    if (isClosed) return;
    if (message === farewell) {
      port.close();
      finish();
    } else if (message === receipt) {
      takeReceipt();
    } else {
      if (givesReceipts) port.postMessage(receipt);
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
      if (isClosed) return;
      unreceived += 1;
      port.postMessage(message);
    },
    onMessage: (listener) => messages.on(listener),
    onClose: (listener) => closes.on(listener),
    isCongested,
    onDrain: (listener) => drains.on(listener),
    close: () => {
      if (isClosed) return;
      port.postMessage(farewell);
      port.close();
      finish();
    },
  };
}
