import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import {
  cosineSimilarity,
  dotProduct,
  normalizeVector,
  squaredDistance,
  vectorLength,
} from '../../electron/geometry/vectors.ts';

const random = createRandom(3);
const randomVector = (): Float32Array => Float32Array.from({ length: 64 }, () => random() - 0.5);

describe('vectors', () => {
  it('give known answers', () => {
    const first = Float32Array.of(1, 2, 2);
    const second = Float32Array.of(1, 0, 0);
    expect(dotProduct(first, second)).toBe(1);
    expect(vectorLength(first)).toBe(3);
    expect(squaredDistance(first, second)).toBe(8);
    expect(cosineSimilarity(first, second)).toBeCloseTo(1 / 3);
  });

  it('have length 1 once normalized, and the squared distance 2 - 2 cosine', () => {
    for (let round = 0; round < 50; round++) {
      const first = normalizeVector(randomVector());
      const second = normalizeVector(randomVector());
      expect(vectorLength(first)).toBeCloseTo(1, 5);
      expect(squaredDistance(first, second)).toBeCloseTo(2 - 2 * cosineSimilarity(first, second), 5);
    }
  });

  it('are not changed by being normalized', () => {
    const vector = Float32Array.of(3, 4);
    normalizeVector(vector);
    expect([...vector]).toEqual([3, 4]);
  });

  it('without a direction are refused', () => {
    expect(() => normalizeVector(new Float32Array(4))).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => normalizeVector(Float32Array.of(Number.NaN))).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });

  it('of different length are refused', () => {
    expect(() => dotProduct(new Float32Array(3), new Float32Array(4))).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});
