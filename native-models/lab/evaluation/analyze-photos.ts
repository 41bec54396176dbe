/** Analyzes the photos of an evaluation as an import does, as they are or changed, a few at a time. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAppError, photoFaults, type ErrorCode } from '../../../electron/base/errors.ts';
import { identityMatrix } from '../../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../../electron/geometry/types.ts';
import { derivePhoto, type PhotoChange } from '../spoiled-photos/derive-photo.ts';
import type { AnalyzedPhoto } from '../../../electron/terms/analyzed-photo.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';

export interface EvaluationProgress {
  readonly done: number;
  readonly total: number;
  readonly faces: number;
  readonly failed: number;
}

export interface EvaluationOptions {
  /** How photos are changed before they are analyzed; as they are by default. */
  readonly change?: PhotoChange;
  /** Photos with more pixels are refused. */
  readonly maxPixels: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Milliseconds, for the speed. */
  readonly now: () => number;
}

export interface PhotoFailure {
  readonly photo: string;
  readonly reason: ErrorCode;
  readonly detail: string;
}

export interface AnalyzedPhotos<Value> {
  /** By photo; null where it could not be analyzed. */
  readonly values: readonly (Value | null)[];
  readonly failed: readonly PhotoFailure[];
  /** Faces found in all of them. */
  readonly faces: number;
  /** With changing the photos, where they are changed. */
  readonly seconds: number;
}

/** Photos on their way for each worker: one in it, one waiting. */
const photosPerWorker = 2;

/**
 * @param photos absolute paths
 * @param take keeps of a photo what the evaluation needs: embeddings of everybody would fill the memory. Gets the map
 *   from pixels of the photo to those of the picture that was analyzed, which the faces are in
 * @throws AppError "cancelled", or what is wrong with pool or machine; what is wrong with a photo is told as its failure
 */
export async function analyzePhotos<Value>(
  pool: AnalyzerPool,
  photos: readonly string[],
  take: (photo: AnalyzedPhoto, index: number, fromPhoto: AffineMatrix) => Value,
  options: EvaluationOptions,
): Promise<AnalyzedPhotos<Value>> {
  const startedMs = options.now();
  const values = new Array<Value | null>(photos.length).fill(null);
  const failed: PhotoFailure[] = [];
  const source = await openSource(options);
  // One that fails stops the others: what they would find is of no use any more.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let next = 0;
  let done = 0;
  let faces = 0;
  const work = async (): Promise<void> => {
    while (next < photos.length) {
      const index = next++;
      try {
        const { analyzed, fromPhoto } = await source.analyze(pool, photos[index]!, signal);
        faces += analyzed.faces.length;
        values[index] = take(analyzed, index, fromPhoto);
      } catch (error) {
        if (!isAppError(error) || !photoFaults.has(error.code)) {
          stop.abort();
          throw error;
        }
        failed.push({ photo: photos[index]!, reason: error.code, detail: error.message });
      }
      done += 1;
      options.onProgress?.({ done, total: photos.length, faces, failed: failed.length });
    }
  };
  try {
    const workers = Array.from({ length: pool.workerCount * photosPerWorker }, work);
    // All have to be still before the folder that they work in goes.
    const results = await Promise.allSettled(workers);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    await source.close();
  }
  return { values, failed, faces, seconds: (options.now() - startedMs) / 1000 };
}

interface PhotoSource {
  analyze(
    pool: AnalyzerPool,
    photo: string,
    signal: AbortSignal,
  ): Promise<{ readonly analyzed: AnalyzedPhoto; readonly fromPhoto: AffineMatrix }>;
  close(): Promise<void>;
}

async function openSource({ change, maxPixels }: EvaluationOptions): Promise<PhotoSource> {
  if (change === undefined || (change.scale === 1 && change.turn === 0)) {
    return {
      analyze: async (pool, photo, signal) => ({
        analyzed: (await pool.analyze(photo, { signal })) as AnalyzedPhoto,
        fromPhoto: identityMatrix,
      }),
      close: async () => {},
    };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'kindred-evaluate-'));
  let count = 0;
  return {
    analyze: async (pool, photo, signal) => {
      const { bytes, fromPhoto } = await derivePhoto(await readFile(photo), change, { maxPixels });
      const file = path.join(folder, `${count++}.png`);
      await writeFile(file, bytes);
      const analyzed = (await pool.analyze(file, { signal })) as AnalyzedPhoto;
      await rm(file);
      return { analyzed, fromPhoto };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
