/** Random sequences of everything that may happen to a library. KINDRED_PROPERTY_SEQUENCES says how many, from the seed
 *  KINDRED_PROPERTY_SEED on; a failure is printed as the shortest list of steps found that still shows it. */

import { describe, expect, test } from 'vitest';
import { drawSteps, Life, type Step } from './properties/life.ts';

const sequences = Number(process.env.KINDRED_PROPERTY_SEQUENCES ?? 6);
const firstSeed = Number(process.env.KINDRED_PROPERTY_SEED ?? 1);
const stepsPerSequence = 60;
const sequencesPerTest = 50;
/** Each runs a sequence from its start. */
const mostAttemptsToShorten = 150;

/** @returns null, or what was broken and after how many steps */
function findFailure(seed: number, steps: readonly Step[]): { message: string; at: number } | null {
  const life = new Life(seed);
  let at = 0;
  try {
    for (; at < steps.length; at++) life.take(steps[at]!);
    expect(life.faceCount).toBeGreaterThanOrEqual(150);
    return null;
  } catch (error) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), at };
  } finally {
    life.end();
  }
}

/** Leaves out what the failure does not need: halves first, single steps last. */
function shorten(seed: number, steps: readonly Step[]): Step[] {
  let shortest = [...steps];
  let attempts = 0;
  for (let length = Math.ceil(shortest.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let start = shortest.length - length; start >= 0 && attempts < mostAttemptsToShorten; start -= length) {
      const fewer = [...shortest.slice(0, start), ...shortest.slice(start + length)];
      attempts += 1;
      if (findFailure(seed, fewer) !== null) shortest = fewer;
    }
  }
  return shortest;
}

function live(seed: number): void {
  const steps = drawSteps(seed, stepsPerSequence);
  const failure = findFailure(seed, steps);
  if (failure === null) return;
  const shortest = shorten(seed, steps.slice(0, failure.at + 1));
  const list = shortest.map(({ kind, seed: stepSeed }) => `  { kind: '${kind}', seed: ${stepSeed} },`).join('\n');
  const message = findFailure(seed, shortest)?.message ?? failure.message;
  throw new Error(`Sequence ${seed} broke a promise after these ${shortest.length} steps:\n${list}\n${message}`);
}

describe('whatever happens to a library', () => {
  const starts = Array.from({ length: Math.ceil(sequences / sequencesPerTest) }, (_, index) => firstSeed + index * sequencesPerTest);
  test.each(starts)('its promises are kept (sequences from %i on)', { timeout: 3_600_000 }, (start) => {
    const end = Math.min(start + sequencesPerTest, firstSeed + sequences);
    for (let seed = start; seed < end; seed++) live(seed);
  });
});
