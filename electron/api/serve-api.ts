/** The serving side of KindredApi: validates what arrives on a Transport, calls the engine, sends answers back. */

import { AppError, serializeError } from '../base/errors.ts';
import { contract, events as eventSchemas } from './contract.ts';
import type { EventName, EventPayload, Method, MethodHandlers, ValidParams } from './contract.ts';
import { clientMessageSchema, describeIssue } from './protocol.ts';
import type { ServerMessage } from './protocol.ts';
import type { Transport } from './transport.ts';

/** Where the engine's events come from. */
export interface EventSource {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

export interface ServeOptions {
  /** Told of errors that are nobody's fault but ours: what a handler throws that is no AppError, or came so from a thread. */
  onBug?: (error: unknown, method: string) => void;
}

/**
 * Serves one connection until it closes; calls still under way are then cancelled.
 * @returns ends the serving without closing the transport
 */
export function serveApi(
  handlers: MethodHandlers,
  events: EventSource,
  transport: Transport,
  options: ServeOptions = {},
): () => void {
  const callsUnderWay = new Map<number, AbortController>();
  const subscriptions = new Map<EventName, () => void>();
  let isStopped = false;

  const stopListening = transport.onMessage((message) => receive(message));
  const stopWatchingClose = transport.onClose(stop);

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    stopListening();
    stopWatchingClose();
    for (const unsubscribe of subscriptions.values()) unsubscribe();
    subscriptions.clear();
    for (const controller of callsUnderWay.values()) controller.abort();
    callsUnderWay.clear();
  }

  function send(message: ServerMessage): void {
    if (!isStopped) transport.send(message);
  }

  function fail(id: number | null, error: unknown): void {
    send({ type: 'failure', id, error: serializeError(error) });
  }

  function receive(raw: unknown): void {
    const parsed = clientMessageSchema.safeParse(raw);
    if (!parsed.success) {
      const { message, field } = describeIssue(parsed.error, 'message', raw);
      return fail(null, new AppError('bad-argument', message, { parameters: { field } }));
    }
    const message = parsed.data;
    switch (message.type) {
      case 'request':
        // `answer` reports its own failures.
        void answer(message.id, message.method, message.params);
        break;
      case 'cancel':
        callsUnderWay.get(message.id)?.abort();
        break;
      case 'subscribe':
        subscribe(message.event);
        break;
      case 'unsubscribe':
        unsubscribe(message.event);
        break;
    }
  }

  async function answer(id: number, method: string, params: unknown): Promise<void> {
    if (callsUnderWay.has(id)) {
      return fail(null, new AppError('bad-argument', `Expected an unused id for the request but received ${id}`));
    }
    const controller = new AbortController();
    callsUnderWay.set(id, controller);
    try {
      const result = await callHandler(handlers, method, params, controller.signal);
      send({ type: 'response', id, result });
    } catch (error) {
      if (controller.signal.aborted) {
        fail(id, new AppError('cancelled', `The call of ${method} was cancelled`, { parameters: { method } }));
      } else {
        if (!(error instanceof AppError) || error.code === 'internal') options.onBug?.(error, method);
        fail(id, error);
      }
    } finally {
      callsUnderWay.delete(id);
    }
  }

  function subscribe(name: string): void {
    if (!Object.hasOwn(eventSchemas, name)) {
      return fail(null, new AppError('bad-argument', `Expected an event of the API but received "${name}"`));
    }
    const event = name as EventName;
    if (subscriptions.has(event)) return;
    subscriptions.set(
      event,
      events.on(event, (payload) => send({ type: 'event', event, payload })),
    );
  }

  function unsubscribe(name: string): void {
    subscriptions.get(name as EventName)?.();
    subscriptions.delete(name as EventName);
  }

  return stop;
}

/** @throws AppError "bad-argument" naming the field that does not fit the contract */
async function callHandler(
  handlers: MethodHandlers,
  name: string,
  params: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!Object.hasOwn(contract, name)) {
    throw new AppError('bad-argument', `Expected a method of the API but received "${name}"`, {
      parameters: { method: name, field: 'method' },
    });
  }
  const method = name as Method;
  const valid = validateParams(method, params);
  // The handler of a method takes that method's parameters; a union of methods cannot say so.
  const handler = handlers[method] as (params: unknown, context: { signal: AbortSignal }) => Promise<unknown>;
  return await handler(valid, { signal });
}

/** @throws AppError "bad-argument" naming the field that does not fit the contract */
export function validateParams<M extends Method>(method: M, params: unknown): ValidParams<M> {
  const parsed = contract[method].params.safeParse(params);
  if (parsed.success) return parsed.data as ValidParams<M>;
  const { message, field } = describeIssue(parsed.error, method, params);
  throw new AppError('bad-argument', message, { parameters: { method, field } });
}
