/** Plans where the detector looks: at the whole photo, and at enlargements of it.
 *
 *  [Note: scales and tiles] A detector finds faces from about 14 to 300 pixels of what it is shown. Shrunk to 320
 *  pixels, a twelve-megapixel photo loses faces under 170. So the photo is shown at several scales, neighbouring ones at
 *  most a factor apart. A scale that would take too much memory at once, or a detector whose input has one size, sees
 *  it in tiles that overlap by as much as a face can measure before the next coarser scale finds it: every face lies
 *  whole in some picture that shows it large enough. */

import type { Detector } from '../../native-models/packs/manifest.ts';
import type { Box } from '../geometry/types.ts';
import { decoderScales } from '../imaging/decode.ts';

/** Up to so many times a scale that the decoder has, that one serves. */
const snapReach = 1.15;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface DetectionPlanOptions {
  /** Longer side, upright photo pixels, of the smallest faces looked for. */
  readonly smallestFacePx: number;
  /** The coarsest scale holds about so many pixels. */
  readonly wholePixels: number;
  /** The finest scale holds no more pixels than this, however large the photo. */
  readonly maxScaledPixels: number;
  /** The detector sees no more at once, where its input's size is open. */
  readonly maxTilePixels: number;
  /** Two neighbouring scales lie at most this factor apart. */
  readonly maxScaleStep: number;
  /** The next coarser scale finds larger faces in any case: boxes that are longer, by this factor, than a scale's share of
   *  them are figments as often as not, and need a second look. */
  readonly faceReach: number;
  /** A finer scale than the whole photo's is looked at only where it is finer by this factor. */
  readonly minScaleGain: number;
}

export interface PlannedScale {
  /** The whole photo at this scale. */
  readonly size: Size;
  /** Whether it is the coarsest. */
  readonly isWhole: boolean;
  /** Longer side, pixels of this scale, of the largest faces that are trusted here at first sight. */
  readonly largestFacePx: number;
  /** What the detector is shown, in pixels of this scale, all of one size; they may reach beyond the photo's border. */
  readonly tiles: readonly Box[];
}

/** Of a manifest's detector, what decides the plan. */
export type PlannedDetector = Pick<Detector, 'reliableFacePx' | 'sizeMultiplePx'> & {
  readonly input: Pick<Detector['input'], 'shape'>;
};

/** @param photo upright pixels
 *  @returns from coarse to fine; the first is the whole photo */
export function planDetection(photo: Size, detector: PlannedDetector, options: DetectionPlanOptions): PlannedScale[] {
  const wholeScale = chooseWholeScale(photo, detector, options);
  const finestScale = snapToDecoder(
    Math.min(detector.reliableFacePx / options.smallestFacePx, Math.sqrt(options.maxScaledPixels / (photo.width * photo.height))),
  );
  const gain = finestScale / wholeScale;
  const steps = gain < options.minScaleGain ? 0 : Math.ceil(Math.log(gain) / Math.log(options.maxScaleStep) - 1e-9);
  const step = steps === 0 ? 1 : gain ** (1 / steps);
  return Array.from({ length: steps + 1 }, (_, index): PlannedScale => {
    const size = scaleSize(photo, wholeScale * step ** index);
    // What the coarser scale shows just too small must lie whole in a tile here.
    const overlap = index === 0 ? 0 : Math.ceil(detector.reliableFacePx * step);
    return {
      size,
      isWhole: index === 0,
      largestFacePx: index === 0 ? Number.POSITIVE_INFINITY : overlap * options.faceReach,
      tiles: placeTiles(size, chooseTile(size, detector, options), overlap),
    };
  });
}

/** A little less than was asked for is taken where the decoder then leaves out half the work. */
function snapToDecoder(scale: number): number {
  return decoderScales.find((decoded) => decoded < scale && scale < decoded * snapReach) ?? scale;
}

/** A detector of one size sees the whole photo fitted into it; any other, as many pixels as the options say, but no photo
 *  enlarged: that would show nothing new. */
function chooseWholeScale(photo: Size, detector: PlannedDetector, { wholePixels }: DetectionPlanOptions): number {
  const [, , height, width] = detector.input.shape;
  if (detector.sizeMultiplePx === null) return Math.min(width / photo.width, height / photo.height);
  return Math.min(1, Math.sqrt(wholePixels / (photo.width * photo.height)));
}

function chooseTile(size: Size, { input, sizeMultiplePx }: PlannedDetector, { maxTilePixels }: DetectionPlanOptions): Size {
  const [, , inputHeight, inputWidth] = input.shape;
  if (sizeMultiplePx === null) return { width: inputWidth, height: inputHeight };
  const roundUp = (length: number): number => Math.max(2, Math.ceil(length / sizeMultiplePx)) * sizeMultiplePx;
  const whole = { width: roundUp(size.width), height: roundUp(size.height) };
  if (whole.width * whole.height <= maxTilePixels) return whole;
  // As square as the photo allows, so that overlaps cost least.
  const side = Math.floor(Math.sqrt(maxTilePixels) / sizeMultiplePx) * sizeMultiplePx;
  const width = Math.min(whole.width, Math.max(side, Math.floor(maxTilePixels / whole.height / sizeMultiplePx) * sizeMultiplePx));
  return { width, height: Math.min(whole.height, Math.max(sizeMultiplePx, Math.floor(maxTilePixels / width / sizeMultiplePx) * sizeMultiplePx)) };
}

function scaleSize(photo: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(photo.width * scale)), height: Math.max(1, Math.round(photo.height * scale)) };
}

function placeTiles(size: Size, tile: Size, overlap: number): Box[] {
  const columns = placeAlong(size.width, tile.width, overlap);
  const rows = placeAlong(size.height, tile.height, overlap);
  return rows.flatMap((y) => columns.map((x) => ({ x, y, ...tile })));
}

/** @returns starts of as few tiles as cover `length` with at least `overlap` between neighbours, evenly spread */
function placeAlong(length: number, tile: number, overlap: number): number[] {
  if (length <= tile) return [0];
  const count = Math.ceil((length - overlap) / (tile - overlap));
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - tile)) / (count - 1)));
}
