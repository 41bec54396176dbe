/**
 * Traces precision against recall as the score that a detection must have falls.
 *
 * [Note: one matching for all scores] Detections are given their faces by falling score, so those above any score are
 * matched as if the others were not there, and one pass serves all. A detection of an optional face counts for nothing. The
 * curve ends at the lowest score that the pipeline keeps: what it drops, nobody sees. Average precision is the area below
 * the curve, with precision at a recall taken as the best at that recall or beyond.
 * Source: Everingham and others 2010, section 4.2, with all points instead of eleven.
 */

import { defaultMinOverlap, matchFaces, type ComparedPhoto } from './detection.ts';

export interface PrecisionRecallPoint {
  /** The least score of what counts as found. */
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
}

export interface PrecisionRecallCurve {
  /** By falling score, a point for each. */
  readonly points: readonly PrecisionRecallPoint[];
  /** 0 to 1; 1 where there are no faces. */
  readonly averagePrecision: number;
}

export function traceDetections(photos: readonly ComparedPhoto[], minOverlap: number = defaultMinOverlap): PrecisionRecallCurve {
  const faces = photos.flatMap(({ truth }) => truth).filter(({ isOptional }) => !isOptional).length;
  const judged = photos.flatMap(({ truth, found }) => {
    const truthOf = new Map(matchFaces(truth, found, minOverlap).map((match) => [match.found, truth[match.truth]!]));
    return found.flatMap(({ score }, index) => {
      const matched = truthOf.get(index);
      return matched?.isOptional === true ? [] : [{ score, isRight: matched !== undefined }];
    });
  });
  judged.sort((one, other) => other.score - one.score);
  const points: PrecisionRecallPoint[] = [];
  let right = 0;
  judged.forEach(({ score, isRight }, index) => {
    if (isRight) right += 1;
    // Equal scores are taken together.
    if (judged[index + 1]?.score === score) return;
    points.push({ score, precision: right / (index + 1), recall: faces === 0 ? 1 : right / faces });
  });
  return { points, averagePrecision: faces === 0 ? 1 : measureArea(points) };
}

function measureArea(points: readonly PrecisionRecallPoint[]): number {
  let area = 0;
  let best = 0;
  for (let at = points.length - 1; at >= 0; at--) {
    best = Math.max(best, points[at]!.precision);
    area += best * (points[at]!.recall - (points[at - 1]?.recall ?? 0));
  }
  return area;
}
