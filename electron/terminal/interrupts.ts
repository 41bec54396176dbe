/** Hears Ctrl-C, and the system's wish that the process ends, once each time that it is meant. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A Ctrl-C reaches a program several times: from the terminal, and from each of the programs that started it and pass it
 *  on. Signals within this time are one; somebody in a hurry presses it again later. */
const sameInterruptMs = 1_000;

/** The part of the process that is used here; tests bring their own. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** @param now milliseconds that only ever grow @returns stops listening */
export function listenForInterrupts(
  source: SignalSource,
  listener: () => void,
  now: () => number = () => performance.now(),
): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  const receive = (): void => {
    const isNew = now() - lastMs >= sameInterruptMs;
    if (!isNew) return;
    lastMs = now();
    listener();
  };
  for (const signal of signals) source.on(signal, receive);
  return () => {
    for (const signal of signals) source.off(signal, receive);
  };
}
