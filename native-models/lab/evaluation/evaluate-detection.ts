/** Evaluates detection on photos with annotated faces, and on photos of one person each, through the import's own analyzers. */

import { AppError } from '../../../electron/base/errors.ts';
import { applyAffineToBox } from '../../../electron/geometry/affine.ts';
import type { Box } from '../../../electron/geometry/types.ts';
import type { QuarterTurn } from '../spoiled-photos/derive-photo.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';
import { analyzePhotos, type EvaluationOptions, type PhotoFailure } from './analyze-photos.ts';
import { readAnnotatedFolder, type AnnotatedPhoto } from './annotated-photos.ts';
import { traceDetections, type PrecisionRecallCurve } from './detection-curve.ts';
import { scoreDetections, squareOfSameArea, type ComparedPhoto, type DetectionScores } from './detection.ts';
import { pickMainFace } from './main-face.ts';
import { listLabeledPhotos } from './people-folder.ts';

export interface DetectionEvaluationOptions extends Omit<EvaluationOptions, 'change'> {
  /** Degrees clockwise by which the photos are turned. */
  readonly turn: QuarterTurn;
}

interface Speed {
  readonly seconds: number;
  readonly failed: readonly PhotoFailure[];
}

export interface AnnotatedEvaluation extends Speed {
  /** Of the annotated photos; boxes in pixels of the pictures that were analyzed. One that cannot be read misses all
   *  its faces. */
  readonly scores: DetectionScores;
  readonly curve: PrecisionRecallCurve;
  /** How many times smaller the photos were made: 1 as they are. */
  readonly scale: number;
  /** Pixels, of the annotated faces in the pictures that were analyzed. */
  readonly medianFaceHeightPx: number;
  /** Photos that nobody said what they show: no part of the scores. */
  readonly unannotated: readonly { readonly photo: string; readonly faces: number }[];
}

export interface AnnotatedEvaluationOptions extends DetectionEvaluationOptions {
  /** Pixels: the photos are shrunk until the median annotated face is so high. */
  readonly shrinkToPx?: number;
  /** Whether found boxes are compared as squares, see [Note: box conventions]. */
  readonly isSquared?: boolean;
}

/**
 * @param folder with photos and XML files
 * @throws AppError as readAnnotatedFolder does; "bad-argument" where faces are that small already
 */
export async function evaluateAnnotatedPhotos(
  pool: AnalyzerPool,
  folder: string,
  options: AnnotatedEvaluationOptions,
): Promise<AnnotatedEvaluation> {
  const { annotated, unannotated } = await readAnnotatedFolder(folder);
  const medianPx = findMedianHeight(annotated);
  const scale = options.shrinkToPx === undefined ? 1 : options.shrinkToPx / medianPx;
  if (scale > 1) {
    throw new AppError(
      'bad-argument',
      `Expected to shrink faces of ${medianPx} px, the median, but received ${options.shrinkToPx} px`,
    );
  }
  const { values, failed, seconds } = await analyzePhotos(
    pool,
    [...annotated.map(({ path }) => path), ...unannotated],
    (analyzed, index, fromPhoto): ComparedPhoto => ({
      photo: annotated[index]?.path ?? unannotated[index - annotated.length]!,
      truth: (annotated[index]?.faces ?? []).map(({ box, isOptional }) => ({
        box: applyAffineToBox(fromPhoto, box),
        isOptional,
      })),
      found: analyzed.faces.map(({ box, score }) => ({ box: options.isSquared ? squareOfSameArea(box) : box, score })),
    }),
    { ...options, change: { scale, turn: options.turn } },
  );
  const compared = annotated.map(
    (photo, index): ComparedPhoto => values[index] ?? { photo: photo.path, truth: photo.faces, found: [] },
  );
  return {
    scores: scoreDetections(compared),
    curve: traceDetections(compared),
    scale,
    medianFaceHeightPx: medianPx * scale,
    unannotated: values.slice(annotated.length).flatMap((value) => (value === null ? [] : [{ photo: value.photo, faces: value.found.length }])),
    seconds,
    failed,
  };
}

/** @throws AppError "bad-argument" where no face is annotated */
function findMedianHeight(photos: readonly AnnotatedPhoto[]): number {
  const heights = photos
    .flatMap(({ faces }) => faces)
    .filter(({ isOptional }) => !isOptional)
    .map(({ box }) => box.height)
    .sort((one, other) => one - other);
  const low = heights[Math.floor((heights.length - 1) / 2)];
  const high = heights[Math.floor(heights.length / 2)];
  if (low === undefined || high === undefined) {
    throw new AppError('bad-argument', 'Expected annotated faces but received none');
  }
  return (low + high) / 2;
}

export interface MainFaceEvaluation extends Speed {
  readonly photos: number;
  readonly people: number;
  readonly mainFacesFound: number;
  /** 0 to 1, the share of the photos whose main face was found. */
  readonly recall: number;
  /** All faces found, bystanders and false ones too: nobody said who else is there. */
  readonly facesFound: number;
  /** With what was found there instead, pixels; nothing in a photo that cannot be read, which counts as missed. */
  readonly missed: readonly { readonly photo: string; readonly boxes: readonly Box[] }[];
}

/** @param folder of folders, each named after the person that its photos show
 *  @throws AppError as listLabeledPhotos does */
export async function evaluateMainFaces(
  pool: AnalyzerPool,
  folder: string,
  options: DetectionEvaluationOptions,
): Promise<MainFaceEvaluation> {
  const photos = await listLabeledPhotos(folder);
  const { values, failed, faces, seconds } = await analyzePhotos(
    pool,
    photos.map(({ path }) => path),
    (analyzed) => ({
      isFound: pickMainFace(analyzed.faces, analyzed) !== null,
      boxes: analyzed.faces.map(({ box }) => box),
    }),
    { ...options, change: { scale: 1, turn: options.turn } },
  );
  const missed = photos.flatMap(({ path }, index) => {
    const value = values[index];
    return value?.isFound ? [] : [{ photo: path, boxes: value?.boxes ?? [] }];
  });
  return {
    photos: photos.length,
    people: new Set(photos.map(({ person }) => person)).size,
    mainFacesFound: photos.length - missed.length,
    recall: 1 - missed.length / photos.length,
    facesFound: faces,
    missed,
    seconds,
    failed,
  };
}
