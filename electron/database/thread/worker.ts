/** The thread that owns a library's file: answers one request after the other, in the order they came. */

import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { packError } from '../../base/thread-errors.ts';
import { openConnection, type Connection } from '../file/connection.ts';
import { openingId, type Request, type WorkerMessage, type WorkerOptions } from './protocol.ts';
import { describeStorageError } from '../file/sqlite-errors.ts';
import { createLibraryStore, type LibraryStore } from '../store.ts';

const port = parentPort;
if (port === null) throw new Error('Expected to run in a worker thread');

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function answer(connection: Connection, store: LibraryStore, { id, method, args }: Request): void {
  try {
    const value = findMethod(store, method)(...args);
    send({ kind: 'answer', id, value }, listBuffers(value));
  } catch (error) {
    send({ kind: 'error', id, error: packError(describeStorageError(error, connection.path)) });
  }
  if (method === 'close') port?.close();
}

/** @throws AppError "internal" for a name that is none of the store's own */
function findMethod(store: LibraryStore, method: string): (...args: readonly unknown[]) => unknown {
  if (Object.hasOwn(store, method)) return store[method as keyof LibraryStore] as (...args: readonly unknown[]) => unknown;
  throw new AppError('internal', `Expected a method of the library but received ${method}`, { parameters: { method } });
}

/** Buffers of an answer's own arrays change hands instead of being copied: a clustering's input is gigabytes. */
function listBuffers(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  const buffers = new Set<ArrayBuffer>();
  for (const member of Object.values(value)) {
    if (ArrayBuffer.isView(member) && member.buffer instanceof ArrayBuffer) buffers.add(member.buffer);
  }
  return [...buffers];
}

try {
  const connection = openConnection(workerData as WorkerOptions);
  const store = createLibraryStore(connection);
  port.on('message', (request: Request) => answer(connection, store, request));
  send({ kind: 'answer', id: openingId, value: null });
} catch (error) {
  send({ kind: 'error', id: openingId, error: packError(error) });
  port.close();
}
