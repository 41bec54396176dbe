import { describe, expect, test } from 'vitest';
import { groupBy } from '../../electron/base/group-by.ts';
import { createRandom, drawSome, shuffle } from '../../electron/base/random.ts';

const items = Array.from({ length: 20 }, (_, index) => index);

describe('What is drawn by a seed', () => {
  test('is the same for the same seed, holds everything once, and leaves the list as it was', () => {
    const shuffled = shuffle(items, createRandom(3));
    expect(shuffled).toEqual(shuffle(items, createRandom(3)));
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((one, other) => one - other)).toEqual(items);
    expect(items[19]).toBe(19);
  });

  test('gives every order the same chance', () => {
    const random = createRandom(5);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw++) {
      const order = shuffle(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test('is never more than there is, and none twice', () => {
    const drawn = drawSome(items, 7, createRandom(1));
    expect(new Set(drawn).size).toBe(7);
    expect(drawSome(items, 50, createRandom(1))).toHaveLength(20);
    expect(drawSome([], 3, createRandom(1))).toEqual([]);
  });
});

test('Groups come in the order of their first item, and items keep theirs', () => {
  const groups = groupBy(['bee', 'ant', 'bat', 'axe'], (word) => word[0]);
  expect([...groups]).toEqual([
    ['b', ['bee', 'bat']],
    ['a', ['ant', 'axe']],
  ]);
});
