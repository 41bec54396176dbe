/** What the charts share: the frame, its axes, a legend, and colours that hold in light and dark. */

import { scaleLinear, scaleLog } from 'd3-scale';

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** Lowest and highest; found from the data where it is missing. Positive where the scale is logarithmic. */
  readonly range?: readonly [number, number];
  /** Values that have a line; round ones are chosen where they are missing. */
  readonly ticks?: readonly number[];
  /** As d3-format writes it, such as ".0%"; powers of ten on a logarithmic axis without it. */
  readonly format?: string;
}

export interface ChartFrame {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
}

export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly placeX: (value: number) => number;
  readonly placeY: (value: number) => number;
}

/** Told apart by people who see colours differently too. Source: Okabe and Ito 2008. */
const seriesColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'];

const defaultWidth = 720;
const defaultHeight = 420;
const margin = { left: 72, top: 44, right: 28, bottom: 56 };
const legendLine = 20;
const tickCount = 6;

export function colourOf(series: number): string {
  return seriesColours[series % seriesColours.length]!;
}

/** Draws the frame around what `drawInside` draws.
 *  @param names of the series, for the legend; one alone needs none
 *  @param values all that is drawn, where an axis has no range of its own
 *  @returns a self-contained SVG */
export function drawChart(
  frame: ChartFrame,
  names: readonly string[],
  values: { readonly x: readonly number[]; readonly y: readonly number[] },
  drawInside: (area: PlotArea) => string,
): string {
  const width = frame.width ?? defaultWidth;
  const legendHeight = names.length > 1 ? names.length * legendLine : 0;
  const height = (frame.height ?? defaultHeight) + legendHeight;
  const bounds = { left: margin.left, top: margin.top, right: width - margin.right, bottom: height - margin.bottom - legendHeight };
  const x = createScale(frame.x, values.x, [bounds.left, bounds.right]);
  const y = createScale(frame.y, values.y, [bounds.bottom, bounds.top]);
  const area = { ...bounds, placeX: x.place, placeY: y.place };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
      `aria-label="${escapeText(frame.title)}" font-family="system-ui, sans-serif" font-size="12">`,
    '<style>svg{background:#fff;color:#222}@media(prefers-color-scheme:dark){svg{background:#1b1b1d;color:#e6e6e6}}</style>',
    drawText(width / 2, 24, frame.title, 'text-anchor="middle" font-size="15" font-weight="600"'),
    ...x.ticks.map(({ value, text }) => drawColumn(area, round(x.place(value)), text)),
    ...y.ticks.map(({ value, text }) => drawRow(area, round(y.place(value)), text)),
    drawText((area.left + area.right) / 2, area.bottom + 42, frame.x.label, 'text-anchor="middle"'),
    drawText(0, 0, frame.y.label, `text-anchor="middle" transform="translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)"`),
    drawInside(area),
    ...(names.length > 1 ? names.map((name, index) => drawLegendLine(area, index, name)) : []),
    '</svg>',
    '',
  ].join('\n');
}

/** @returns with a tenth of a pixel, which is as fine as an eye can see */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function drawText(x: number, y: number, text: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="currentColor" ${attributes}>${escapeText(text)}</text>`;
}

function drawColumn({ top, bottom }: PlotArea, x: number, text: string): string {
  return (
    `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="currentColor" stroke-opacity="0.12"/>` +
    drawText(x, bottom + 18, text, 'text-anchor="middle"')
  );
}

function drawRow({ left, right }: PlotArea, y: number, text: string): string {
  return (
    `<line x1="${left}" x2="${right}" y1="${y}" y2="${y}" stroke="currentColor" stroke-opacity="0.12"/>` +
    drawText(left - 8, y + 4, text, 'text-anchor="end"')
  );
}

function drawLegendLine({ left, bottom }: PlotArea, index: number, name: string): string {
  const y = bottom + 64 + index * legendLine;
  return (
    `<line x1="${left}" x2="${left + 24}" y1="${y - 4}" y2="${y - 4}" stroke="${colourOf(index)}" stroke-width="3"/>` +
    drawText(left + 32, y, name, '')
  );
}

interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

function createScale(axis: Axis, values: readonly number[], pixels: readonly [number, number]): Scale {
  const isLogarithmic = axis.scale === 'log';
  const shown = values.filter((value) => Number.isFinite(value) && (!isLogarithmic || value > 0));
  const [lowest, highest] = axis.range ?? widen(shown, isLogarithmic);
  const scale = (isLogarithmic ? scaleLog() : scaleLinear()).domain([lowest, highest]).range([...pixels]);
  if (axis.range === undefined && axis.ticks === undefined) scale.nice();
  const format = scale.tickFormat(tickCount, axis.format ?? (isLogarithmic ? '.0e' : undefined));
  const ticks = (axis.ticks ?? scale.ticks(tickCount)).map((value) => ({ value, text: format(value) }));
  return { place: (value) => scale(value), ticks };
}

/** @returns the range of the values, and some around one that stands alone */
function widen(values: readonly number[], isLogarithmic: boolean): [number, number] {
  if (values.length === 0) return isLogarithmic ? [0.1, 1] : [0, 1];
  const lowest = values.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (lowest < highest) return [lowest, highest];
  return isLogarithmic ? [lowest / 2, lowest * 2] : [lowest - 0.5, lowest + 0.5];
}
