import { describe, expect, it } from 'vitest';
import { boxContains } from '../../electron/geometry/boxes.ts';
import type { Box, Point } from '../../electron/geometry/types.ts';
import { findHints, placeAroundHints } from '../../electron/pipeline/hints.ts';

const box = (x: number, y: number, side: number): Box => ({ x, y, width: side, height: side });

describe('hints at small faces', () => {
  it('are the centres of small boxes, the best first', () => {
    const smallBoxes = [
      { box: box(0, 0, 10), score: 0.1 },
      { box: box(100, 40, 20), score: 0.3 },
    ];
    expect(findHints(smallBoxes, [])).toEqual([
      [110, 50],
      [5, 5],
    ]);
  });

  it('are not the parts of a larger face, but are a face that is small itself', () => {
    const face = { box: box(0, 0, 100), score: 0.99 };
    const eye = { box: box(20, 30, 12), score: 0.2 };
    const small = { box: box(200, 0, 24), score: 0.9 };
    expect(findHints([eye, small], [face, small])).toEqual([[212, 12]]);
  });
});

describe('tiles around hints', () => {
  const photo = { width: 4000, height: 3000 };
  const scaled = { width: 1000, height: 750 };
  const tile = { width: 160, height: 160 };
  const place = (hints: readonly Point[], size = scaled): Box[] | null => placeAroundHints(hints, photo, size, tile);

  it('have the hint in the middle, or as near as the photo allows', () => {
    expect(place([[2000, 1500]])).toEqual([{ x: 420, y: 295, ...tile }]);
    expect(place([[10, 2990]])).toEqual([{ x: 0, y: 590, ...tile }]);
  });

  it('show what lies close together once, and every hint well inside', () => {
    const hints: Point[] = [
      [2000, 1500],
      [2050, 1450],
      [2400, 1500],
    ];
    const tiles = place(hints)!;
    expect(tiles).toHaveLength(2);
    for (const [x, y] of hints) {
      const inside = tiles.some((one) => boxContains({ x: one.x + 40, y: one.y + 40, width: 80, height: 80 }, [x / 4, y / 4]));
      expect(inside).toBe(true);
    }
  });

  it('are none without hints, and none where the whole scale costs less', () => {
    expect(place([])).toEqual([]);
    const many = Array.from({ length: 60 }, (_, index): Point => [400 * (index % 10) + 100, 500 * Math.floor(index / 10) + 100]);
    expect(place(many)).toBeNull();
    expect(place([[2000, 1500]], { width: 2000, height: 100 })).toBeNull();
    expect(place([], { width: 2000, height: 100 })).toEqual([]);
  });
});
