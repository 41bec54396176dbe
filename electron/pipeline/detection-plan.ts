/** Plans where the detector looks: at the whole photo, and at overlapping tiles of enlargements of it.
 *
 *  [Note: scales and tiles] The detector sees 320x240 pixels, whatever it is shown, and finds faces from about 16 of
 *  them on. Stretched to that, a twelve-megapixel photo loses faces under 170 px. So the photo is also cut into tiles
 *  at finer scales. Neighbouring scales lie at most a factor apart, and tiles overlap by as much as a face can
 *  measure before the next coarser scale finds it: every face lies whole in some tile that shows it large enough. */

import type { Box } from '../geometry/types.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface DetectionPlanOptions {
  /** Longer side, upright photo pixels, of the smallest faces looked for. */
  readonly smallestFacePx: number;
  /** Longer side, network input pixels, from which on the detector is reliable. */
  readonly reliableFacePx: number;
  /** The finest scale holds no more pixels than this, however large the photo. */
  readonly maxScaledPixels: number;
  /** Two neighbouring scales lie at most this factor apart. */
  readonly maxScaleStep: number;
  /** What the next coarser scale finds in any case is not looked for: a tile drops boxes that are longer than its
   *  scale's largest face by this factor, most of which are figments. */
  readonly faceReach: number;
  /** A finer scale than the whole photo's is looked at only where it is finer by this factor. */
  readonly minScaleGain: number;
}

export interface PlannedScale {
  /** The whole photo at this scale. */
  readonly size: Size;
  /** Whether the photo is stretched to the network's input as a whole. */
  readonly isWhole: boolean;
  /** Longer side, pixels of this scale, of the largest faces that are looked for here. */
  readonly largestFacePx: number;
  /** In pixels of this scale, each of the network's input size; they may reach beyond the photo's border. */
  readonly tiles: readonly Box[];
}

/** @param photo upright pixels
 *  @param input of the network, pixels
 *  @returns from coarse to fine; the first is the whole photo stretched to the input */
export function planDetection(photo: Size, input: Size, options: DetectionPlanOptions): PlannedScale[] {
  const whole: PlannedScale = { size: input, isWhole: true, largestFacePx: Number.POSITIVE_INFINITY, tiles: [{ x: 0, y: 0, ...input }] };
  const wholeScale = Math.min(input.width / photo.width, input.height / photo.height);
  const finestScale = Math.min(
    options.reliableFacePx / options.smallestFacePx,
    Math.sqrt(options.maxScaledPixels / (photo.width * photo.height)),
  );
  const gain = finestScale / wholeScale;
  if (gain < options.minScaleGain) return [whole];
  const steps = Math.ceil(Math.log(gain) / Math.log(options.maxScaleStep) - 1e-9);
  const step = gain ** (1 / steps);
  const scales = [whole];
  for (let index = 1; index <= steps; index++) {
    const scale = wholeScale * step ** index;
    const size = { width: Math.round(photo.width * scale), height: Math.round(photo.height * scale) };
    // What the coarser scale shows just too small must lie whole in a tile here.
    const overlap = Math.ceil(options.reliableFacePx * step);
    scales.push({ size, isWhole: false, largestFacePx: overlap * options.faceReach, tiles: placeTiles(size, input, overlap) });
  }
  return scales;
}

function placeTiles(size: Size, tile: Size, overlap: number): Box[] {
  const columns = placeAlong(size.width, tile.width, overlap);
  const rows = placeAlong(size.height, tile.height, overlap);
  return rows.flatMap((y) => columns.map((x) => ({ x, y, ...tile })));
}

/** @returns starts of as few tiles as cover `length` with at least `overlap` between neighbours, evenly spread */
function placeAlong(length: number, tile: number, overlap: number): number[] {
  if (length <= tile) return [Math.floor((length - tile) / 2)];
  const count = Math.ceil((length - overlap) / (tile - overlap));
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - tile)) / (count - 1)));
}
