/** Compares landmarks that were found with those that annotators placed.
 *
 *  [Note: landmark error] A face's error is the mean distance of its 68 landmarks from the annotated ones, divided by the
 *  distance between the annotated outer corners of the eyes (points 36 and 45, counted from 0). Source: 300 Faces
 *  In-the-Wild (iBUG; Sagonas and others 2016). Others divide by the distance of the pupils, which makes
 *  every figure about 1.4 times as large. */

import { AppError } from '../../../electron/base/errors.ts';

export const landmarkRegions = ['jaw', 'brows', 'nose', 'eyes', 'mouth'] as const;
export type LandmarkRegion = (typeof landmarkRegions)[number];

/** First landmark of a region, and the first beyond it. */
const regionRanges: Readonly<Record<LandmarkRegion, readonly [number, number]>> = {
  jaw: [0, 17],
  brows: [17, 27],
  nose: [27, 36],
  eyes: [36, 48],
  mouth: [48, 68],
};
/** Points by which errors are measured, see [Note: landmark error]. */
export const outerEyeCorners = [36, 45] as const;
const coordinateCount = 136;

/** Errors from which on a face counts as placed badly, and as not placed at all. */
export const landmarkErrorLimits = [0.08, 0.1] as const;

export interface LandmarkError {
  /** See [Note: landmark error]. */
  readonly mean: number;
  readonly byRegion: Readonly<Record<LandmarkRegion, number>>;
}

/** @param truth [68, 2], any space
 *  @param found [68, 2], the same space
 *  @throws AppError "bad-argument" for another number of landmarks; "degenerate-landmarks" where the annotated outer corners
 *    of the eyes coincide */
export function compareLandmarks(truth: Float32Array, found: Float32Array): LandmarkError {
  for (const landmarks of [truth, found]) {
    if (landmarks.length !== coordinateCount) {
      throw new AppError('bad-argument', `Expected 68 landmarks but received ${landmarks.length} coordinates`);
    }
  }
  const [left, right] = outerEyeCorners;
  const eyeDistance = Math.hypot(truth[right * 2]! - truth[left * 2]!, truth[right * 2 + 1]! - truth[left * 2 + 1]!);
  if (!(eyeDistance > 0)) throw new AppError('degenerate-landmarks', 'Expected two eyes but received outer corners that coincide');
  const distances = Array.from({ length: coordinateCount / 2 }, (_, index) =>
    Math.hypot(found[index * 2]! - truth[index * 2]!, found[index * 2 + 1]! - truth[index * 2 + 1]!) / eyeDistance,
  );
  return { mean: mean(distances), byRegion: mapRegions((region) => mean(distances.slice(...regionRanges[region]))) };
}

export interface LandmarkScores {
  /** Faces that were compared. */
  readonly faces: number;
  /** Over the faces, see [Note: landmark error]; null without faces, as all that follows. */
  readonly mean: number | null;
  readonly median: number | null;
  readonly byRegion: Readonly<Record<LandmarkRegion, number>> | null;
  /** By limit of landmarkErrorLimits, the share of the faces whose error is greater, 0 to 1. */
  readonly above: readonly { readonly limit: number; readonly share: number | null }[];
  /** The faces' errors, ascending: the k-th of n stands for a share of k / n of the faces. */
  readonly errors: readonly number[];
}

export function scoreLandmarks(compared: readonly LandmarkError[]): LandmarkScores {
  const errors = compared.map((one) => one.mean).sort((one, other) => one - other);
  const faces = errors.length;
  return {
    faces,
    mean: faces === 0 ? null : mean(errors),
    median: faces === 0 ? null : (errors[Math.floor((faces - 1) / 2)]! + errors[Math.floor(faces / 2)]!) / 2,
    byRegion: faces === 0 ? null : mapRegions((region) => mean(compared.map(({ byRegion }) => byRegion[region]))),
    above: landmarkErrorLimits.map((limit) => ({
      limit,
      share: faces === 0 ? null : errors.filter((error) => error > limit).length / faces,
    })),
    errors,
  };
}

function mapRegions(measure: (region: LandmarkRegion) => number): Record<LandmarkRegion, number> {
  return {
    jaw: measure('jaw'),
    brows: measure('brows'),
    nose: measure('nose'),
    eyes: measure('eyes'),
    mouth: measure('mouth'),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
