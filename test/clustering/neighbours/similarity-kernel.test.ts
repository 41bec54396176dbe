import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { blockRows, createSimilarityKernel } from '../../../electron/clustering/neighbours/similarity-kernel.ts';
import { drawDirection } from '../synthetic-library.ts';

describe('the similarity kernel', () => {
  it.each([1, 3, 4, 128, 130, 512])('multiplies every row with every row, for rows of %d numbers', (length) => {
    const random = createRandom(length);
    const left = Array.from({ length: 7 }, () => drawDirection(random, length));
    const right = Array.from({ length: 5 }, () => drawDirection(random, length));
    const kernel = createSimilarityKernel(length);
    kernel.loadLeft((row) => left[row]!, left.length);
    kernel.loadRight((row) => right[row]!, right.length);
    const products = kernel.multiply();
    left.forEach((one, row) =>
      right.forEach((other, column) => {
        const expected = one.reduce((sum, value, at) => sum + value * other[at]!, 0);
        expect(products[row * blockRows + column]).toBeCloseTo(expected, 5);
      }),
    );
  });

  it('fills whole blocks', () => {
    const random = createRandom(2);
    const rows = Array.from({ length: blockRows }, () => drawDirection(random, 64));
    const kernel = createSimilarityKernel(64);
    kernel.loadLeft((row) => rows[row]!, blockRows);
    kernel.loadRight((row) => rows[row]!, blockRows);
    const products = kernel.multiply();
    for (let row = 0; row < blockRows; row++) expect(products[row * blockRows + row]).toBeCloseTo(1, 5);
  });

  it('gives a pair the same bits wherever its rows stand and whichever is on the left', () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 9 }, () => drawDirection(random, 510));
    const kernel = createSimilarityKernel(510);
    kernel.loadLeft((row) => rows[row]!, 9);
    kernel.loadRight((row) => rows[row]!, 9);
    const whole = kernel.multiply().slice();
    for (let one = 0; one < 9; one++) {
      for (let other = 0; other < 9; other++) {
        expect(whole[one * blockRows + other]).toBe(whole[other * blockRows + one]);
        kernel.loadLeft(() => rows[one]!, 1);
        kernel.loadRight(() => rows[other]!, 1);
        expect(kernel.multiply()[0]).toBe(whole[one * blockRows + other]);
      }
    }
  });
});
