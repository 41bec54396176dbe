/** A clock that never goes back, for pauses and durations: the machine's own is set back now and then. */

/**
 * Follows the machine's clock as long as that goes on, and the time that has passed where it was set back.
 * @param readDate milliseconds UTC
 * @param readTick milliseconds from anywhere, never less than before
 * @returns reads milliseconds UTC
 */
export function createSteadyClock(readDate: () => number = Date.now, readTick: () => number = () => performance.now()): () => number {
  let last = { dateMs: readDate(), tickMs: readTick() };
  return () => {
    const tickMs = readTick();
    last = { dateMs: Math.max(readDate(), last.dateMs + (tickMs - last.tickMs)), tickMs };
    return last.dateMs;
  };
}
