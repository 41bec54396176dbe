import { describe, expect, it } from 'vitest';
import {
  calibrationSchema,
  probabilityOfSamePerson,
  sameLogOdds,
  type Calibration,
} from '../../../native-models/packs/calibration.ts';

const calibration: Calibration = {
  best: { slope: 20, midpoint: 1.15 },
  worst: { slope: 5, midpoint: 1.35 },
  maxLogOdds: 9,
  measurement: 'invented for the test',
};
const distances = Array.from({ length: 41 }, (_, index) => index / 20);
const qualities = [0, 0.1, 0.3, 0.5, 0.8, 1];

describe('the probability that two faces are one person', () => {
  it('is even at the midpoint and known beside it', () => {
    expect(probabilityOfSamePerson(1.15, 1, 1, calibration)).toBeCloseTo(0.5, 12);
    expect(sameLogOdds(1.05, 1, 1, calibration)).toBeCloseTo(2, 12);
    // Half of 20 * 0.15 and half of 5 * 0.35.
    expect(probabilityOfSamePerson(1, 0.9, 0.5, calibration)).toBeCloseTo(1 / (1 + Math.exp(-2.375)), 12);
    // A tenth of 20 * -0.25 and nine tenths of 5 * -0.05.
    expect(sameLogOdds(1.4, 0.1, 0.1, calibration)).toBeCloseTo(-0.725, 12);
  });

  it('is even, not more, where bad pictures are as far apart as strangers in good ones', () => {
    expect(sameLogOdds(1.2, 1, 1, calibration)).toBeCloseTo(-1, 12);
    expect(sameLogOdds(1.2, 0, 1, calibration)).toBe(0);
    // What good pictures would say, where the line of bad ones says more.
    expect(sameLogOdds(1.13, 0, 1, calibration)).toBeCloseTo(0.4, 12);
  });

  it('falls as the distance grows, at every quality', () => {
    for (const quality of qualities) {
      const found = distances.map((distance) => sameLogOdds(distance, quality, 1, calibration));
      for (let index = 1; index < found.length; index++) expect(found[index]).toBeLessThanOrEqual(found[index - 1]!);
      expect(found.at(-1)).toBeLessThan(found[0]!);
    }
  });

  it('does not rise above even, nor a likely pair grow likelier, as quality falls', () => {
    for (const distance of distances) {
      for (let index = 1; index < qualities.length; index++) {
        const lower = sameLogOdds(distance, qualities[index - 1]!, 1, calibration);
        const higher = sameLogOdds(distance, qualities[index]!, 1, calibration);
        expect(lower).toBeLessThanOrEqual(Math.max(0, higher) + 1e-12);
      }
    }
  });

  it('does not depend on which face comes first', () => {
    expect(sameLogOdds(0.9, 0.2, 0.7, calibration)).toBe(sameLogOdds(0.9, 0.7, 0.2, calibration));
  });

  it('claims no more than was measured', () => {
    expect(sameLogOdds(0, 1, 1, calibration)).toBe(9);
    expect(sameLogOdds(2, 1, 1, calibration)).toBe(-9);
  });

  it('takes what was known before', () => {
    expect(probabilityOfSamePerson(1.15, 1, 1, calibration, Math.log(1 / 999))).toBeCloseTo(0.001, 12);
  });

  it.each([
    [-0.1, 1, 1],
    [Number.NaN, 1, 1],
    [1, 1.1, 1],
    [1, 1, -0.1],
    [1, Number.NaN, 1],
  ])('refuses a distance of %s with qualities %s and %s', (distance, quality1, quality2) => {
    expect(() => sameLogOdds(distance, quality1, quality2, calibration)).toThrow(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

describe('what a manifest may store as calibration', () => {
  it('is what keeps the probability sensible', () => {
    expect(calibrationSchema.parse(calibration)).toEqual(calibration);
  });

  it.each([
    ['odds that do not fall', { best: { slope: 0, midpoint: 1.15 }, worst: { slope: 0, midpoint: 1 } }],
    ['odds that rise', { best: { slope: -3, midpoint: 1.15 } }],
    ['low quality that says more', { worst: { slope: 21, midpoint: 1.05 } }],
    ['no limit', { maxLogOdds: 0 }],
    ['no measurement', { measurement: '' }],
    ['a field nobody knows', { bias: 1 }],
  ])('is not %s', (_, change) => {
    expect(calibrationSchema.safeParse({ ...calibration, ...change }).success).toBe(false);
  });
});
