/** The serving side of KindredApi: validates what arrives on a Transport, calls the engine, sends answers back. */

import { AppError, serializeError } from '../base/errors.ts';
import { Limiter } from '../base/limiter.ts';
import { CallQueue } from './call-queue.ts';
import { contract, events as eventSchemas } from './contract.ts';
import type { EventName, EventPayload, Method, MethodHandlers, ValidParams } from './contract.ts';
import { apiLimits } from './limits.ts';
import type { ApiLimits } from './limits.ts';
import { measureMessage } from './measure-message.ts';
import { clientMessageSchema, describeIssue } from './protocol.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import type { Transport } from './transport.ts';

/** Where the engine's events come from. */
export interface EventSource {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

export interface ServeOptions {
  /** Called with errors that are nobody's fault but ours: what a handler throws that is no AppError, or came so from a thread. */
  readonly onBug?: (error: unknown, method: string) => void;
  readonly limits?: ApiLimits;
  /** Of `callsOfAll`, shared by the connections of a host; without it, the connection has its own. */
  readonly slots?: Limiter;
}

/**
 * Serves one connection until it closes; calls still under way are then cancelled. Nothing that arrives makes it throw.
 * @returns ends the serving without closing the transport
 */
export function serveApi(
  handlers: MethodHandlers,
  events: EventSource,
  transport: Transport,
  options: ServeOptions = {},
): () => void {
  const { limits = apiLimits, onBug } = options;
  const slots = options.slots ?? new Limiter(limits.callsOfAll);
  /** Those that run and those that wait. */
  const calls = new Map<number, { readonly method: string; readonly controller: AbortController }>();
  const queue = new CallQueue({ limits, slots, isHeldBack: () => transport.isCongested() });
  const subscriptions = new Map<EventName, () => void>();
  let unreadMessages = 0;
  let isStopped = false;

  const stopListening = transport.onMessage(receive);
  const stopWatchingDrain = transport.onDrain(() => queue.advance());
  const stopWatchingClose = transport.onClose(stop);

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    stopListening();
    stopWatchingDrain();
    stopWatchingClose();
    for (const unsubscribe of subscriptions.values()) unsubscribe();
    subscriptions.clear();
    queue.clear();
    for (const { controller } of calls.values()) controller.abort();
    calls.clear();
  }

  /** @throws whatever a transport throws for what it cannot carry */
  function send(message: ServerMessage): void {
    if (isStopped) return;
    unreadMessages = transport.isCongested() ? unreadMessages + 1 : 0;
    if (unreadMessages <= limits.unreadMessages) transport.send(message);
    // Calls wait for a side that does not read; refusals and events would pile up without end.
    else transport.close();
  }

  /** A connection over which not even this can be said is of no use to anybody. */
  function sendOrClose(message: ServerMessage): void {
    try {
      send(message);
    } catch (error) {
      onBug?.(error, message.type);
      transport.close();
    }
  }

  function fail(id: number | null, error: unknown): void {
    sendOrClose({ type: 'failure', id, error: serializeError(error) });
  }

  function receive(raw: unknown): void {
    try {
      // In place of a message that was too large for the transport already.
      if (raw instanceof AppError) throw raw;
      const bytes = measureMessage(raw, limits);
      const parsed = clientMessageSchema.safeParse(raw);
      if (parsed.success) return take(parsed.data, bytes);
      const { message, field } = describeIssue(parsed.error, 'message', raw);
      throw new AppError('bad-argument', message, { parameters: { field } });
    } catch (error) {
      if (!(error instanceof AppError)) onBug?.(error, 'message');
      const id = readCallId(raw);
      fail(id !== null && calls.has(id) ? null : id, error);
    }
  }

  function take(message: ClientMessage, bytes: number): void {
    switch (message.type) {
      case 'request':
        begin(message.id, message.method, message.params, bytes);
        break;
      case 'cancel':
        cancel(message.id);
        break;
      case 'subscribe':
        subscribe(message.event);
        break;
      case 'unsubscribe':
        unsubscribe(message.event);
        break;
    }
  }

  function begin(id: number, method: string, params: unknown, bytes: number): void {
    if (calls.has(id)) {
      return fail(null, new AppError('bad-argument', `Expected an unused id for the request but received ${id}`));
    }
    const controller = new AbortController();
    calls.set(id, { method, controller });
    try {
      queue.add(id, bytes, () => answer(id, method, params, controller.signal));
    } catch (error) {
      calls.delete(id);
      fail(id, error);
    }
  }

  function cancel(id: number): void {
    const call = calls.get(id);
    if (call === undefined) return;
    call.controller.abort();
    // One that runs is answered once it has stopped.
    if (!queue.remove(id)) return;
    calls.delete(id);
    fail(id, createCancelled(call.method));
  }

  async function answer(id: number, method: string, params: unknown, signal: AbortSignal): Promise<void> {
    if (isStopped) return;
    try {
      if (signal.aborted) throw createCancelled(method);
      const result = await callHandler(handlers, method, params, signal);
      send({ type: 'response', id, result });
    } catch (error) {
      if (!signal.aborted && (!(error instanceof AppError) || error.code === 'internal')) onBug?.(error, method);
      fail(id, signal.aborted ? createCancelled(method) : error);
    } finally {
      calls.delete(id);
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
      events.on(event, (payload) => sendOrClose({ type: 'event', event, payload })),
    );
  }

  function unsubscribe(name: string): void {
    subscriptions.get(name as EventName)?.();
    subscriptions.delete(name as EventName);
  }

  return stop;
}

function createCancelled(method: string): AppError {
  return new AppError('cancelled', `The call of ${method} was cancelled`, { parameters: { method } });
}

/** @returns the id of a request that cannot be taken, so that who waits for its answer gets one */
function readCallId(raw: unknown): number | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { type, id } = raw as { type?: unknown; id?: unknown };
  return type === 'request' && typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : null;
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
