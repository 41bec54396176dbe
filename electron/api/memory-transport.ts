/** Two transports joined in memory, for a host in the same process and for tests. */

import { AppError } from '../base/errors.ts';
import { Emitter } from '../base/emitter.ts';
import type { Transport } from './transport.ts';

class MemoryTransport implements Transport {
  readonly #messages = new Emitter<unknown>();
  readonly #closes = new Emitter<void>();
  #peer: MemoryTransport | null = null;
  #isClosed = false;

  join(peer: MemoryTransport): void {
    this.#peer = peer;
  }

  /** @throws AppError "bad-argument" for what JSON would lose: the other transports would lose it, too */
  send(message: unknown): void {
    if (this.#isClosed) return;
    assertJsonSafe(message, 'message');
    const copy: unknown = structuredClone(message);
    const peer = this.#peer;
    queueMicrotask(() => {
      if (peer !== null && !peer.#isClosed) peer.#messages.emit(copy);
    });
  }

  onMessage(listener: (message: unknown) => void): () => void {
    return this.#messages.on(listener);
  }

  onClose(listener: () => void): () => void {
    return this.#closes.on(listener);
  }

  /** The other side is the same process: what is sent is taken in at once. */
  isCongested(): boolean {
    return false;
  }

  onDrain(): () => void {
    return () => {};
  }

  close(): void {
    const peer = this.#peer;
    this.#finish();
    // Messages sent before the end still arrive before it.
    queueMicrotask(() => {
      if (peer !== null) peer.#finish();
    });
  }

  #finish(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closes.emit();
  }
}

export function createMemoryTransports(): [Transport, Transport] {
  const first = new MemoryTransport();
  const second = new MemoryTransport();
  first.join(second);
  second.join(first);
  return [first, second];
}

/** @throws AppError "bad-argument" naming the place of the first value that JSON cannot carry */
function assertJsonSafe(value: unknown, place: string): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      break;
    case 'object': {
      if (value === null) return;
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) assertJsonSafe(value[index], place);
        return;
      }
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) break;
      for (const [key, entry] of Object.entries(value)) assertJsonSafe(entry, `${place}.${key}`);
      return;
    }
    default:
      break;
  }
  throw new AppError('bad-argument', `Expected plain JSON data for ${place} but received ${String(value)}`, {
    parameters: { field: place },
  });
}
