/** Finds the faces of a photo: shows the detector what the plan says and merges what it answers.
 *
 *  [Note: second look] Tiles are many chances to err, and small faces score lower than they should. Whoever is not
 *  sure at first sight is shown again, alone in the middle and at several sizes. True faces then score nearly 1
 *  at all sizes but one at most; hair, dogs and textures that passed once do not. */

import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { FloatTensor, Network } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { boxFromCorners, intersectionOverUnion, placeBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { cropPixels, type PixelImage, type SampledImage } from '../imaging/pixels.ts';
import type { PlannedScale, Size } from './detection-plan.ts';
import { createInputTensor } from './input-tensor.ts';
import { mergeScales, suppressOverlaps, type Detection, type MergeOptions } from './merge-detections.ts';

export interface DetectionOptions extends Pick<MergeOptions, 'maxIntersectionOverSmaller'> {
  /** From this score on a detection in the whole photo needs no second look. */
  readonly sureWholeScore: number;
  /** The same in tiles. */
  readonly sureTileScore: number;
  /** Longer sides, input pixels, at which a face is shown for the second look. */
  readonly secondLookFacePx: readonly number[];
  /** What a face must score at all of them but one. */
  readonly minSecondLookScore: number;
  /** A photo gets no more second looks than this, the best candidates first. */
  readonly maxSecondLooks: number;
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
  /** @param photoToTarget maps upright photo pixels to target pixels
   *  @returns the part of the photo that the target shows */
  readonly renderPart: (photoToTarget: AffineMatrix, size: Size) => SampledImage;
}

interface Candidate extends Detection {
  readonly isSure: boolean;
}

/** @returns upright photo pixels; boxes may reach beyond the photo */
export async function detectFaces(
  network: Network,
  manifest: PackManifest['detector'],
  source: DetectionSource,
  options: DetectionOptions,
): Promise<Detection[]> {
  const candidates: Candidate[] = [];
  for (const scale of source.scales) candidates.push(...(await searchScale(network, manifest, source, { scale, options })));
  const distinct = suppressOverlaps(candidates, manifest.nmsThreshold);
  const confirmed = await lookAgain(network, manifest, source, { candidates: distinct, options });
  return mergeScales(confirmed, {
    maxIntersectionOverUnion: manifest.nmsThreshold,
    maxIntersectionOverSmaller: options.maxIntersectionOverSmaller,
  });
}

async function searchScale(
  network: Network,
  manifest: PackManifest['detector'],
  source: DetectionSource,
  { scale, options }: { scale: PlannedScale; options: DetectionOptions },
): Promise<Candidate[]> {
  const pixels = await source.render(scale.size);
  const scaleX = source.photo.width / scale.size.width;
  const scaleY = source.photo.height / scale.size.height;
  const sureScore = scale.isWhole ? options.sureWholeScore : options.sureTileScore;
  const found: Candidate[] = [];
  for (let start = 0; start < scale.tiles.length; start += options.tilesPerRun) {
    const tiles = scale.tiles.slice(start, start + options.tilesPerRun);
    const answers = await runDetector(network, manifest, tiles.map((tile) => cropPixels(pixels, tile)));
    for (const [index, tile] of tiles.entries()) {
      for (const { box, score } of suppressOverlaps(answers[index]!, manifest.nmsThreshold)) {
        if (Math.max(box.width, box.height) > scale.largestFacePx) continue;
        if (isCut(box, tile, scale.size, options.cutMarginPx)) continue;
        const part = { originX: tile.x * scaleX, originY: tile.y * scaleY, scaleX, scaleY };
        found.push({ box: placeBox(box, part), score, isSure: score >= sureScore });
      }
    }
  }
  return found;
}

/** See [Note: second look].
 *  @returns the sure candidates and those that the second look confirmed */
async function lookAgain(
  network: Network,
  manifest: PackManifest['detector'],
  source: DetectionSource,
  { candidates, options }: { candidates: readonly Candidate[]; options: DetectionOptions },
): Promise<Detection[]> {
  const confirmed: Detection[] = [];
  let looks = 0;
  for (const candidate of candidates) {
    if (candidate.isSure) confirmed.push(candidate);
    else if (looks++ < options.maxSecondLooks) {
      const score = await scoreAlone(network, manifest, source, { box: candidate.box, options });
      if (score >= options.minSecondLookScore) confirmed.push(candidate);
    }
  }
  return confirmed;
}

/** @returns 0 to 1: what the face scores at each size, the second lowest of it: a true face may have one bad size */
async function scoreAlone(
  network: Network,
  manifest: PackManifest['detector'],
  source: DetectionSource,
  { box, options }: { box: Box; options: DetectionOptions },
): Promise<number> {
  const [, , height, width] = manifest.input.shape;
  const scales = options.secondLookFacePx.map((facePx) => facePx / Math.max(box.width, box.height));
  const pictures = scales.map((scale) => {
    const x = width / 2 - (box.x + box.width / 2) * scale;
    const y = height / 2 - (box.y + box.height / 2) * scale;
    return source.renderPart([scale, 0, x, 0, scale, y], { width, height });
  });
  const seen = await runDetector(network, manifest, pictures);
  const scores = scales.map((scale, index) => {
    const expected = {
      x: (width - box.width * scale) / 2,
      y: (height - box.height * scale) / 2,
      width: box.width * scale,
      height: box.height * scale,
    };
    const same = seen[index]!.filter((found) => intersectionOverUnion(found.box, expected) > manifest.nmsThreshold);
    return Math.max(0, ...same.map(({ score }) => score));
  });
  return scores.sort((first, second) => first - second)[1] ?? scores[0] ?? 0;
}

/** @returns per picture what scored at least the manifest's threshold, in input pixels, overlapping */
async function runDetector(
  network: Network,
  manifest: PackManifest['detector'],
  pictures: readonly (PixelImage | SampledImage)[],
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
      if (!(score >= manifest.scoreThreshold)) continue;
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
