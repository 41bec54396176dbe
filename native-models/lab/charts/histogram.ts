/** Draws how values are spread, several kinds above each other: the distances of genuine and of impostor pairs. */

import { colourOf, drawChart, escapeText, round, type Axis } from './chart.ts';

export interface HistogramSeries {
  readonly name: string;
  /** How much lies in each bin; drawn as a share of the sum, so that kinds of very different size compare. */
  readonly counts: ArrayLike<number>;
}

export interface HistogramFrame {
  readonly title: string;
  readonly x: Axis & { readonly range: readonly [number, number] };
  /** Marked by an upright line each. */
  readonly thresholds?: readonly { readonly value: number; readonly label: string }[];
  readonly width?: number;
  readonly height?: number;
}

const labelLine = 14;

/** @param series all of one number of bins, which cut the range of x into equal parts
 *  @returns a self-contained SVG */
export function drawHistogram(frame: HistogramFrame, series: readonly HistogramSeries[]): string {
  const [lowest, highest] = frame.x.range;
  const shares = series.map(({ counts }) => shareOut(counts));
  const y: Axis = { label: 'share', scale: 'linear', format: '~%' };
  const values = { x: [lowest, highest], y: [0, ...shares.flat()] };
  const names = series.map(({ name }) => name);
  return drawChart({ ...frame, y }, names, values, ({ placeX, placeY, top, bottom }) => {
    const outlines = shares.map((bins, index) => {
      const width = (highest - lowest) / bins.length;
      const steps = bins.map((share, bin) => {
        const height = round(placeY(share));
        return `L${round(placeX(lowest + bin * width))},${height}L${round(placeX(lowest + (bin + 1) * width))},${height}`;
      });
      const path = `M${round(placeX(lowest))},${round(placeY(0))}${steps.join('')}L${round(placeX(highest))},${round(placeY(0))}Z`;
      return `<path d="${path}" fill="${colourOf(index)}" fill-opacity="0.35" stroke="${colourOf(index)}"/>`;
    });
    const marks = (frame.thresholds ?? []).map(({ value, label }, index) => drawThreshold(round(placeX(value)), { top, bottom }, label, index));
    return [...outlines, ...marks].join('\n');
  });
}

/** Labels stand one below the other: thresholds are often close to each other. */
function drawThreshold(x: number, { top, bottom }: { top: number; bottom: number }, label: string, index: number): string {
  return (
    `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="currentColor" stroke-dasharray="4 3"/>` +
    `<text x="${x + 4}" y="${top + 12 + index * labelLine}" fill="currentColor" font-size="11">${escapeText(label)}</text>`
  );
}

function shareOut(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts);
  const total = list.reduce((sum, count) => sum + count, 0);
  return list.map((count) => (total === 0 ? 0 : count / total));
}
