import { describe, expect, test } from 'vitest';
import { WorkQueue } from '../../electron/jobs/work-queue.ts';

describe('a work queue', () => {
  test('hands items out in order, to those who wait first', async () => {
    const queue = new WorkQueue<number>();
    const early = [queue.take(), queue.take()];
    for (let item = 0; item < 5000; item += 1) queue.push(item);
    expect(await Promise.all(early)).toEqual([0, 1]);
    for (let item = 2; item < 5000; item += 1) expect(await queue.take()).toBe(item);
  });

  test('gives what is left after it was closed, then null to everybody', async () => {
    const queue = new WorkQueue<string>();
    queue.push('last');
    queue.close();
    expect(await queue.take()).toBe('last');
    expect(await queue.take()).toBeNull();
  });

  test('wakes those who wait when it is closed', async () => {
    const queue = new WorkQueue<string>();
    const waiting = [queue.take(), queue.take()];
    queue.close();
    expect(await Promise.all(waiting)).toEqual([null, null]);
  });

  test('drops its items when it fails, and the first failure is the one told', async () => {
    const queue = new WorkQueue<string>();
    const waiting = queue.take();
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    await expect(waiting).rejects.toThrow('first');
    queue.push('too late');
    await expect(queue.take()).rejects.toThrow('first');
  });
});
