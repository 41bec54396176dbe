/** Looks at photos in a folder per person and keeps every face, with who it is where that is known. */

import path from 'node:path';
import type { Box } from '../../../electron/geometry/types.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';
import { analyzePhotos, type EvaluationOptions, type PhotoFailure } from './analyze-photos.ts';
import { pickMainFace } from './main-face.ts';
import type { LabeledPhoto } from './people-folder.ts';

export interface LabeledFace {
  /** Upright photo pixels. */
  readonly box: Box;
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** 0 to 1. */
  readonly quality: number;
  /** [length], as the pack makes it */
  readonly embedding: Float32Array;
  /** Whether it shows the person that the photo's folder is named after; who else is on a photo nobody knows. */
  readonly isMain: boolean;
}

export interface LabeledFaces {
  /** Relative to the folder of all people, separated by '/'. */
  readonly photo: string;
  readonly person: string;
  /** Upright pixels. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly LabeledFace[];
}

/** @param photos in `folder`
 *  @returns what could be analyzed, in the order of the photos
 *  @throws AppError as analyzePhotos does */
export async function findLabeledFaces(
  pool: AnalyzerPool,
  folder: string,
  photos: readonly LabeledPhoto[],
  options: EvaluationOptions,
): Promise<{ photos: LabeledFaces[]; failed: readonly PhotoFailure[]; seconds: number }> {
  const { values, failed, seconds } = await analyzePhotos(
    pool,
    photos.map(({ path: file }) => file),
    (analyzed, index): LabeledFaces => {
      const main = pickMainFace(analyzed.faces, analyzed);
      return {
        photo: nameLabeledPhoto(folder, photos[index]!),
        person: photos[index]!.person,
        width: analyzed.width,
        height: analyzed.height,
        faces: analyzed.faces.map((face) => ({
          box: face.box,
          score: face.score,
          quality: face.quality,
          embedding: face.embedding,
          isMain: face === main,
        })),
      };
    },
    options,
  );
  return { photos: values.filter((value) => value !== null), failed, seconds };
}

/** @returns the photo's path below the folder of all people, the same on every system */
export function nameLabeledPhoto(folder: string, photo: LabeledPhoto): string {
  return path.relative(folder, photo.path).split(path.sep).join('/');
}
