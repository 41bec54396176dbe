/** Compares every face of one photo with every face of another. */

import type { Comparison } from '../api/schemas.ts';
import { squaredDistance } from '../geometry/vectors.ts';
import type { AnalyzerPool } from './worker-pool.ts';
import type { AnalyzedPhoto } from '../terms/analyzed-photo.ts';

export interface CompareOptions {
  readonly firstPath: string;
  readonly secondPath: string;
  /** Euclidean distance up to which two faces are taken for one person. */
  readonly threshold: number;
  readonly signal?: AbortSignal;
}

/** @throws AppError with what is wrong with either photo */
export async function comparePhotos(pool: AnalyzerPool, options: CompareOptions): Promise<Comparison> {
  const { threshold, signal } = options;
  const [first, second] = await Promise.all([
    pool.analyze(options.firstPath, { signal }) as Promise<AnalyzedPhoto>,
    pool.analyze(options.secondPath, { signal }) as Promise<AnalyzedPhoto>,
  ]);
  const pairs = first.faces.flatMap((firstFace) =>
    second.faces.map((secondFace) => {
      const distance = Math.sqrt(squaredDistance(firstFace.embedding, secondFace.embedding));
      return { firstBox: firstFace.box, secondBox: secondFace.box, distance, isSamePerson: distance <= threshold };
    }),
  );
  return { threshold, pairs };
}
