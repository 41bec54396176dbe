import { expect, test } from 'vitest';
import { Limiter } from '../../electron/base/limiter.ts';

test('a limiter runs at most so many tasks at a time, in order, and goes on after one fails', async () => {
  const limiter = new Limiter(2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  let running = 0;
  let mostRunning = 0;
  const tasks = [0, 1, 2, 3].map((index) =>
    limiter.run(async () => {
      started.push(index);
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
      if (index === 1) throw new Error('one that fails');
      return index;
    }),
  );
  const settled = Promise.allSettled(tasks);
  for (let index = 0; index < 4; index += 1) {
    await expect.poll(() => finish.length).toBeGreaterThan(index);
    finish[index]!();
  }
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(mostRunning).toBe(2);
});
