/** The two encodings that the FaceNet seminar prints, to be compared and drawn as a photo's embeddings are.
 *
 *  Numbers alone, 128 each, as dlib's network gives them: no unit vectors.
 *  Source: facenet-seminar, "Embedding". */

import { AppError } from '../../../electron/base/errors.ts';
import { squaredDistance, vectorLength } from '../../../electron/geometry/vectors.ts';
import printed from './seminar-encodings.json' with { type: 'json' };

export interface SeminarEncodings {
  /** [128] each, as printed. */
  readonly encodings: readonly [Float32Array, Float32Array];
  readonly lengths: readonly [number, number];
  /** Euclidean. */
  readonly distance: number;
}

export function compareSeminarEncodings(): SeminarEncodings {
  const [first, second] = printed.map((values) => Float32Array.from(values));
  if (first === undefined || second === undefined) throw new AppError('internal', `Expected two encodings but received ${printed.length}`);
  return {
    encodings: [first, second],
    lengths: [vectorLength(first), vectorLength(second)],
    distance: Math.sqrt(squaredDistance(first, second)),
  };
}
