import { describe, expect, it } from 'vitest';
import { clusterByIncrementalDbscan } from '../../../../native-models/lab/clustering-methods/incremental-dbscan.ts';
import { similarityAtDistance } from '../../../../electron/clustering/types.ts';
import { groupLabels, listLine } from './listed-neighbours.ts';

const options = { minSimilarity: similarityAtDistance(0.105), minFaces: 3 };

describe('clusterByIncrementalDbscan', () => {
  it('starts a person at the third face near another, and asks the first two again at the end', () => {
    expect(groupLabels(clusterByIncrementalDbscan(listLine([0, 0.05, 0.1, 0.9, 0.95]), options))).toEqual([[0, 1, 2], [3], [4]]);
  });

  it('lets a face join the nearest that has a person', () => {
    // Two persons at 0 and 0.3; the last lies 0.1 from the one and 0.09 from the other.
    const places = [0, 0.02, 0.04, 0.3, 0.28, 0.23, 0.14];
    expect(groupLabels(clusterByIncrementalDbscan(listLine(places), options))).toEqual([[0, 1, 2], [3, 4, 5, 6]]);
  });
});
