/** The two ends of a message channel as Electron has them: a DOM port in the window, an emitter in the main process. */

import { EventEmitter } from 'node:events';
import type { MainPort, WindowPort } from '../../electron/api/port-transport.ts';

type Listener = (event: { data: unknown }) => void;

/** Like the real ones: messages are cloned, wait until `start`, and nothing arrives after `close`. */
abstract class FakePort {
  peer: FakePort | null = null;
  readonly #waiting: unknown[] = [];
  #isStarted = false;
  #isClosed = false;

  protected abstract deliver(event: { data: unknown }): void;
  protected abstract announceClose(): void;

  postMessage(message: unknown): void {
    const copy: unknown = structuredClone(message);
    const peer = this.peer;
    if (!this.#isClosed && peer !== null) setImmediate(() => peer.#receive(copy));
  }

  start(): void {
    this.#isStarted = true;
    for (const message of this.#waiting.splice(0)) this.deliver({ data: message });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const peer = this.peer;
    setImmediate(() => {
      if (peer !== null && !peer.#isClosed) peer.announceClose();
    });
  }

  #receive(message: unknown): void {
    if (this.#isClosed) return;
    if (this.#isStarted) this.deliver({ data: message });
    else this.#waiting.push(message);
  }
}

class FakeWindowPort extends FakePort implements WindowPort {
  readonly #listeners: Listener[] = [];

  addEventListener(type: 'message' | 'close', listener: Listener | (() => void)): void {
    // A window's port does not reliably announce its end: the adapter must not depend on it.
    if (type === 'message') this.#listeners.push(listener as Listener);
  }

  protected deliver(event: { data: unknown }): void {
    for (const listener of this.#listeners) listener(event);
  }

  protected announceClose(): void {}
}

class FakeMainPort extends FakePort implements MainPort {
  readonly #emitter = new EventEmitter();

  on(type: 'message' | 'close', listener: Listener | (() => void)): this {
    this.#emitter.on(type, listener);
    return this;
  }

  protected deliver(event: { data: unknown }): void {
    this.#emitter.emit('message', event);
  }

  protected announceClose(): void {
    this.#emitter.emit('close');
  }
}

export function createFakePorts(): { windowPort: WindowPort; mainPort: MainPort } {
  const windowPort = new FakeWindowPort();
  const mainPort = new FakeMainPort();
  windowPort.peer = mainPort;
  mainPort.peer = windowPort;
  return { windowPort, mainPort };
}
