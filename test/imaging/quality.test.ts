import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import type { Point } from '../../electron/geometry/types.ts';
import type { PixelImage } from '../../electron/imaging/pixels.ts';
import { laplacianVariance, noseOffset, rateFace, type FaceEvidence } from '../../electron/imaging/quality.ts';

function createChip(colour: (x: number, y: number) => number): PixelImage {
  const data = new Uint8Array(112 * 112 * 3);
  for (let y = 0; y < 112; y++) for (let x = 0; x < 112; x++) data.fill(colour(x, y), (y * 112 + x) * 3, (y * 112 + x) * 3 + 3);
  return { width: 112, height: 112, data };
}
const random = createRandom(5);
const sharpChip = createChip((x, y) => 120 + 40 * Math.sin(x / 9) * Math.cos(y / 7) + 30 * (random() - 0.5));
const frontal: Point[] = [[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]];
const good: FaceEvidence = { score: 0.99, box: { x: 0, y: 0, width: 100, height: 130 }, chip: sharpChip, fivePoints: frontal };

describe('the quality of a face', () => {
  it('is high for a large, sharp, well lit frontal face', () => {
    expect(rateFace(good)).toBeGreaterThan(0.8);
    expect(rateFace(good)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a doubtful detection', { score: 0.65 }],
    ['a small face', { box: { x: 0, y: 0, width: 20, height: 25 } }],
    ['a blurred face', { chip: createChip((x, y) => 120 + 40 * Math.sin(x / 30) * Math.cos(y / 30)) }],
    ['a dark face', { chip: createChip((x, y) => 12 + 6 * ((x + y) % 2)) }],
    ['a face washed out', { chip: createChip((x, y) => 249 + 6 * ((x + y) % 2)) }],
    ['a head turned aside', { fivePoints: [[38, 52], [74, 52], [84, 72], [60, 92], [80, 92]] as Point[] }],
  ])('is lower for %s', (_, change) => {
    const rated = rateFace({ ...good, ...change });
    expect(rated).toBeLessThan(rateFace(good) * 0.8);
    expect(rated).toBeGreaterThanOrEqual(0);
  });

  it('stays a number where the eyes coincide', () => {
    const rated = rateFace({ ...good, fivePoints: [[5, 5], [5, 5], [6, 6], [4, 8], [7, 8]] });
    expect(rated).toBeGreaterThanOrEqual(0);
    expect(noseOffset([[5, 5], [5, 5], [6, 6]])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('sharpness', () => {
  it('is nothing for a flat picture and known for a single dot', () => {
    const flat = { width: 5, height: 5, data: new Float32Array(25).fill(80) };
    expect(laplacianVariance(flat)).toBe(0);
    const dot = { ...flat, data: flat.data.map((value, index) => (index === 12 ? value + 9 : value)) };
    // Nine inner pixels: -36 in the middle, 9 at four neighbours.
    expect(laplacianVariance(dot)).toBeCloseTo((36 * 36 + 4 * 81) / 9, 6);
  });
});
