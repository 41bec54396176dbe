/** Finds the faces of a photo: shows the detector what the plan says and merges what it answers. */

import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { FloatTensor, Network } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { boxFromCorners, placeBox } from '../geometry/boxes.ts';
import type { Box } from '../geometry/types.ts';
import { cropPixels, type PixelImage } from '../imaging/pixels.ts';
import type { PlannedScale, Size } from './detection-plan.ts';
import { createInputTensor } from './input-tensor.ts';
import { mergeScales, suppressOverlaps, type Detection, type MergeOptions } from './merge-detections.ts';

export interface DetectionOptions extends Pick<MergeOptions, 'maxIntersectionOverSmaller'> {
  /** Detections in the whole photo need this score, and the manifest's. */
  readonly minWholeScore: number;
  /** Detections in tiles need this score: many tiles are many chances to err. */
  readonly minTileScore: number;
  /** Input pixels: a box that comes this close to where a tile cuts through the photo is a cut face. */
  readonly cutMarginPx: number;
  /** Tiles that the network sees in one run. */
  readonly tilesPerRun: number;
}

export interface DetectionSource {
  /** Upright pixels of the photo. */
  readonly photo: Size;
  readonly scales: readonly PlannedScale[];
  /** @returns the whole upright photo stretched to the size */
  readonly render: (size: Size) => Promise<PixelImage>;
}

/** @returns upright photo pixels, by falling score; boxes may reach beyond the photo */
export async function detectFaces(
  network: Network,
  manifest: PackManifest['detector'],
  source: DetectionSource,
  options: DetectionOptions,
): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const scale of source.scales) {
    const pixels = await source.render(scale.size);
    const part = {
      originX: 0,
      originY: 0,
      scaleX: source.photo.width / scale.size.width,
      scaleY: source.photo.height / scale.size.height,
    };
    const minScore = Math.max(manifest.scoreThreshold, scale.isWhole ? options.minWholeScore : options.minTileScore);
    for (let start = 0; start < scale.tiles.length; start += options.tilesPerRun) {
      const tiles = scale.tiles.slice(start, start + options.tilesPerRun);
      const answers = await runDetector(network, manifest, tiles.map((tile) => cropPixels(pixels, tile)), minScore);
      for (const [index, tile] of tiles.entries()) {
        const whole = suppressOverlaps(answers[index]!, manifest.nmsThreshold).filter(
          ({ box }) => Math.max(box.width, box.height) <= scale.largestFacePx && !isCut(box, tile, scale.size, options.cutMarginPx),
        );
        for (const { box, score } of whole) {
          found.push({ box: placeBox({ ...box, x: box.x + tile.x, y: box.y + tile.y }, part), score });
        }
      }
    }
  }
  return mergeScales(found, {
    maxIntersectionOverUnion: manifest.nmsThreshold,
    maxIntersectionOverSmaller: options.maxIntersectionOverSmaller,
  });
}

/** @returns per picture what scored at least `minScore`, in input pixels, overlapping */
async function runDetector(
  network: Network,
  manifest: PackManifest['detector'],
  pictures: readonly PixelImage[],
  minScore: number,
): Promise<Detection[][]> {
  const [, , height, width] = manifest.input.shape;
  const outputs = await network.run({ [manifest.input.name]: createInputTensor(pictures, manifest.input) });
  const scores = takeOutput(outputs, manifest.outputs.scores);
  const boxes = takeOutput(outputs, manifest.outputs.boxes);
  const priorCount = scores.shape[1] ?? 0;
  return pictures.map((_, picture) => {
    const detections: Detection[] = [];
    for (let prior = picture * priorCount; prior < (picture + 1) * priorCount; prior++) {
      const score = scores.data[prior * 2 + 1]!;
      // Asked this way round, NaN is dropped too.
      if (!(score >= minScore)) continue;
      const [left, top, right, bottom] = boxes.data.subarray(prior * 4, prior * 4 + 4) as unknown as [number, number, number, number];
      const box = boxFromCorners(left * width, top * height, right * width, bottom * height);
      if (box.width >= 1 && box.height >= 1) detections.push({ box, score: Math.min(1, score) });
    }
    return detections;
  });
}

function takeOutput(outputs: Readonly<Record<string, FloatTensor>>, name: string): FloatTensor {
  const output = outputs[name];
  if (output === undefined) throw new AppError('model-mismatch', `Expected an output ${name} of the detector but received none`);
  return output;
}

/** Whether a box in tile pixels touches an edge of the tile beyond which the photo goes on. */
function isCut(box: Box, tile: Box, photo: Size, marginPx: number): boolean {
  return (
    (tile.x > 0 && box.x < marginPx) ||
    (tile.y > 0 && box.y < marginPx) ||
    (tile.x + tile.width < photo.width && box.x + box.width > tile.width - marginPx) ||
    (tile.y + tile.height < photo.height && box.y + box.height > tile.height - marginPx)
  );
}
