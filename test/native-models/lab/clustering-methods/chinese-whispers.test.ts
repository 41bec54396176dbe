import { describe, expect, it } from 'vitest';
import { clusterByChineseWhispers } from '../../../../native-models/lab/clustering-methods/chinese-whispers.ts';
import { groupLabels, listNeighbours } from './listed-neighbours.ts';

const options = { minSimilarity: 0.5, rounds: 20, seed: 1 };

describe('clusterByChineseWhispers', () => {
  it('finds two cliques joined by one weak edge, and leaves a face without neighbours alone', () => {
    const clique = (faces: readonly number[]) =>
      faces.flatMap((one, at) => faces.slice(at + 1).map((other) => [one, other, 0.9] as const));
    const lists = listNeighbours(9, [...clique([0, 1, 2, 3]), ...clique([4, 5, 6, 7]), [3, 4, 0.6]]);
    expect(groupLabels(clusterByChineseWhispers(lists, options))).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8]]);
  });

  it('does not hear who is less similar than asked for', () => {
    const lists = listNeighbours(3, [[0, 1, 0.7], [1, 2, 0.4]]);
    expect(groupLabels(clusterByChineseWhispers(lists, options))).toEqual([[0, 1], [2]]);
  });

  it('follows one heavy edge rather than two light ones', () => {
    const lists = listNeighbours(5, [[0, 1, 0.99], [0, 2, 0.3], [0, 3, 0.3], [2, 3, 0.9], [2, 4, 0.9], [3, 4, 0.9]]);
    const labels = clusterByChineseWhispers(lists, { ...options, minSimilarity: 0 });
    expect(groupLabels(labels)).toEqual([[0, 1], [2, 3, 4]]);
  });

  it('comes out the same for the same seed', () => {
    const lists = listNeighbours(6, [[0, 1, 0.6], [1, 2, 0.6], [2, 3, 0.6], [3, 4, 0.6], [4, 5, 0.6]]);
    expect(clusterByChineseWhispers(lists, options)).toEqual(clusterByChineseWhispers(lists, options));
  });
});
