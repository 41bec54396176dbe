import { describe, expect, it } from 'vitest';
import { measurePairFolds, type MeasuredPair } from '../../../../../native-models/lab/evaluation/pairs/pair-protocol.ts';

const genuine = (distance: number | null): MeasuredPair => ({ distance, isGenuine: true });
const impostor = (distance: number | null): MeasuredPair => ({ distance, isGenuine: false });

describe('measurePairFolds', () => {
  it('decides each fold by the threshold of the others, as by hand', () => {
    const scores = measurePairFolds([
      // Decided by the second fold's threshold, half way between 3 and 6: the genuine pair at 5 is wrong.
      [genuine(1), genuine(5), impostor(7), impostor(9)],
      // Decided by the first's, half way between 5 and 7: all are right.
      [genuine(2), genuine(3), impostor(6), impostor(8)],
    ]);
    expect(scores.folds).toEqual([
      { accuracy: 0.75, threshold: 4.5 },
      { accuracy: 1, threshold: 6 },
    ]);
    expect(scores.accuracy).toBe(0.875);
    // Deviations of 0.125 twice: variance 0.03125, divided by two folds.
    expect(scores.standardError).toBeCloseTo(0.125, 12);
    expect(scores).toMatchObject({ pairs: 8, undecided: 0 });
  });

  it('counts pairs without a face as wrong, of both kinds, and learns nothing from them', () => {
    const fold = [genuine(1), genuine(null), impostor(3), impostor(null)];
    const scores = measurePairFolds([fold, fold]);
    expect(scores).toMatchObject({ accuracy: 0.5, standardError: 0, undecided: 4 });
    expect(scores.folds[0]!.threshold).toBe(2);
  });

  it('keeps equal distances on one side', () => {
    const fold = [genuine(1), genuine(2), impostor(2), impostor(2)];
    // Below 2 three are right, above it two.
    expect(measurePairFolds([fold, fold]).folds[0]).toEqual({ accuracy: 0.75, threshold: 1.5 });
  });

  it('takes the distance below all, or above all, where that is best', () => {
    const wrong = [impostor(1), genuine(2)];
    expect(measurePairFolds([wrong, wrong]).folds[0]!.threshold).toBe(0.5);
    const near = [genuine(1), genuine(2)];
    expect(measurePairFolds([near, near]).folds[0]).toEqual({ accuracy: 1, threshold: 3 });
  });

  it('refuses one fold, an empty one, and folds that nothing can be learned from', () => {
    expect(() => measurePairFolds([[genuine(1)]])).toThrow('Expected two folds or more with pairs but received 1');
    expect(() => measurePairFolds([[genuine(1)], []])).toThrow('with pairs');
    expect(() => measurePairFolds([[genuine(1)], [genuine(null)]])).toThrow('Expected pairs of two faces but found none');
  });
});
