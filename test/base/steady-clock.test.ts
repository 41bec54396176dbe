import { describe, expect, test } from 'vitest';
import { createSteadyClock } from '../../electron/base/steady-clock.ts';

describe('a steady clock', () => {
  test('goes on by what has passed while the machine is set back an hour', () => {
    let dateMs = 10_000_000;
    let tickMs = 0;
    const now = createSteadyClock(() => dateMs, () => tickMs);
    expect(now()).toBe(10_000_000);
    dateMs -= 3_600_000;
    tickMs += 250;
    expect(now()).toBe(10_000_250);
    dateMs += 1_000;
    tickMs += 1_000;
    expect(now()).toBe(10_001_250);
  });

  test('follows the machine where it has slept, and ticks have not', () => {
    let dateMs = 10_000_000;
    const now = createSteadyClock(() => dateMs, () => 0);
    dateMs += 7_200_000;
    expect(now()).toBe(17_200_000);
  });

  test('reads milliseconds UTC by itself', () => {
    const before = Date.now();
    expect(createSteadyClock()()).toBeGreaterThanOrEqual(before);
  });
});
