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
    /** Measured on 150 faces 40 to 200 px wide in three 12-megapixel pictures: 14 and 16 find all, 12 loses 2 of 30 at 40 px. */
    reliableFacePx: 14,
    /** A 12-megapixel photo is looked at in 25 fine and 9 coarser tiles; a larger one in not many more. */
    maxScaledPixels: 2_000_000,
    maxScaleStep: 2.5,
    faceReach: 1.5,
    minScaleGain: 1.3,
    /** Of 309 main faces of LFW the lowest scores 0.99; a blurred bystander of 19 px 0.87, a dog 0.81. */
    sureWholeScore: 0.85,
    /** Hair scores up to 0.89 in tiles, a texture 0.97. */
    sureTileScore: 0.97,
    /** At these sizes, uncertain true faces score 0.98 or more at all but one, dogs at most 0.89 at two of them. */
    secondLookFacePx: [48, 56, 64, 80, 100],
    minSecondLookScore: 0.94,
    maxSecondLooks: 24,
    cutMarginPx: 2,
    maxIntersectionOverSmaller: 0.6,
    tilesPerRun: 4,
  },
};

/** How faces are clustered, beside the distance that the pack's manifest names. Measured by
 *  test/studies/clustering-thresholds.ts on all 9,371 faces of 3,390 people of Labeled Faces in the Wild. */
export const clusteringDefaults = {
  /** What is too blurred to tell people apart resembles what is blurred likewise: of strangers' pairs 27 % pass for one
   *  person among faces below 0.02, 6 % from there to 0.05, 1 to 2 % from there to 0.2, 0.1 % from 0.2 to 0.3 and 0.002 %
   *  from 0.5 on. Of 8,209 main faces one lies below 0.2, of all 9,371 faces 387; B-cubed F of main faces is the same
   *  from 0 to 0.5. */
  minSeedQuality: 0.2,
  /** Not one of 104,275 pairs of a face of lower quality than that and a stranger's good one came within 1.04, so a little
   *  stricter than what joins clusters is enough. B-cubed F is the same from 0.9 to 1.04. */
  maxAttachDistance: 1,
  /** B-cubed F of everybody, one with 530 photos among them, is the same from 16 on; 1 KB a face of such a person. */
  maxNeighbours: 128,
};

/** One worker a core: each runs its networks on one thread. */
export function workerCountDefault(): number {
  return Math.max(1, availableParallelism());
}
