import { describe, expect, it } from 'vitest';
import { clusterByHdbscan } from '../../../../native-models/lab/clustering-methods/hdbscan.ts';
import { groupLabels, listLine } from './listed-neighbours.ts';

const options = { maxDistance: 1, minFaces: 1, minClusterSize: 2 };

describe('clusterByHdbscan', () => {
  it('finds clusters of different density, which no one distance would', () => {
    // Dense: steps of 0.01; loose: steps of 0.1, wider than the gap of 0.08 between the two dense ones.
    const lists = listLine([0, 0.01, 0.02, 0.1, 0.11, 0.12, 0.6, 0.7, 0.8]);
    expect(groupLabels(clusterByHdbscan(lists, options))).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
  });

  it('keeps as one what begins to be a cluster far out and falls apart late', () => {
    // Four equal steps: whole from 1/1 to 1/0.1, all fall at once.
    expect(groupLabels(clusterByHdbscan(listLine([0, 0.1, 0.2, 0.3]), options))).toEqual([[0, 1, 2, 3]]);
  });

  it('agrees with stabilities worked out by hand', () => {
    // Pairs at 0.1, 0.5 apart: as one cluster 4 * (1/0.5 - 1/1) = 4; as two 2 * 2 * (1/0.1 - 1/0.5) = 32.
    expect(groupLabels(clusterByHdbscan(listLine([0, 0.1, 0.6, 0.7]), options))).toEqual([[0, 1], [2, 3]]);
    // Pairs at 0.4, 0.42 apart: as one 4 * (1/0.42 - 1) = 5.5; as two 2 * 2 * (1/0.4 - 1/0.42) = 0.48.
    expect(groupLabels(clusterByHdbscan(listLine([0, 0.4, 0.82, 1.22]), options))).toEqual([[0, 1, 2, 3]]);
  });

  it('leaves as noise what is out of reach or too small', () => {
    expect(groupLabels(clusterByHdbscan(listLine([0, 0.1, 1.5]), options))).toEqual([[0, 1], [2]]);
    expect(groupLabels(clusterByHdbscan(listLine([0, 0.1, 1.5]), { ...options, minClusterSize: 3 }))).toEqual([[0], [1], [2]]);
  });

  it('asks for neighbours: a pair is no cluster where a core has three faces', () => {
    const lists = listLine([0, 0.1, 1.5, 1.6, 1.7]);
    expect(groupLabels(clusterByHdbscan(lists, { ...options, minFaces: 3 }))).toEqual([[0], [1], [2, 3, 4]]);
  });
});
