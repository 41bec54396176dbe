/** Lets the threads of a process use something one after the other. */

import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const environmentKey = 'kindred.runtime.turnstile';
const [free, taken] = [0, 1];

/** Waits of the calling thread for its own turns: only one of them stands at the turnstile. */
let lastTurn: Promise<unknown> = Promise.resolve();

/** For the thread that starts the others, before it does: those started later inherit it. */
export function shareTurnstile(): void {
  if (readTurnstile() === undefined) setEnvironmentData(environmentKey, new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Runs `task` while no other thread runs one; in a process whose threads share no turnstile, while this thread runs no
 * other. The thread stands still while it waits.
 * @throws what `task` throws
 */
export function takeTurn<Value>(task: () => Promise<Value>): Promise<Value> {
  const turn = lastTurn.then(() => passTurnstile(task));
  lastTurn = turn.catch(() => undefined);
  return turn;
}

async function passTurnstile<Value>(task: () => Promise<Value>): Promise<Value> {
  const turnstile = readTurnstile();
  if (turnstile === undefined) return task();
  while (Atomics.compareExchange(turnstile, 0, free, taken) !== free) Atomics.wait(turnstile, 0, taken);
  try {
    return await task();
  } finally {
    Atomics.store(turnstile, 0, free);
    Atomics.notify(turnstile, 0, 1);
  }
}

function readTurnstile(): Int32Array | undefined {
  const shared = getEnvironmentData(environmentKey) as unknown;
  return shared instanceof SharedArrayBuffer ? new Int32Array(shared) : undefined;
}
