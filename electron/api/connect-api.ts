/** The calling side of KindredApi: turns calls into messages on a Transport and answers back into results. */

import { AppError, deserializeError } from '../base/errors.ts';
import { contract, events } from './contract.ts';
import type { EventName, EventPayload, KindredApi, Method, Params, Result } from './contract.ts';
import { apiLimits } from './limits.ts';
import { measureMessage } from './measure-message.ts';
import { describeIssue, serverMessageSchema } from './protocol.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import type { Transport } from './transport.ts';

export interface ConnectedApi extends KindredApi {
  /** Calls under way fail with AppError "disconnected". */
  close(): void;
  onClose(listener: () => void): () => void;
}

interface PendingCall {
  readonly method: Method;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type AnyListener = (payload: unknown) => void;

/** @returns an api whose calls fail with AppError "disconnected" once the transport is closed */
export function connectApi(transport: Transport): ConnectedApi {
  const pendingCalls = new Map<number, PendingCall>();
  const listenersByEvent = new Map<EventName, Set<AnyListener>>();
  const closeListeners = new Set<() => void>();
  let nextId = 0;
  let isClosed = false;

  const stopListening = transport.onMessage((message) => {
    const parsed = serverMessageSchema.safeParse(message);
    // A peer that does not speak the protocol cannot be trusted to answer what is still open.
    if (parsed.success) receive(parsed.data);
    else close();
  });
  const stopWatchingClose = transport.onClose(finish);

  function receive(message: ServerMessage): void {
    switch (message.type) {
      case 'response':
        takePending(message.id)?.resolve(message.result);
        break;
      case 'failure':
        if (message.id !== null) takePending(message.id)?.reject(deserializeError(message.error));
        break;
      case 'event':
        receiveEvent(message.event, message.payload);
        break;
    }
  }

  /** A cancelled call's answer may still arrive: nobody waits for it, so nothing is found. */
  function takePending(id: number): PendingCall | undefined {
    const pending = pendingCalls.get(id);
    pendingCalls.delete(id);
    return pending;
  }

  function receiveEvent(name: string, payload: unknown): void {
    if (!isEventName(name)) return close();
    const parsed = events[name].safeParse(payload);
    if (!parsed.success) return close();
    for (const listener of [...(listenersByEvent.get(name) ?? [])]) listener(parsed.data);
  }

  function send(message: ClientMessage): void {
    transport.send(message);
  }

  function close(): void {
    transport.close();
    finish();
  }

  function finish(): void {
    if (isClosed) return;
    isClosed = true;
    stopListening();
    stopWatchingClose();
    for (const pending of pendingCalls.values()) pending.reject(disconnected());
    pendingCalls.clear();
    for (const listener of [...closeListeners]) listener();
  }

  function call<M extends Method>(
    method: M,
    params: Params<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const { signal } = options;
    if (isClosed) return Promise.reject(disconnected());
    if (signal?.aborted) return Promise.reject(cancelled(method));
    const id = nextId++;
    return new Promise<Result<M>>((resolve, reject) => {
      const abort = (): void => {
        if (takePending(id) === undefined) return;
        reject(cancelled(method));
        send({ type: 'cancel', id });
      };
      const ignoreAbort = (): void => signal?.removeEventListener('abort', abort);
      pendingCalls.set(id, {
        method,
        resolve: (result) => {
          ignoreAbort();
          const parsed = contract[method].result.safeParse(result);
          if (parsed.success) resolve(parsed.data as Result<M>);
          else reject(new AppError('internal', describeIssue(parsed.error, `result of ${method}`, result).message));
        },
        reject: (error) => {
          ignoreAbort();
          reject(error);
        },
      });
      signal?.addEventListener('abort', abort, { once: true });
      try {
        // What the other side would refuse need not be sent.
        measureMessage(params, apiLimits, method);
        send({ type: 'request', id, method, params });
      } catch (error) {
        takePending(id)?.reject(
          error instanceof AppError
            ? error
            : new AppError('bad-argument', `Expected plain data for the arguments of ${method}`, { cause: error }),
        );
      }
    });
  }

  function on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    const listeners = listenersByEvent.get(event) ?? new Set<AnyListener>();
    listenersByEvent.set(event, listeners);
    // The same function subscribed twice is two subscriptions.
    const entry: AnyListener = (payload) => listener(payload as EventPayload<E>);
    listeners.add(entry);
    if (listeners.size === 1 && !isClosed) send({ type: 'subscribe', event });
    return () => {
      if (!listeners.delete(entry)) return;
      if (listeners.size === 0 && !isClosed) send({ type: 'unsubscribe', event });
    };
  }

  return {
    call,
    on,
    close,
    onClose: (listener) => {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
  };
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}

function disconnected(): AppError {
  return new AppError('disconnected', 'Expected an open connection to the engine but it was closed');
}

function cancelled(method: Method): AppError {
  return new AppError('cancelled', `The call of ${method} was cancelled`, { parameters: { method } });
}
