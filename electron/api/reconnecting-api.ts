/** A KindredApi that outlives its connection: it connects anew with growing pauses and keeps subscriptions. */

import { AppError, isAppError } from '../base/errors.ts';
import { Emitter } from '../base/emitter.ts';
import { connectApi } from './connect-api.ts';
import type { ConnectedApi } from './connect-api.ts';
import { changeTopics } from './contract.ts';
import type { EventName, EventPayload, KindredApi, Method, Params, Result } from './contract.ts';
import type { ConnectionState } from './host.ts';
import type { Transport } from './transport.ts';

export interface ReconnectingApi extends KindredApi {
  readonly state: ConnectionState;
  onStateChange(listener: (state: ConnectionState) => void): () => void;
  close(): void;
}

export interface ReconnectOptions {
  /** @throws AppError "unauthorized" where trying again is of no use; any other error is tried again */
  open: () => Promise<Transport>;
  /** Waits between two attempts. */
  pause: (milliseconds: number) => Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

export function createReconnectingApi(options: ReconnectOptions): ReconnectingApi {
  const states = new Emitter<ConnectionState>();
  const subscriptions = new Set<(api: ConnectedApi) => void>();
  const changedListeners = new Emitter<EventPayload<'changed'>>();
  let state: ConnectionState = 'connecting';
  let current: ConnectedApi | null = null;

  function changeState(next: ConnectionState): void {
    if (state === next || state === 'closed') return;
    state = next;
    states.emit(next);
  }

  async function keepConnected(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (state !== 'closed') {
      try {
        await runConnection(await options.open(), () => {
          pauseMs = firstPauseMs;
        });
      } catch (error) {
        if (isAppError(error, 'unauthorized')) return changeState('unauthorized');
      }
      if (isFinal(state)) return;
      // Before the first connection, waiting calls go on waiting.
      if (state === 'connected') changeState('reconnecting');
      await options.pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  /** @returns when the connection has ended */
  async function runConnection(transport: Transport, onOpen: () => void): Promise<void> {
    if (isFinal(state)) return transport.close();
    const api = connectApi(transport);
    current = api;
    const wasConnectedBefore = state === 'reconnecting';
    const ended = new Promise<void>((resolve) => api.onClose(resolve));
    for (const subscribe of subscriptions) subscribe(api);
    changeState('connected');
    onOpen();
    // Whatever happened in between went unheard.
    if (wasConnectedBefore) changedListeners.emit({ topics: [...changeTopics], people: null, faces: null, photos: null });
    await ended;
    current = null;
  }

  /** @returns the connection, or null where there is none and waiting is of no use */
  async function waitForConnection(signal: AbortSignal | undefined): Promise<ConnectedApi | null> {
    if (state !== 'connecting') return current;
    return await new Promise((resolve) => {
      const finish = (): void => {
        stop();
        signal?.removeEventListener('abort', finish);
        resolve(current);
      };
      const stop = states.on(finish);
      signal?.addEventListener('abort', finish, { once: true });
    });
  }

  async function call<M extends Method>(
    method: M,
    params: Params<M>,
    callOptions: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const { signal } = callOptions;
    const api = current ?? (await waitForConnection(signal));
    if (signal?.aborted) throw new AppError('cancelled', `The call of ${method} was cancelled`);
    if (api === null) {
      const code = state === 'unauthorized' ? 'unauthorized' : 'disconnected';
      throw new AppError(code, 'Expected a connection to the engine but there is none');
    }
    return await api.call(method, params, callOptions);
  }

  function on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    let stopCurrent: (() => void) | null = null;
    const subscribe = (api: ConnectedApi): void => {
      stopCurrent = api.on(event, listener);
    };
    subscriptions.add(subscribe);
    if (current !== null) subscribe(current);
    const stopChanged =
      event === 'changed'
        ? changedListeners.on(listener as (payload: EventPayload<'changed'>) => void)
        : null;
    return () => {
      subscriptions.delete(subscribe);
      stopCurrent?.();
      stopChanged?.();
    };
  }

  // Failures to open are answered with another attempt, so nothing is left to report.
  void keepConnected();

  return {
    call,
    on,
    get state() {
      return state;
    },
    onStateChange: (listener) => states.on(listener),
    close: () => {
      changeState('closed');
      current?.close();
    },
  };
}

function isFinal(state: ConnectionState): boolean {
  return state === 'closed' || state === 'unauthorized';
}
