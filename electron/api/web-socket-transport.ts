/** A Transport over a WebSocket: the browser's own and the `ws` package's share the interface it needs. */

import { Emitter } from '../base/emitter.ts';
import { isAppError } from '../base/errors.ts';
import { checkMessageText } from './measure-message.ts';
import type { MessageLimits } from './measure-message.ts';
import type { Transport } from './transport.ts';

/** What both the browser's WebSocket and that of the `ws` package offer. */
export interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}

export interface WebSocketOptions {
  /** Of what arrives; a peer that is trusted has none. */
  readonly limits?: MessageLimits;
  /** How what is sent gets away, where that can be told. */
  readonly flow?: Pick<Transport, 'isCongested' | 'onDrain'>;
}

const openState = 1;
/** RFC 6455, 7.4.1: data not consistent with the type of the message. */
const inconsistentDataCode = 1007;

/** @param socket an open or connecting socket; what is sent before it opens is sent then, in order */
export function createWebSocketTransport(socket: WebSocketLike, { limits, flow }: WebSocketOptions = {}): Transport {
  const messages = new Emitter<unknown>();
  const closes = new Emitter<void>();
  const waiting: string[] = [];
  let isClosed = socket.readyState > openState;

  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  socket.addEventListener('message', (event) => {
    if (isClosed) return;
    const message = parseMessage(event.data, limits);
    if (message === unparsable) socket.close(inconsistentDataCode, 'not JSON');
    else messages.emit(message);
  });
  // A socket that fails reports an error first and then closes: the close is what counts.
  socket.addEventListener('error', () => {});
  socket.addEventListener('close', finish);

  function finish(): void {
    if (isClosed) return;
    isClosed = true;
    waiting.length = 0;
    closes.emit();
  }

  return {
    send: (message) => {
      const text = JSON.stringify(message);
      if (socket.readyState === openState) socket.send(text);
      else if (socket.readyState < openState) waiting.push(text);
      // Otherwise the close is on its way, and fails whoever waits for an answer.
    },
    onMessage: (listener) => messages.on(listener),
    onClose: (listener) => closes.on(listener),
    isCongested: () => flow?.isCongested() ?? false,
    onDrain: (listener) => flow?.onDrain(listener) ?? (() => {}),
    close: () => {
      socket.close();
      finish();
    },
  };
}

const unparsable = Symbol('unparsable');

/** @returns the AppError "too-much" in place of a message that is too large to be parsed */
function parseMessage(data: unknown, limits: MessageLimits | undefined): unknown {
  if (typeof data !== 'string') return unparsable;
  try {
    if (limits !== undefined) checkMessageText(data, limits);
    return JSON.parse(data) as unknown;
  } catch (error) {
    return isAppError(error, 'too-much') ? error : unparsable;
  }
}
