/** Draws series of points as lines: ROC curves, a training's progress, a study's results. */

import { line } from 'd3-shape';
import { colourOf, drawChart, escapeText, round, type ChartFrame, type PlotArea } from './chart.ts';
import { placeLabels } from './place-labels.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Standard error of y, drawn as a bar up and down. */
  readonly error?: number;
  /** Stands beside the point. */
  readonly label?: string;
}

export interface LineSeries {
  readonly name: string;
  /** By x; those that are not finite, or not positive on a logarithmic axis, are left out. */
  readonly points: readonly ChartPoint[];
  /** "line" for many points, "marks" where points are not of one curve, "both" for a few. */
  readonly style?: 'line' | 'marks' | 'both';
  readonly isDashed?: boolean;
}

const markRadius = 3.5;

/** @returns a self-contained SVG */
export function drawLineChart(frame: ChartFrame, series: readonly LineSeries[]): string {
  const drawable = series.map((one) => ({ ...one, points: one.points.filter((point) => isDrawable(frame, point)) }));
  const points = drawable.flatMap((one) => one.points);
  const values = {
    x: points.map(({ x }) => x),
    y: points.flatMap(({ y, error = 0 }) => [y - error, y + error]),
  };
  return drawChart(
    frame,
    series.map(({ name }) => name),
    values,
    (area) => [...drawable.map((one, index) => drawSeries(area, one, colourOf(index))), ...drawLabels(area, points)].join('\n'),
  );
}

function drawLabels({ placeX, placeY, right }: PlotArea, points: readonly ChartPoint[]): string[] {
  const marks = points.map(({ x, y }) => ({ x: placeX(x), y: placeY(y) }));
  const labelled = points.flatMap(({ label }, index) => (label === undefined ? [] : [{ ...marks[index]!, label }]));
  return placeLabels(labelled, marks, right).map(
    ({ x, y, anchor }, index) =>
      `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="currentColor">${escapeText(labelled[index]!.label)}</text>`,
  );
}

function isDrawable({ x, y }: ChartFrame, point: ChartPoint): boolean {
  const fits = (value: number, scale: 'linear' | 'log'): boolean => Number.isFinite(value) && (scale === 'linear' || value > 0);
  return fits(point.x, x.scale) && fits(point.y, y.scale);
}

function drawSeries(area: PlotArea, { points, style = 'line', isDashed = false }: LineSeries, colour: string): string {
  const parts: string[] = [];
  if (style !== 'marks') {
    const path = line<ChartPoint>(
      ({ x }) => round(area.placeX(x)),
      ({ y }) => round(area.placeY(y)),
    )(points);
    const dash = isDashed ? ' stroke-dasharray="5 4"' : '';
    if (path !== null) parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`);
  }
  for (const point of points) parts.push(...drawPoint(area, point, style !== 'line', colour));
  return parts.join('\n');
}

function drawPoint(area: PlotArea, { x, y, error }: ChartPoint, isMarked: boolean, colour: string): string[] {
  const [left, top] = [round(area.placeX(x)), round(area.placeY(y))];
  const parts: string[] = [];
  if (isMarked) parts.push(`<circle cx="${left}" cy="${top}" r="${markRadius}" fill="${colour}"/>`);
  if (error !== undefined) {
    parts.push(
      `<line x1="${left}" x2="${left}" y1="${round(area.placeY(y - error))}" y2="${round(area.placeY(y + error))}" stroke="${colour}"/>`,
    );
  }
  return parts;
}
