/** Computes how fast an import could be: what its bare stages cost, with nothing around them. */

import type { WorkCount } from './count-work.ts';

/** Milliseconds on one thread: of one decode, and of one run for one row of a batch. */
export interface StageCosts {
  /** Of a photo at the size that is needed. */
  readonly decodeMs: number;
  /** By size of the input, as in WorkCount. */
  readonly detectorMs: Readonly<Record<string, number>>;
  readonly landmarkerMs: number;
  readonly embedderMs: number;
}

export interface ImportBound {
  readonly decodeSeconds: number;
  readonly detectSeconds: number;
  readonly landmarkSeconds: number;
  readonly embedSeconds: number;
  /** All of them: with every core busy all the time, no import is faster. */
  readonly seconds: number;
}

/** @returns wall-clock seconds where `cores` share the work evenly */
export function computeImportBound(photoCount: number, work: WorkCount, costs: StageCosts, cores: number): ImportBound {
  const perCore = 1000 * cores;
  const detectMs = Object.entries(work.detectorRuns).reduce((sum, [size, runs]) => sum + runs * (costs.detectorMs[size] ?? Number.NaN), 0);
  const decodeSeconds = (photoCount * costs.decodeMs) / perCore;
  const detectSeconds = detectMs / perCore;
  const landmarkSeconds = (work.landmarkerRuns * costs.landmarkerMs) / perCore;
  const embedSeconds = (work.embedderRuns * costs.embedderMs) / perCore;
  const seconds = decodeSeconds + detectSeconds + landmarkSeconds + embedSeconds;
  return { decodeSeconds, detectSeconds, landmarkSeconds, embedSeconds, seconds };
}
