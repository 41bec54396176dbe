/** Every threshold and limit that is not a model pack's, with what chose it. */

import { availableParallelism } from 'node:os';
import { detectionEfforts, type DetectionEffort } from '../api/schemas.ts';
import type { SuggestionOptions } from '../clustering/suggestions/types.ts';
import type { ClusteringOptions } from '../clustering/types.ts';
import type { AnalysisOptions } from '../pipeline/analyze-photo.ts';
import type { FaceFindingOptions } from '../pipeline/find-faces.ts';
import type { DrawOptions } from '../learning/trust/draw-faces.ts';
import type { TrustOptions } from '../learning/trust/measure-trust.ts';
import type { LearningOptions } from '../learning/projection/learn-projection.ts';

export { detectionEfforts, type DetectionEffort };

/** What a library begins with, and commands without a library take where they are told nothing else. */
export const defaultPack = 'standard';
export const defaultEffort: DetectionEffort = 'balanced';

/** What all efforts share. Chosen on nine annotated group photos and one of dogs, as they are, shrunk until the median face
 *  is 24 px, and turned by 90, 180 and 270 degrees; on the six samples in colour, grey and brightened; and on a few hundred
 *  photos of LFW (kindred evaluate detection says what comes of it). */
const detectionCommon = {
  wholePixels: 76_800,
  maxTilePixels: 1_300_000,
  maxScaleStep: 2,
  faceReach: 3,
  minScaleGain: 1.3,
  /** An upright dog reaches 0.93. */
  sureWholeScore: 0.95,
  /** Hair scores up to 0.89 at fine scales, a texture 0.97. */
  sureFineScore: 0.97,
  secondLookFacePx: [40, 48, 56, 64, 72, 80, 100],
  secondLookPx: 160,
  /** At 0.94 a tilted head in a grey photo is lost; at 0.92 it is found, and upright dogs stay out. */
  minSecondLookScore: 0.92,
  cutMarginPx: 2,
  maxIntersectionOverSmaller: 0.6,
  minUprightScore: 0.9,
  minTurnedScore: 0.9,
  minOddScore: 0.98,
  /** Of 397 faces of LFW 95 % move less than 0.08; of those that the detector finds the wrong way up in the group photos, the
   *  steadiest moves 0.11. */
  maxUnsteadiness: 0.11,
} as const;

/** Of 144 LFW faces set one by one into a family photo, 14, 18, 22 and 28 px large at the finest scale, a search of all of
 *  it finds 47, 116, 133 and 143, and one around hints from 0.08 on 43, 113, 133 and 143. From 0.1 on faces of 22 px are
 *  lost; below 0.08 noise hints at somebody everywhere, and nothing is saved (test/studies/detection-hints.ts). */
const minHintScore = 0.08;

const detectionByEffort: Record<DetectionEffort, FaceFindingOptions> = {
  fast: { ...detectionCommon, smallestFacePx: 40, maxScaledPixels: 200_000, maxSecondLooks: 8, minHintScore, turnsAlways: false },
  balanced: { ...detectionCommon, smallestFacePx: 20, maxScaledPixels: 700_000, maxSecondLooks: 24, minHintScore, turnsAlways: false },
  thorough: { ...detectionCommon, smallestFacePx: 14, maxScaledPixels: 5_000_000, maxSecondLooks: 64, minHintScore: null, turnsAlways: true },
};

/** What the analysis of a photo is held to. */
export const analysisLimits = {
  /** 16,383 x 16,383: larger photos are refused by their header, as a decompression bomb would be. */
  maxPixels: 268_402_689,
  /** 120 MB a worker; larger photos are shrunk while decoding, and small faces decoded again from the full photo. */
  maxWorkingPixels: 40_000_000,
  /** A 12-megapixel photo takes under a second on an old core; WASM and a busy machine a few. */
  photoTimeoutMs: 120_000,
  maxChipEnlargement: 1.2,
} as const;

export function fitAnalysisTo(effort: DetectionEffort): typeof analysisLimits & AnalysisOptions {
  return { ...analysisLimits, detection: detectionByEffort[effort] };
}

/** What is taken where nobody says otherwise. */
export const analysisDefaults = fitAnalysisTo(defaultEffort);

/** How faces are clustered, beside the distance that the pack's manifest names. Measured by
 *  test/studies/clustering-thresholds.ts on all 9,371 faces of 3,390 people of Labeled Faces in the Wild. */
const clusteringDefaults = {
  /** What is too blurred to tell people apart resembles what is blurred likewise: of strangers' pairs 27 % pass for one
   *  person among faces below 0.02, 6 % from there to 0.05, 1 to 2 % from there to 0.2, 0.1 % from 0.2 to 0.3 and 0.002 %
   *  from 0.5 on. Of 8,209 main faces one lies below 0.2, of all 9,371 faces 387; B-cubed F of main faces is the same
   *  from 0 to 0.5. */
  minSeedQuality: 0.2,
  /** B-cubed F of everybody, one with 530 photos among them, is the same from 16 on; 1 KB a face of such a person. */
  maxNeighbours: 128,
  /** People whose groups are this far apart are one in a hundred cases of lfw-dev: further out there is nothing to ask. */
  neighbourReach: 1.2,
  /** Comparing 20,000 faces with all takes some 20 s of one core, once; from there on the approximate search is faster. */
  exactUpTo: 20_000,
  /** See [Note: demand] in clustering/linkage/demand.ts. B-cubed F at the best threshold on halves of the people of lfw-dev with a
   *  growth of 0 and of 0.1: standard 0.990 and 0.988, 0.991 and 0.990; classic 0.961 and 0.953, 0.963 and 0.955. */
  evidenceGrowth: 0.1,
  /** The best squared distance in draws of 200, 670, 1,200 and 5,800 faces falls by 5 % an e-fold with the standard pack,
   *  by 6 % with classic. */
  crowding: 0.05,
  /** Faces that manifests' distances are tuned for: all of lfw-dev, at most six photos a person. */
  referenceFaces: 5_800,
  /** 6 of the calibrated log-odds for two single faces: of hundreds of photos with several people one shows somebody twice. */
  photoPenalty: 0.35,
};

/** [Note: attach distance] With the standard pack not one of 84,000 pairs of a face of low quality and a stranger's good
 *  one came within 1.04, so a little less than what joins two faces is enough. B-cubed F, with clusters joined up to 1.04:
 *  0.9890 at 0.9, 0.9893 from 0.95 on; taken is 0.98, as two faces are joined up to 1.02. */
const attachDistanceShare = 1 / 1.04;

/** @param sameDistance of unit embeddings, from the pack's manifest */
export function fitClusteringTo(sameDistance: number): ClusteringOptions {
  return { ...clusteringDefaults, maxDistance: sameDistance, maxAttachDistance: sameDistance * attachDistanceShare };
}

/** How likely two clusters are one person, and what is asked. Measured by test/studies/review-questions.ts and
 *  test/studies/mixed-people.ts on clusters of the main faces of lfw-dev. */
const suggestionDefaults = {
  /** Fitted on one half of the people 6.9 (standard) and 6.8 (classic), on the other 7.5 and 6.7. */
  oddsAtMaxDistance: 7,
  /** No library with mirrors, collages and siblings was at hand to fit it on: this makes one in twenty of even odds. */
  sharedPhotoOdds: 3,
  /** Below 0.02 one pair in 100 to 250 is one person. */
  minProbability: 0.02,
  /** In five draws of a family of 12 and 500 strangers with the classic pack, all 61 to 75 questions from 0.4 on (one draw
   *  has 39) bring 97.2 to 99.1 % right; from 0.2 on there are 76 to 127, which put one or two faces more right in three
   *  draws, and from 0.1 on 131 to 195, for one to three again in four. With the standard pack 8 to 14, 15 to 21 and 27 to 33. */
  minSettled: 0.4,
  /** See [Note: fit]. */
  fitDistance: 1.1,
  /** See [Note: odds of two people]. */
  mixedSteepness: 2.2,
};

/** [Note: odds slope] Of groups of faces the odds fall a little more steeply than of pairs of single faces: fitted on
 *  halves of lfw-dev's people by 18 and 24 with the standard pack, whose pairs lose 16 over a relative distance of 1. With
 *  classic, which has no calibration, by 14 on both. */
const oddsSlopeOfUncalibrated = 14;
const groupsOverPairs = 1.3;

/** @param sameDistance of unit embeddings, from the pack's manifest
 *  @param pairSlope log-odds of one person that a pair of faces loses per unit of distance, from the pack's calibration;
 *    null for a pack without one */
export function fitSuggestionsTo(sameDistance: number, pairSlope: number | null): SuggestionOptions {
  const oddsSlope = pairSlope === null ? oddsSlopeOfUncalibrated : (groupsOverPairs * pairSlope * sameDistance) / 2;
  return { ...suggestionDefaults, oddsSlope };
}

/** How trust in a library is measured. 4,000 faces are eight million pairs, a few seconds of one core. */
export const trustOptions: Omit<TrustOptions, 'threshold' | 'projection'> & DrawOptions = {
  mostFaces: 4_000,
  falseAcceptRates: [1e-2, 1e-3, 1e-4, 1e-5],
  bootstrapRounds: 100,
  mostPairs: 12,
  seed: 1,
};

/** What is learnt from the user, and when: what comes of it `kindred evaluate learning` says, see docs/learning.md. At more than
 *  three times this rate the training of classic falls apart; a wider margin or less preservation gains more on the people
 *  who are learnt from and loses it on others. */
export const learningDefaults: LearningOptions = {
  steps: 80,
  learningRate: 0.3,
  marginShare: 0.3,
  preservation: 1,
  leastPeople: 3,
  leastFaces: 40,
  mostFacesPerPerson: 60,
  backgroundFaces: 2_000,
};
export interface LearningRules {
  /** Labels that grew by less since the last time teach nothing new... */
  readonly leastGrowth: number;
  /** ...nor do fewer faces than these. */
  readonly leastNewFaces: number;
  /** The user should be done for now. */
  readonly quietMs: number;
}

export const learningRules: LearningRules = { leastGrowth: 0.2, leastNewFaces: 20, quietMs: 120_000 };

/** One worker a core: each runs its networks on one thread. */
export function workerCountDefault(): number {
  return Math.max(1, availableParallelism());
}
