/** Draws an embedding's numbers as a picture: a square a number, the larger the further from zero.
 *
 *  [Note: signs without colour] What is above zero is filled, what is below is an outline; colours (blue and orange, which people
 *  who see colours differently tell apart, too) only say it once more. */

import { AppError } from '../../../electron/base/errors.ts';
import { escapeText, round } from '../charts/chart.ts';

export interface EmbeddingPictureOptions {
  /** Says to those who cannot see it what is drawn. */
  readonly title: string;
  /** The number whose square fills its place; by default the largest. One for several pictures makes them comparable. */
  readonly fullValue?: number;
}

const cellPx = 10;
const outlinePx = 1.4;
/** Squares with smaller sides cannot be seen. */
const smallestSidePx = 0.6;
const columnsByLength = { few: 16, many: 32 };
const manyNumbers = 256;

/** @returns the largest distance from zero of all numbers; 1 where all are zero */
export function findFullValue(embeddings: readonly Float32Array[]): number {
  const largest = embeddings.reduce((most, values) => values.reduce((more, value) => Math.max(more, Math.abs(value)), most), 0);
  return largest > 0 ? largest : 1;
}

/** @param values finite; row by row, 32 a row for long embeddings, 16 for others
 *  @returns an SVG that takes its two colours from the page's --above and --below
 *  @throws AppError "bad-argument" without numbers, or with some that are not finite */
export function drawEmbedding(values: Float32Array, { title, fullValue = findFullValue([values]) }: EmbeddingPictureOptions): string {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new AppError('bad-argument', `Expected finite numbers to draw but received ${values.length} of which some are not`);
  }
  const columns = values.length >= manyNumbers ? columnsByLength.many : columnsByLength.few;
  const width = columns * cellPx;
  const height = Math.ceil(values.length / columns) * cellPx;
  const paths = { above: '', below: '' };
  values.forEach((value, index) => {
    const side = Math.sqrt(Math.min(1, Math.abs(value) / fullValue)) * cellPx;
    if (side < smallestSidePx) return;
    const x = ((index % columns) + 0.5) * cellPx;
    const y = (Math.floor(index / columns) + 0.5) * cellPx;
    paths[value > 0 ? 'above' : 'below'] += value > 0 ? traceSquare(x, y, side) : traceSquare(x, y, side) + traceHole(x, y, side);
  });
  return (
    `<svg class="numbers" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">` +
    `<path class="above" d="${paths.above}"/><path class="below" fill-rule="evenodd" d="${paths.below}"/></svg>`
  );
}

function traceSquare(x: number, y: number, side: number): string {
  const edge = round(side);
  return `M${round(x - side / 2)} ${round(y - side / 2)}h${edge}v${edge}h-${edge}z`;
}

/** What is left of it is an outline; nothing for squares as thin as that. */
function traceHole(x: number, y: number, side: number): string {
  const inner = side - 2 * outlinePx;
  return inner > 0 ? traceSquare(x, y, inner) : '';
}
