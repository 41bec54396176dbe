/** Every threshold and limit that is not a model pack's, with what chose it. */

import { availableParallelism } from 'node:os';

/** What the analysis of a photo is held to. */
export const analysisDefaults = {
  /** 16,383 x 16,383: larger photos are refused by their header, as a decompression bomb would be. */
  maxPixels: 268_402_689,
  /** 120 MB a worker; larger photos are shrunk while decoding, and small faces decoded again from the full photo. */
  maxWorkingPixels: 40_000_000,
  /** A 12-megapixel photo takes under a second on an old core; WASM and a busy machine a few. */
  photoTimeoutMs: 120_000,
  detection: {
    /** Faces of 40 px in 12 megapixels are to be found. */
    smallestFacePx: 40,
    /** From here on the standard detector finds faces at a score of nearly 1. */
    reliableFacePx: 16,
    /** A 12-megapixel photo at 0.4: about 36 tiles. */
    maxScaledPixels: 2_000_000,
    maxScaleStep: 2.5,
    faceReach: 1.5,
    minScaleGain: 1.3,
    /** The lowest score of 309 main faces of LFW is 0.99, of the samples and group photos 0.93; a dog gets 0.65. */
    minWholeScore: 0.7,
    minTileScore: 0.9,
    cutMarginPx: 2,
    maxIntersectionOverSmaller: 0.6,
    tilesPerRun: 4,
  },
};

/** One worker a core: each runs its networks on one thread. */
export function workerCountDefault(): number {
  return Math.max(1, availableParallelism());
}
