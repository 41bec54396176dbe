import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import { affineScale, applyAffine, composeAffine, identityMatrix, invertAffine } from '../../electron/geometry/affine.ts';
import { fitSimilarityTransform } from '../../electron/geometry/similarity-transform.ts';
import type { AffineMatrix, Point } from '../../electron/geometry/types.ts';

const random = createRandom(7);
function randomPoints(count: number): Point[] {
  return Array.from({ length: count }, () => [random() * 4000, random() * 3000] as const);
}
function randomSimilarity(): AffineMatrix {
  const angle = random() * 2 * Math.PI;
  const scale = 0.01 + random() * 5;
  const cosine = scale * Math.cos(angle);
  const sine = scale * Math.sin(angle);
  return [cosine, -sine, random() * 500, sine, cosine, random() * 500];
}
function expectClose(actual: readonly number[], expected: readonly number[], digits = 6): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits);
}

describe('affine maps', () => {
  it('undo themselves when inverted', () => {
    for (let round = 0; round < 100; round++) {
      const matrix = randomSimilarity();
      expectClose(composeAffine(invertAffine(matrix), matrix), identityMatrix);
      const [point] = randomPoints(1);
      expectClose(applyAffine(invertAffine(matrix), applyAffine(matrix, point!)), point!, 4);
    }
  });

  it('compose in the order that the arguments say', () => {
    const moveRight: AffineMatrix = [1, 0, 10, 0, 1, 0];
    const double: AffineMatrix = [2, 0, 0, 0, 2, 0];
    expectClose(applyAffine(composeAffine(double, moveRight), [1, 1]), [22, 2]);
    expectClose(applyAffine(composeAffine(moveRight, double), [1, 1]), [12, 2]);
  });

  it('without an inverse are refused', () => {
    expect(() => invertAffine([1, 1, 0, 1, 1, 0])).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
  });

  it('tell their scale', () => {
    expect(affineScale([0, -3, 5, 3, 0, 1])).toBeCloseTo(3);
  });
});

describe('a similarity transform', () => {
  it('is recovered from the points it moved', () => {
    for (let round = 0; round < 100; round++) {
      const matrix = randomSimilarity();
      const from = randomPoints(2 + (round % 6));
      const to = from.map((point) => applyAffine(matrix, point));
      expectClose(fitSimilarityTransform(from, to), matrix, 5);
    }
  });

  it('has no smaller error beside it', () => {
    const from = randomPoints(5);
    const to = from.map((point): Point => [point[0] * 0.5 + random() * 80, point[1] * 0.4 + random() * 80]);
    const best = fitSimilarityTransform(from, to);
    const error = (matrix: AffineMatrix): number =>
      from.reduce((sum, point, index) => {
        const [x, y] = applyAffine(matrix, point);
        return sum + (x - to[index]![0]) ** 2 + (y - to[index]![1]) ** 2;
      }, 0);
    const [a, b, tx, c, d, ty] = best;
    for (const step of [-1e-3, 1e-3]) {
      expect(error([a + step, b, tx, c, d + step, ty])).toBeGreaterThan(error(best));
      expect(error([a, b - step, tx, c + step, d, ty])).toBeGreaterThan(error(best));
      expect(error([a, b, tx + step, c, d, ty])).toBeGreaterThan(error(best));
    }
  });

  it('never mirrors', () => {
    const from: Point[] = [[0, 0], [10, 0], [0, 10]];
    const mirrored: Point[] = [[0, 0], [-10, 0], [0, 10]];
    const [a, b, , c, d] = fitSimilarityTransform(from, mirrored);
    expect(a * d - b * c).toBeGreaterThan(0);
  });

  it.each([
    ['coincide', [[5, 5], [5, 5], [5, 5]]],
    ['are not finite', [[Number.NaN, 1], [2, 3], [4, 5]]],
  ] as const)('is refused where the points %s', (_, from) => {
    const to: Point[] = [[1, 2], [3, 4], [5, 7]];
    expect(() => fitSimilarityTransform(from as readonly Point[], to)).toThrowError(
      expect.objectContaining({ code: 'degenerate-landmarks' }),
    );
  });

  it('is refused for lists of different length', () => {
    expect(() => fitSimilarityTransform(randomPoints(3), randomPoints(2))).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});
