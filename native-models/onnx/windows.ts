/** Reads how a convolution or pooling node moves its window over the rows and columns of an image. */

import { readNumber, readNumbers, readText, unsupported, type GraphNode } from './graph.ts';

/** Rows first, then columns; pads in pixels. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
}

/**
 * @param image [height, width] of the input
 * @param kernel [height, width]
 * @throws AppError "unsupported-operator" for windows over anything but two dimensions
 */
export function readWindow(
  node: GraphNode,
  image: readonly [number, number],
  kernel: readonly [number, number],
): Window {
  const strides = readPair(node, 'strides');
  const dilations = readPair(node, 'dilations');
  if (readNumber(node, 'ceil_mode', 0) !== 0) throw unsupported(node, ' with ceil_mode');
  const [top = 0, left = 0, bottom = 0, right = 0] = readPads(node, image, { kernel, strides, dilations });
  return { kernel, strides, dilations, pads: { top, left, bottom, right } };
}

/** @returns [height, width] of the output */
export function measureOutput(image: readonly [number, number], window: Window): [number, number] {
  const { top, left, bottom, right } = window.pads;
  const measure = (axis: 0 | 1, padding: number): number =>
    Math.floor((image[axis] + padding - extent(window, axis)) / window.strides[axis]) + 1;
  return [measure(0, top + bottom), measure(1, left + right)];
}

/** @returns whether the pads are those that TensorFlow calls "same" */
export function hasSamePads(image: readonly [number, number], window: Window): boolean {
  const { top, left, bottom, right } = window.pads;
  const [rows = 0, columns = 0] = ([0, 1] as const).map((axis) => samePadding(image, window, axis));
  return top === Math.floor(rows / 2) && top + bottom === rows && left === Math.floor(columns / 2) && left + right === columns;
}

/** @param halve of an odd number of rows or columns the share above or on the left: rounded down in TensorFlow
 *  @returns [top, left, bottom, right] in pixels: what makes the output as long as the input over the stride, rounded up */
export function measureSamePads(
  image: readonly [number, number],
  window: Omit<Window, 'pads'>,
  halve: (pads: number) => number = Math.floor,
): number[] {
  const totals = ([0, 1] as const).map((axis) => samePadding(image, window, axis));
  const before = totals.map((total) => halve(total / 2));
  return [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))];
}

/** Rows or columns that a dilated kernel spans. */
function extent({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>, axis: 0 | 1): number {
  return (kernel[axis] - 1) * dilations[axis] + 1;
}

/** Padding in all that makes the output as long as the input over the stride, rounded up. */
function samePadding(image: readonly [number, number], window: Omit<Window, 'pads'>, axis: 0 | 1): number {
  const stride = window.strides[axis];
  return Math.max(0, (Math.ceil(image[axis] / stride) - 1) * stride + extent(window, axis) - image[axis]);
}

function readPair(node: GraphNode, name: string): [number, number] {
  const [rows = 1, columns = 1, ...more] = readNumbers(node, name) ?? [];
  if (more.length > 0) throw unsupported(node, ` over more than two dimensions`);
  return [rows, columns];
}

function readPads(node: GraphNode, image: readonly [number, number], window: Omit<Window, 'pads'>): readonly number[] {
  const mode = readText(node, 'auto_pad', 'NOTSET');
  if (mode === 'NOTSET') return readNumbers(node, 'pads') ?? [];
  if (mode === 'VALID') return [];
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER') throw unsupported(node, ` with auto_pad ${mode}`);
  return measureSamePads(image, window, mode === 'SAME_UPPER' ? Math.floor : Math.ceil);
}
