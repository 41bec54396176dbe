/** Evaluates a pack's landmarks on photos with annotated ones, through the import's own analyzers. */

import { AppError } from '../../../electron/base/errors.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';
import { analyzePhotos, type EvaluationOptions, type PhotoFailure } from './analyze-photos.ts';
import { matchFaces } from './detection.ts';
import { compareLandmarks, scoreLandmarks, type LandmarkError, type LandmarkScores } from './landmarks.ts';
import { readLandmarkedFolder, type LandmarkedFace } from './landmarked-photos.ts';

export interface FoundLandmarks {
  /** Absolute. */
  readonly photo: string;
  /** [68, 2] of each face, photo pixels, from left to right. */
  readonly faces: readonly Float32Array[];
}

export interface PhotoLandmarks extends Pick<LandmarkScores, 'faces' | 'mean' | 'median' | 'errors'> {
  /** Absolute. */
  readonly photo: string;
  /** Annotated faces that no found one overlaps. */
  readonly missed: number;
}

export interface LandmarkEvaluation {
  /** Of the annotated faces that were found: where there is no face there are no landmarks to compare. */
  readonly scores: LandmarkScores;
  readonly missed: number;
  readonly photos: number;
  readonly byPhoto: readonly PhotoLandmarks[];
  readonly found: readonly FoundLandmarks[];
  readonly seconds: number;
  readonly failed: readonly PhotoFailure[];
}

/** @param folder as readLandmarkedFolder takes
 *  @throws AppError as readLandmarkedFolder does; "bad-argument" where no face has landmarks, or the pack places other than 68 */
export async function evaluateLandmarks(
  pool: AnalyzerPool,
  folder: string,
  options: Omit<EvaluationOptions, 'change'>,
): Promise<LandmarkEvaluation> {
  const photos = await readLandmarkedFolder(folder);
  if (!photos.some(({ faces }) => faces.some(({ landmarks }) => landmarks !== null))) {
    throw new AppError('bad-argument', `Expected faces with landmarks in ${folder} but received boxes alone`);
  }
  const { values, failed, seconds } = await analyzePhotos(
    pool,
    photos.map(({ path }) => path),
    ({ faces }, index) => ({
      compared: comparePhoto(photos[index]!.faces, faces),
      found: faces.toSorted((one, other) => one.box.x - other.box.x).map(({ landmarks }) => landmarks),
    }),
    options,
  );
  const byPhoto = photos.map(({ path, faces }, index): PhotoLandmarks => {
    const compared = values[index]?.compared ?? [];
    const annotated = faces.filter(({ landmarks }) => landmarks !== null).length;
    const { faces: count, mean, median, errors } = scoreLandmarks(compared);
    return { photo: path, faces: count, mean, median, errors, missed: annotated - count };
  });
  return {
    scores: scoreLandmarks(values.flatMap((value) => value?.compared ?? [])),
    missed: byPhoto.reduce((sum, { missed }) => sum + missed, 0),
    photos: photos.length,
    byPhoto,
    found: photos.map(({ path }, index) => ({ photo: path, faces: values[index]?.found ?? [] })),
    seconds,
    failed,
  };
}

type FoundFace = Parameters<typeof matchFaces>[1][number] & { readonly landmarks: Float32Array };

/** Faces belong together by their boxes, as for the detection; faces without landmarks take theirs out of the way.
 *  @throws AppError "bad-argument" for other than 68 landmarks */
export function comparePhoto(truth: readonly LandmarkedFace[], found: readonly FoundFace[]): LandmarkError[] {
  return matchFaces(truth, found).flatMap((match) => {
    const annotated = truth[match.truth]!.landmarks;
    return annotated === null ? [] : [compareLandmarks(annotated, found[match.found]!.landmarks)];
  });
}
