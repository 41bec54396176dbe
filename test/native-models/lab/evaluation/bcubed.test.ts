import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import { scorePartition } from '../../../../native-models/lab/evaluation/bcubed.ts';

describe('scorePartition', () => {
  it('gives full marks to the true partition', () => {
    const scores = scorePartition(['a', 'a', 'b', 'c'], [7, 7, 8, 9]);
    expect(scores.bCubed).toEqual({ precision: 1, recall: 1, f: 1 });
    expect(scores.pairwise).toEqual({ precision: 1, recall: 1, f: 1 });
    expect(scores).toMatchObject({ items: 4, clusters: 3, singletons: 2, purity: 1 });
  });

  it('agrees with a computation by hand', () => {
    // Clusters {a a b} {b} {c c}: precision of the items 2/3 2/3 1/3 | 1 | 1 1, recall 1 1 1/2 | 1/2 | 1 1.
    const scores = scorePartition(['a', 'a', 'b', 'b', 'c', 'c'], [1, 1, 1, 2, 3, 3]);
    expect(scores.bCubed.precision).toBeCloseTo(14 / 18, 12);
    expect(scores.bCubed.recall).toBeCloseTo(5 / 6, 12);
    expect(scores.bCubed.f).toBeCloseTo((2 * (14 / 18) * (5 / 6)) / (14 / 18 + 5 / 6), 12);
    // Pairs put together: aa ab ab cc; that belong together: aa bb cc; both: aa cc.
    expect(scores.pairwise.precision).toBeCloseTo(2 / 4, 12);
    expect(scores.pairwise.recall).toBeCloseTo(2 / 3, 12);
    expect(scores.purity).toBeCloseTo(5 / 6, 12);
    expect(scores.singletons).toBe(1);
  });

  it('takes one cluster of everything for full recall and little precision', () => {
    const scores = scorePartition(['a', 'a', 'a', 'b'], [0, 0, 0, 0]);
    // (3 * 3/4 + 1/4) / 4
    expect(scores.bCubed.precision).toBeCloseTo(0.625, 12);
    expect(scores.bCubed.recall).toBe(1);
    expect(scores.pairwise.precision).toBeCloseTo(0.5, 12);
  });

  it('counts items that were not found as clusters of their own', () => {
    const scores = scorePartition(['a', 'a', 'a'], ['x', null, null]);
    expect(scores.clusters).toBe(3);
    expect(scores.bCubed.precision).toBe(1);
    expect(scores.bCubed.recall).toBeCloseTo(1 / 3, 12);
    expect(scores.pairwise).toMatchObject({ precision: 1, recall: 0, f: 0 });
  });

  it('keeps a cluster called 1 apart from one called "1"', () => {
    expect(scorePartition(['a', 'b'], [1, '1']).clusters).toBe(2);
  });

  it('refuses lists of different length, and nothing', () => {
    expect(() => scorePartition(['a'], [])).toThrow(AppError);
    expect(() => scorePartition([], [])).toThrow(AppError);
  });
});
