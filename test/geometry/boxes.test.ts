import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import {
  boxArea,
  boxCorners,
  boxFromCorners,
  clipBox,
  intersectionOverSmaller,
  intersectionOverUnion,
  placeBox,
  squareBox,
} from '../../electron/geometry/boxes.ts';
import type { Box } from '../../electron/geometry/types.ts';

const random = createRandom(1);
function randomBox(): Box {
  return { x: random() * 100, y: random() * 100, width: 1 + random() * 60, height: 1 + random() * 60 };
}
const pairs = Array.from({ length: 200 }, () => [randomBox(), randomBox()] as const);

describe('boxes', () => {
  it('overlap by a known share', () => {
    const left = { x: 0, y: 0, width: 10, height: 10 };
    const right = { x: 5, y: 0, width: 10, height: 10 };
    expect(intersectionOverUnion(left, right)).toBeCloseTo(1 / 3);
    expect(intersectionOverSmaller(left, right)).toBeCloseTo(1 / 2);
  });

  it('that only touch do not overlap', () => {
    const left = { x: 0, y: 0, width: 10, height: 10 };
    const right = { x: 10, y: 0, width: 10, height: 10 };
    expect(intersectionOverUnion(left, right)).toBe(0);
    expect(intersectionOverSmaller(left, right)).toBe(0);
  });

  it('without extent overlap with nothing instead of giving NaN', () => {
    const empty = { x: 0, y: 0, width: 0, height: 0 };
    expect(intersectionOverUnion(empty, empty)).toBe(0);
    expect(intersectionOverSmaller(empty, empty)).toBe(0);
  });

  it('overlap the same way round and the other, between 0 and 1, and fully with themselves', () => {
    for (const [first, second] of pairs) {
      expect(intersectionOverUnion(first, second)).toBeCloseTo(intersectionOverUnion(second, first));
      expect(intersectionOverUnion(first, second)).toBeLessThanOrEqual(intersectionOverSmaller(first, second));
      expect(intersectionOverSmaller(first, second)).toBeLessThanOrEqual(1);
      expect(intersectionOverUnion(first, first)).toBeCloseTo(1);
    }
  });

  it('lie within the bounds they were clipped to', () => {
    const bounds = { x: 20, y: 30, width: 50, height: 40 };
    for (const [box] of pairs) {
      const clipped = clipBox(box, bounds);
      const [left, top, right, bottom] = boxCorners(clipped);
      expect(left).toBeGreaterThanOrEqual(20);
      expect(top).toBeGreaterThanOrEqual(30);
      expect(right).toBeLessThanOrEqual(70 + 1e-9);
      expect(bottom).toBeLessThanOrEqual(70 + 1e-9);
      expect(boxArea(clipped)).toBeLessThanOrEqual(boxArea(box) + 1e-9);
    }
  });

  it('outside the bounds are clipped to nothing', () => {
    const clipped = clipBox({ x: 200, y: 5, width: 10, height: 10 }, { x: 0, y: 0, width: 100, height: 100 });
    expect(boxArea(clipped)).toBe(0);
  });

  it('made square keep their centre and cover the box', () => {
    for (const [box] of pairs) {
      const square = squareBox(box);
      expect(square.width).toBe(square.height);
      expect(square.x + square.width / 2).toBeCloseTo(box.x + box.width / 2);
      expect(square.y + square.height / 2).toBeCloseTo(box.y + box.height / 2);
      expect(intersectionOverSmaller(square, box)).toBeCloseTo(1);
    }
    expect(squareBox({ x: 0, y: 0, width: 10, height: 20 }, 1.5).width).toBe(30);
  });

  it('come from corners and go back to them', () => {
    expect(boxCorners(boxFromCorners(1, 2, 5, 9))).toEqual([1, 2, 5, 9]);
    expect(boxFromCorners(5, 5, 1, 1)).toEqual({ x: 5, y: 5, width: 0, height: 0 });
  });

  it('of a scaled part are placed in the whole', () => {
    const placed = placeBox({ x: 1, y: 2, width: 3, height: 4 }, { originX: 10, originY: 20, scaleX: 2, scaleY: 3 });
    expect(placed).toEqual({ x: 12, y: 26, width: 6, height: 12 });
  });
});
