import { describe, expect, it } from 'vitest';
import {
  farthestWorthAsking,
  logOddsOfOnePerson,
  probabilityAt,
  relativeDistance,
  similarityAtRelative,
} from '../../../electron/clustering/suggestions/likelihood.ts';
import { fitSuggestionsTo } from '../../../electron/engine/config.ts';
import { clusteringOptions, suggestionOptions } from './invented-view.ts';

const atLimit = { meanDistance: 1, closestDistance: 1, sharedPhotos: 0 };

describe('the odds of one person', () => {
  it('measure distances by where the clustering stops joining', () => {
    expect(relativeDistance(1, clusteringOptions)).toBe(0);
    expect(relativeDistance(1 - 1.04 ** 2 / 2, clusteringOptions)).toBeCloseTo(1, 12);
    expect(similarityAtRelative(relativeDistance(0.3, clusteringOptions), clusteringOptions)).toBeCloseTo(0.3, 12);
  });

  it('fall with the middle of the two distances and with the number of people', () => {
    expect(logOddsOfOnePerson(atLimit, 1, suggestionOptions)).toBeCloseTo(6.5, 12);
    expect(logOddsOfOnePerson(atLimit, 1000, suggestionOptions)).toBeCloseTo(6.5 - Math.log(1000), 12);
    const farther = { ...atLimit, meanDistance: 1.2, closestDistance: 1 };
    expect(logOddsOfOnePerson(farther, 1, suggestionOptions)).toBeCloseTo(6.5 - 1.95, 12);
  });

  it('fall with the first two photos of both', () => {
    const odds = [0, 1, 2, 3].map((sharedPhotos) => logOddsOfOnePerson({ ...atLimit, sharedPhotos }, 1, suggestionOptions));
    expect(odds).toEqual([6.5, 3.5, 0.5, 0.5]);
  });

  it('reach the floor where nothing farther is worth asking', () => {
    const middle = farthestWorthAsking(0.02, 500, suggestionOptions);
    const odds = logOddsOfOnePerson({ meanDistance: middle, closestDistance: middle, sharedPhotos: 0 }, 500, suggestionOptions);
    expect(probabilityAt(odds)).toBeCloseTo(0.02, 10);
  });

  it('take the slope from the calibration of a pack that has one', () => {
    expect(fitSuggestionsTo(1, 30).oddsSlope).toBeCloseTo(19.5, 12);
    expect(fitSuggestionsTo(0.34, null).oddsSlope).toBe(14);
  });
});
