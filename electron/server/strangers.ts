/** Keeps connections that have not shown who they are from taking the place of those that have. */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Strangers {
  /** Whoever is behind the connection has shown a cookie or a token. */
  admit(socket: Socket): void;
}

/** The oldest makes room: who means well asks at once, and is known before many others have come. */
export function limitStrangers(server: Server, limit: number): Strangers {
  const strangers = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    const [oldest] = strangers;
    if (strangers.size >= limit) oldest?.destroy();
    strangers.add(socket);
    socket.once('close', () => strangers.delete(socket));
  });
  return { admit: (socket) => void strangers.delete(socket) };
}
