import { describe, expect, it } from 'vitest';
import { clusterByDbscan } from '../../../../native-models/lab/clustering-methods/dbscan.ts';
import { similarityAtDistance } from '../../../../electron/clustering/types.ts';
import { groupLabels, listLine } from './listed-neighbours.ts';

const minSimilarity = similarityAtDistance(0.105);

describe('clusterByDbscan', () => {
  it('chains cores, takes in their neighbours and leaves noise alone', () => {
    // Steps of 0.1: 0 and 3 have two in reach with themselves, 1 and 2 three; 5 and 6 are two in the wilderness.
    const lists = listLine([0, 0.1, 0.2, 0.3, 1, 1.5, 1.6]);
    expect(groupLabels(clusterByDbscan(lists, { minSimilarity, minFaces: 3 }))).toEqual([[0, 1, 2, 3], [4], [5], [6]]);
    expect(groupLabels(clusterByDbscan(lists, { minSimilarity, minFaces: 2 }))).toEqual([[0, 1, 2, 3], [4], [5, 6]]);
  });

  it('gives a face between two clusters to the nearer one, and lets it bring none together', () => {
    // Face 3 reaches cores on both sides (0.1 and 0.09 away) but is itself no core where four are asked for.
    const lists = listLine([0, 0.02, 0.04, 0.14, 0.23, 0.26, 0.28]);
    expect(groupLabels(clusterByDbscan(lists, { minSimilarity, minFaces: 4 }))).toEqual([[0, 1, 2], [3, 4, 5, 6]]);
    // Where three are enough it is one, and the two become one cluster.
    expect(groupLabels(clusterByDbscan(lists, { minSimilarity, minFaces: 3 }))).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
  });
});
