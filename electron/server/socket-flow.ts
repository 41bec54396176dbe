/** Watches how what is sent over a WebSocket gets away, and reads nothing more from a side that does not read. */

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Emitter } from '../base/emitter.ts';

export interface SocketFlow {
  isCongested(): boolean;
  onDrain(listener: () => void): () => void;
}

/** @param stream that the socket is carried by @param unsentBytes beyond which the socket is congested */
export function watchFlow(socket: WebSocket, stream: Duplex, unsentBytes: number): SocketFlow {
  const drains = new Emitter<void>();
  const isCongested = (): boolean => stream.writableLength > unsentBytes;

  // Whatever it sends would be answered, if only with a refusal or a pong.
  function holdBack(): void {
    if (isCongested()) socket.pause();
  }
  socket.on('message', holdBack);
  socket.on('ping', holdBack);
  stream.on('drain', () => {
    socket.resume();
    drains.emit();
  });
  return { isCongested, onDrain: (listener) => drains.on(listener) };
}
