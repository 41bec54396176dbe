/** Computes how fast an import could be: what its bare stages cost, with nothing around them. */

/** What one photo makes an import do. */
export interface PhotoWork {
  /** Milliseconds of a bare decode at the size that is needed. */
  readonly decodeMs: number;
  readonly detectorRuns: number;
  readonly landmarkerRuns: number;
  readonly embedderRuns: number;
}

/** Milliseconds of one run for one row of a batch, on one thread. */
export interface NetworkCosts {
  readonly detectorMs: number;
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
export function computeImportBound(photos: Iterable<PhotoWork>, costs: NetworkCosts, cores: number): ImportBound {
  const sums = { decode: 0, detect: 0, landmark: 0, embed: 0 };
  for (const photo of photos) {
    sums.decode += photo.decodeMs;
    sums.detect += photo.detectorRuns * costs.detectorMs;
    sums.landmark += photo.landmarkerRuns * costs.landmarkerMs;
    sums.embed += photo.embedderRuns * costs.embedderMs;
  }
  const perCore = 1000 * cores;
  return {
    decodeSeconds: sums.decode / perCore,
    detectSeconds: sums.detect / perCore,
    landmarkSeconds: sums.landmark / perCore,
    embedSeconds: sums.embed / perCore,
    seconds: (sums.decode + sums.detect + sums.landmark + sums.embed) / perCore,
  };
}
