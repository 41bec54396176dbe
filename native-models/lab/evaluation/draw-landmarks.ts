/** Draws how exactly landmarks are placed: the share of the faces up to an error. */

import { drawLineChart, type ChartPoint } from '../charts/line-chart.ts';
import { landmarkErrorLimits, type LandmarkScores } from './landmarks.ts';

/** Errors beyond are no landmarks of that face any more. */
const largestError = 0.2;

/** @param name of what was measured, for the title
 *  @returns a self-contained SVG */
export function drawLandmarkErrors(name: string, { errors }: Pick<LandmarkScores, 'errors'>): string {
  return drawLineChart(
    {
      title: `Error of the 68 landmarks, ${name}`,
      x: { label: 'mean distance / distance of the outer eye corners', scale: 'linear', range: [0, largestError], format: '.2f' },
      y: { label: 'share of the faces', scale: 'linear', range: [0, 1], format: '.0%' },
    },
    [
      { name, points: traceShares(errors) },
      ...landmarkErrorLimits.map((limit) => ({
        name: `error ${limit}`,
        points: [
          { x: limit, y: 0 },
          { x: limit, y: 1 },
        ],
        isDashed: true,
      })),
    ],
  );
}

/** @param errors ascending
 *  @returns the corners of a staircase: the share of the faces whose error is not greater */
export function traceShares(errors: readonly number[]): ChartPoint[] {
  const points: ChartPoint[] = [{ x: 0, y: 0 }];
  errors.forEach((error, index) => {
    if (error > largestError) return;
    points.push({ x: error, y: index / errors.length }, { x: error, y: (index + 1) / errors.length });
  });
  return [...points, { x: largestError, y: points.at(-1)!.y }];
}
