/** Eight-bit RGB pixels and how they are resampled.
 *
 *  [Note: pixel coordinates] Coordinates are continuous: pixel i covers i to i + 1 and its centre is i + 0.5. So a
 *  point keeps its share of the picture when the picture is scaled, and a chip comes out the same whatever resolution
 *  it was taken from. At scale 1 this agrees with OpenCV, which counts from pixel centres. */

import { AppError } from '../base/errors.ts';
import { applyAffineToBox, composeAffine, identityMatrix } from '../geometry/affine.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';

export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
}

/** [Note: sampled values] Pixels for a network, 0 to 255 but not rounded: a landmark that another runtime puts a
 *  ten-thousandth of a pixel away must not turn into another pixel value, or embeddings would differ by it. */
export interface SampledImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Float32Array;
}

/** [height, width], 0 to 255, not rounded */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function createPixelImage(width: number, height: number): PixelImage {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Resamples `source` into a picture of its own: bilinear, after averaging blocks of pixels where the map shrinks, so
 *  that fine texture does not alias. Beyond the border of `source` its edge pixels repeat.
 *  @param targetToSource maps target pixels to source pixels, see [Note: pixel coordinates]
 *  @param convert changes the colours of the part of `source` that the target shows, before it is sampled */
export function samplePixels(
  source: PixelImage,
  targetToSource: AffineMatrix,
  size: { width: number; height: number },
  convert: ((image: PixelImage) => PixelImage) | null = null,
): SampledImage {
  const part = reducePart(source, targetToSource, coveredBox(targetToSource, size), convert);
  return sampleBilinear(part.pixels, composeAffine(part.sourceToPart, targetToSource), size);
}

/** As samplePixels, but each pixel is looked up at a place of its own: for pictures that no affine map makes.
 *  @param viewToSource maps the space of the places to source pixels, and says how fine the target is
 *  @param places [height, width, 2] */
export function samplePixelsAt(
  source: PixelImage,
  viewToSource: AffineMatrix,
  places: Float32Array,
  size: { width: number; height: number },
  convert: ((image: PixelImage) => PixelImage) | null = null,
): SampledImage {
  if (places.length !== size.width * size.height * 2) {
    throw new AppError('bad-argument', `Expected a place for each of ${size.width}x${size.height} pixels but received ${places.length / 2}`);
  }
  const part = reducePart(source, viewToSource, applyAffineToBox(viewToSource, boundPlaces(places)), convert);
  const [a, b, tx, c, d, ty] = composeAffine(part.sourceToPart, viewToSource);
  const target = new Float32Array(size.width * size.height * 3);
  for (let at = 0, out = 0; at < places.length; at += 2, out += 3) {
    const [x, y] = [places[at]!, places[at + 1]!];
    interpolate(part.pixels, a * x + b * y + tx, c * x + d * y + ty, target, out);
  }
  return { ...size, data: target };
}

function boundPlaces(places: Float32Array): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < places.length; at += 2) {
    left = Math.min(left, places[at]!);
    right = Math.max(right, places[at]!);
    top = Math.min(top, places[at + 1]!);
    bottom = Math.max(bottom, places[at + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param covered source pixels that are needed
 *  @returns a part of `source` whose pixels are blocks of it, in the colours wanted */
function reducePart(
  source: PixelImage,
  targetToSource: AffineMatrix,
  covered: Box,
  convert: ((image: PixelImage) => PixelImage) | null,
): { pixels: PixelImage; sourceToPart: AffineMatrix } {
  if (source.width === 0 || source.height === 0) {
    throw new AppError('bad-argument', `Expected a picture with pixels but received ${source.width}x${source.height}`);
  }
  const [a, b, , c, d] = targetToSource;
  // How many source pixels lie under one target pixel, along each axis of the source.
  const blockWidth = Math.max(1, Math.floor(Math.hypot(a, b) + 1e-6));
  const blockHeight = Math.max(1, Math.floor(Math.hypot(c, d) + 1e-6));
  if (blockWidth === 1 && blockHeight === 1 && convert === null) return { pixels: source, sourceToPart: identityMatrix };
  // On a grid of whole blocks: a map that moves by next to nothing averages the same pixels.
  const left = alignDown(clampInteger(Math.floor(covered.x) - blockWidth, 0, source.width - 1), blockWidth);
  const top = alignDown(clampInteger(Math.floor(covered.y) - blockHeight, 0, source.height - 1), blockHeight);
  const right = clampInteger(alignUp(Math.ceil(covered.x + covered.width) + blockWidth, blockWidth), left + 1, source.width);
  const bottom = clampInteger(alignUp(Math.ceil(covered.y + covered.height) + blockHeight, blockHeight), top + 1, source.height);
  const reduced = averageBlocks(source, { left, top, right, bottom, blockWidth, blockHeight });
  const sourceToPart: AffineMatrix = [1 / blockWidth, 0, -left / blockWidth, 0, 1 / blockHeight, -top / blockHeight];
  return { pixels: convert?.(reduced) ?? reduced, sourceToPart };
}

/** As samplePixels, in eight bits. */
export function warpPixels(
  source: PixelImage,
  targetToSource: AffineMatrix,
  size: { width: number; height: number },
): PixelImage {
  return roundPixels(samplePixels(source, targetToSource, size));
}

export function roundPixels({ width, height, data }: SampledImage): PixelImage {
  // Uint8Array.from would take ten times as long.
  const rounded = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) rounded[index] = data[index]! + 0.5;
  return { width, height, data: rounded };
}

/** @returns the upright box around the source pixels that the target shows */
function coveredBox(targetToSource: AffineMatrix, size: { width: number; height: number }): Box {
  return applyAffineToBox(targetToSource, { x: 0, y: 0, ...size });
}

interface Blocks {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
}

/** Blocks at the right and lower border hold what pixels there are. */
function averageBlocks(source: PixelImage, blocks: Blocks): PixelImage {
  const { left, top, right, bottom, blockWidth, blockHeight } = blocks;
  const reduced = createPixelImage(Math.ceil((right - left) / blockWidth), Math.ceil((bottom - top) / blockHeight));
  const { data } = source;
  const sums = new Uint32Array(reduced.width * 3);
  for (let row = 0; row < reduced.height; row++) {
    const firstLine = top + row * blockHeight;
    const lastLine = Math.min(bottom, firstLine + blockHeight);
    sums.fill(0);
    for (let line = firstLine; line < lastLine; line++) {
      let index = (line * source.width + left) * 3;
      for (let column = 0; column < reduced.width; column++) {
        const count = Math.min(blockWidth, right - left - column * blockWidth);
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let step = 0; step < count; step++, index += 3) {
          red += data[index]!;
          green += data[index + 1]!;
          blue += data[index + 2]!;
        }
        sums[column * 3]! += red;
        sums[column * 3 + 1]! += green;
        sums[column * 3 + 2]! += blue;
      }
    }
    for (let column = 0; column < reduced.width; column++) {
      const count = Math.min(blockWidth, right - left - column * blockWidth) * (lastLine - firstLine);
      const index = (row * reduced.width + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        reduced.data[index + channel] = (sums[column * 3 + channel]! + (count >> 1)) / count;
      }
    }
  }
  return reduced;
}

function sampleBilinear(
  source: PixelImage,
  targetToSource: AffineMatrix,
  size: { width: number; height: number },
): SampledImage {
  const target = new Float32Array(size.width * size.height * 3);
  const [a, b, tx, c, d, ty] = targetToSource;
  let out = 0;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++, out += 3) {
      interpolate(source, a * (column + 0.5) + b * (row + 0.5) + tx, c * (column + 0.5) + d * (row + 0.5) + ty, target, out);
    }
  }
  return { width: size.width, height: size.height, data: target };
}

/** Bilinear, at source coordinates; writes three values into `target` from `out` on. */
function interpolate(source: PixelImage, atX: number, atY: number, target: Float32Array, out: number): void {
  const { data, width, height } = source;
  const lastColumn = width - 1;
  const lastRow = height - 1;
  const x = Math.min(lastColumn, Math.max(0, atX - 0.5));
  const y = Math.min(lastRow, Math.max(0, atY - 0.5));
  const x0 = x | 0;
  const y0 = y | 0;
  const shareX = x - x0;
  const shareY = y - y0;
  const stepX = x0 < lastColumn ? 3 : 0;
  const stepY = y0 < lastRow ? width * 3 : 0;
  const index = (y0 * width + x0) * 3;
  for (let channel = 0; channel < 3; channel++) {
    const at = index + channel;
    const upper = data[at]! + (data[at + stepX]! - data[at]!) * shareX;
    const lower = data[at + stepY]! + (data[at + stepY + stepX]! - data[at + stepY]!) * shareX;
    target[out + channel] = upper + (lower - upper) * shareY;
  }
}

/** @param box whole pixels; what lies beyond the picture is black
 *  @returns the pixels of the box, as they are */
export function cropPixels(image: PixelImage, box: Box): PixelImage {
  if (box.x === 0 && box.y === 0 && box.width === image.width && box.height === image.height) return image;
  const crop = createPixelImage(box.width, box.height);
  const left = Math.max(0, box.x);
  const right = Math.min(image.width, box.x + box.width);
  const bottom = Math.min(image.height, box.y + box.height);
  for (let row = Math.max(0, box.y); row < bottom && left < right; row++) {
    const line = image.data.subarray((row * image.width + left) * 3, (row * image.width + right) * 3);
    crop.data.set(line, ((row - box.y) * box.width + left - box.x) * 3);
  }
  return crop;
}

/** @returns the picture as a mirror shows it, left and right exchanged */
export function mirrorPixels({ width, height, data }: SampledImage): SampledImage {
  const mirrored = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      const to = (row * width + width - 1 - column) * 3;
      for (let channel = 0; channel < 3; channel++) mirrored[to + channel] = data[from + channel]!;
    }
  }
  return { width, height, data: mirrored };
}

/** @returns luma of each pixel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) */
export function toGrey(image: PixelImage | SampledImage): GreyImage {
  const grey = new Float32Array(image.width * image.height);
  for (let pixel = 0, index = 0; pixel < grey.length; pixel++, index += 3) {
    grey[pixel] = 0.299 * image.data[index]! + 0.587 * image.data[index + 1]! + 0.114 * image.data[index + 2]!;
  }
  return { width: image.width, height: image.height, data: grey };
}

function alignDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function alignUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function clampInteger(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
