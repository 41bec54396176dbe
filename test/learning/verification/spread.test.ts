import { expect, test } from 'vitest';
import { meanWithError, standardDeviation } from '../../../electron/learning/verification/spread.ts';

test('Mean, its standard error and the deviation are as by hand', () => {
  // Deviations from 0.8: 0.1, 0, 0.1; variance 0.01, divided by three values.
  const { mean, standardError } = meanWithError([0.9, 0.8, 0.7]);
  expect(mean).toBeCloseTo(0.8, 12);
  expect(standardError).toBeCloseTo(Math.sqrt(0.01 / 3), 12);
  expect(standardDeviation([0.9, 0.8, 0.7])).toBeCloseTo(0.1, 12);
});

test('One value alone has no deviation', () => {
  expect(standardDeviation([0.9])).toBeNull();
});
