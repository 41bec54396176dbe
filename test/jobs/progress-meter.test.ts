import { expect, test } from 'vitest';
import { ProgressMeter } from '../../electron/jobs/progress-meter.ts';

test('the meter knows nothing before something was done', () => {
  const meter = new ProgressMeter(() => 0);
  expect(meter.perSecond).toBeNull();
  meter.restart(0);
  expect(meter.perSecond).toBeNull();
  expect(meter.secondsLeft(10)).toBeNull();
});

test('the rate is that of the last twenty seconds', () => {
  let nowMs = 0;
  const meter = new ProgressMeter(() => nowMs);
  meter.restart(0);
  let done = 0;
  for (; nowMs <= 60_000; nowMs += 1000) meter.record((done += 2));
  expect(meter.perSecond).toBeCloseTo(2, 5);
  for (; nowMs <= 100_000; nowMs += 1000) meter.record((done += 10));
  expect(meter.perSecond).toBeCloseTo(10, 5);
  expect(meter.secondsLeft(100)).toBeCloseTo(10, 5);
  expect(meter.secondsLeft(null)).toBeNull();
});

test('time that a job stood still does not count after a restart', () => {
  let nowMs = 0;
  const meter = new ProgressMeter(() => nowMs);
  meter.restart(0);
  nowMs = 1000;
  meter.record(5);
  nowMs = 500_000;
  meter.restart(5);
  nowMs = 501_000;
  meter.record(10);
  expect(meter.perSecond).toBeCloseTo(5, 5);
});
