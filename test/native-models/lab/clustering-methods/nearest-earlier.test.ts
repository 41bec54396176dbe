import { describe, expect, it } from 'vitest';
import { clusterByNearestEarlier } from '../../../../native-models/lab/clustering-methods/nearest-earlier.ts';
import { similarityAtDistance } from '../../../../electron/clustering/types.ts';
import { groupLabels, listLine } from './listed-neighbours.ts';

const minSimilarity = similarityAtDistance(0.105);

describe('clusterByNearestEarlier', () => {
  it('follows the nearest face before, however far the row has come', () => {
    expect(groupLabels(clusterByNearestEarlier(listLine([0, 0.1, 0.2, 0.3, 0.5]), minSimilarity))).toEqual([[0, 1, 2, 3], [4]]);
  });

  it('never joins clusters that have begun apart', () => {
    expect(groupLabels(clusterByNearestEarlier(listLine([0, 0.2, 0.11]), minSimilarity))).toEqual([[0], [1, 2]]);
  });
});
