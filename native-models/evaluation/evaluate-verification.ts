/** Evaluates verification on photos in a folder per person: the main faces that the import's own analyzers find, every one
 *  with every other. */

import { AppError } from '../../electron/base/errors.ts';
import type { AnalyzerPool } from '../../electron/pipeline/worker-pool.ts';
import { analyzePhotos, type EvaluationOptions, type PhotoFailure } from './analyze-photos.ts';
import { pickMainFace } from './main-face.ts';
import { capPhotos, listLabeledPhotos } from './people-folder.ts';
import { measureVerification, type VerificationOptions, type VerificationScores } from './verification.ts';

export interface VerificationEvaluationOptions extends Omit<EvaluationOptions, 'change'> {
  /** A person is shown by so many photos at most, the first by name. */
  readonly mostPhotos: number;
  readonly verification: VerificationOptions;
}

export interface VerificationEvaluation {
  readonly photos: number;
  /** Paths of photos without a main face: no part of any pair. */
  readonly missed: readonly string[];
  readonly scores: VerificationScores;
  readonly failed: readonly PhotoFailure[];
  /** For analyzing the photos. */
  readonly seconds: number;
}

/** @throws AppError as listLabeledPhotos and measureVerification do */
export async function evaluateVerification(
  pool: AnalyzerPool,
  folder: string,
  options: VerificationEvaluationOptions,
): Promise<VerificationEvaluation> {
  const photos = capPhotos(await listLabeledPhotos(folder), options.mostPhotos);
  const { values, failed, seconds } = await analyzePhotos(
    pool,
    photos.map(({ path }) => path),
    (analyzed) => pickMainFace(analyzed.faces, analyzed)?.embedding ?? null,
    options,
  );
  const missed = photos.filter((_, index) => values[index] === null).map(({ path }) => path);
  const found = photos.flatMap(({ person }, index) => {
    const embedding = values[index];
    return embedding ? [{ person, embedding }] : [];
  });
  const length = found[0]?.embedding.length;
  if (length === undefined) throw new AppError('bad-argument', `Expected main faces in ${folder} but found none`);
  const embeddings = new Float32Array(found.length * length);
  found.forEach(({ embedding }, index) => embeddings.set(embedding, index * length));
  const people = found.map(({ person }) => person);
  return {
    photos: photos.length,
    missed,
    scores: measureVerification({ embeddings, length, people }, options.verification),
    failed,
    seconds,
  };
}
