/** Draws gradients and their histograms as SVG: arrows from bright to dark, the longer the stronger. */

import { AppError } from '../../../electron/base/errors.ts';
import { escapeText, round } from '../charts/chart.ts';
import type { Gradients } from './gradients.ts';
import type { OrientationHistograms } from './orientations.ts';

export interface Arrow {
  /** Where it begins, in pixels of the picture, see [Note: pixel coordinates] in imaging/pixels.ts. */
  readonly x: number;
  readonly y: number;
  /** Radians, 0 to the right and pi / 2 downwards: towards dark. */
  readonly angle: number;
  /** Pixels of the picture. */
  readonly length: number;
}

export interface ArrowOptions {
  /** Grey levels from which on an arrow has its full length, half a square's or a pixel's side; by default what 95 % of
   *  the squares or pixels with any gradient stay below. One number for several pictures makes them comparable. */
  readonly fullStrength?: number;
}

export interface PictureOptions extends ArrowOptions {
  /** SVG pixels along a pixel of the picture. */
  readonly zoom?: number;
  /** Says to those who cannot see it what is drawn. */
  readonly title?: string;
}

const fullShare = 0.95;
/** Shares of a full arrow that rounding alone leaves in a direction. */
const negligibleShare = 1e-5;
/** Shorter ones, in SVG pixels, cannot be seen to point anywhere. */
const shortestPx = 0.75;
const hogZoom = 2;
const gradientZoom = 12;
/** More arrows than this make a file of megabytes that nobody can read. */
const mostGradientPixels = 20_000;
const headShare = 0.4;
const longestHeadPx = 4;
const headAngle = 0.5;
const background = '#16181d';
const ink = '#f2f2f2';

/** @returns for every square an arrow a direction, out of the square's middle; those without strength are left out */
export function listHogArrows(histograms: OrientationHistograms, { fullStrength }: ArrowOptions = {}): Arrow[] {
  const { columns, rows, directions, squarePx, strengths } = histograms;
  const strongest = Array.from({ length: rows * columns }, (_, square) =>
    strengths.subarray(square * directions, (square + 1) * directions).reduce((most, value) => Math.max(most, value), 0),
  );
  const full = fullStrength ?? findFullStrength(strongest);
  return Array.from(strengths, (strength, index): Arrow => {
    const square = Math.floor(index / directions);
    return {
      x: ((square % columns) + 0.5) * squarePx,
      y: (Math.floor(square / columns) + 0.5) * squarePx,
      angle: ((index % directions) / directions) * 2 * Math.PI,
      length: (Math.min(1, strength / full) * squarePx) / 2,
    };
  }).filter(({ length }) => length > negligibleShare * squarePx);
}

/** @returns for every pixel the arrow that has its middle there; those of even surroundings are left out */
export function listGradientArrows(gradients: Gradients, { fullStrength }: ArrowOptions = {}): Arrow[] {
  const { width, magnitude, angle } = gradients;
  const full = fullStrength ?? findFullStrength(Array.from(magnitude));
  return Array.from(magnitude, (strength, pixel): Arrow => {
    const towardsDark = angle[pixel]! + Math.PI;
    const length = Math.min(1, strength / full);
    return {
      x: (pixel % width) + 0.5 - (Math.cos(towardsDark) * length) / 2,
      y: Math.floor(pixel / width) + 0.5 - (Math.sin(towardsDark) * length) / 2,
      angle: towardsDark,
      length,
    };
  }).filter(({ length }) => length > 0);
}

/** Draws the seminar's HOG picture.
 *  @returns a self-contained SVG, columns x squarePx x zoom wide */
export function drawHogPicture(histograms: OrientationHistograms, options: PictureOptions = {}): string {
  const { zoom = hogZoom, title = 'HOG: how much grows darker in which direction, square by square' } = options;
  const { columns, rows, squarePx } = histograms;
  const size = { width: columns * squarePx * zoom, height: rows * squarePx * zoom };
  return drawArrows(listHogArrows(histograms, options), size, { zoom, title });
}

/** Draws the arrow of every pixel, for a small picture.
 *  @returns a self-contained SVG, width x zoom wide
 *  @throws AppError "bad-argument" for a picture of more than 20,000 pixels */
export function drawGradientPicture(gradients: Gradients, options: PictureOptions = {}): string {
  const { zoom = gradientZoom, title = 'Gradients: where it grows darker, pixel by pixel' } = options;
  const { width, height } = gradients;
  if (width * height > mostGradientPixels) {
    throw new AppError('bad-argument', `Expected at most ${mostGradientPixels} pixels to draw an arrow each but received ${width}x${height}`);
  }
  return drawArrows(listGradientArrows(gradients, options), { width: width * zoom, height: height * zoom }, { zoom, title });
}

/** @returns so much that few are stronger; 1 where nothing has any strength */
function findFullStrength(strengths: readonly number[]): number {
  const positive = strengths.filter((strength) => strength > 0).sort((first, second) => first - second);
  return positive[Math.min(positive.length - 1, Math.floor(positive.length * fullShare))] ?? 1;
}

function drawArrows(
  arrows: readonly Arrow[],
  { width, height }: { readonly width: number; readonly height: number },
  { zoom, title }: { readonly zoom: number; readonly title: string },
): string {
  const path = arrows
    .filter(({ length }) => length * zoom >= shortestPx)
    .map((arrow) => traceArrow(arrow, zoom))
    .join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">` +
    `<rect width="${width}" height="${height}" fill="${background}"/>` +
    `<path d="${path}" fill="none" stroke="${ink}" stroke-width="1" stroke-linecap="round" stroke-linejoin="round"/></svg>\n`
  );
}

/** @returns a path: the shaft, then the head from one barb over the tip to the other */
function traceArrow({ x, y, angle, length }: Arrow, zoom: number): string {
  const shaft = length * zoom;
  const tip = [x * zoom + Math.cos(angle) * shaft, y * zoom + Math.sin(angle) * shaft] as const;
  const head = Math.min(longestHeadPx, shaft * headShare);
  const barb = (side: number): string =>
    `${round(tip[0] - Math.cos(angle + side) * head)},${round(tip[1] - Math.sin(angle + side) * head)}`;
  const point = `${round(tip[0])},${round(tip[1])}`;
  return `M${round(x * zoom)},${round(y * zoom)}L${point}M${barb(headAngle)}L${point}L${barb(-headAngle)}`;
}
