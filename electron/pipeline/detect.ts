/** Finds the faces of a photo: shows the detector what the plan says and merges what it answers.
 *
 *  [Note: second look] Fine scales are many chances to err, and small faces score lower than they should. Whoever is not
 *  sure at first sight is shown again, alone in the middle and at several sizes. True faces then score nearly 1
 *  at all sizes but one at most; hair, dogs and textures that passed once do not. */

import type { Detector } from '../../native-models/packs/manifest.ts';
import { intersectionOverUnion, placeBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box, Point } from '../geometry/types.ts';
import { renderUpright, samplePhoto, scalePixels, type DecodedPhoto } from '../imaging/decode.ts';
import { cropPixels, type PixelImage, type SampledImage } from '../imaging/pixels.ts';
import type { RawDetection } from './decode-detections.ts';
import { planDetection, type DetectionPlanOptions, type PlannedScale, type Size } from './detection-plan.ts';
import { createInputTensor } from './input-tensor.ts';
import { mergeScales, suppressOverlaps, type Detection, type MergeOptions } from './merge-detections.ts';
import type { AnalysisNetworks } from './networks.ts';

export interface DetectionOptions extends DetectionPlanOptions, Pick<MergeOptions, 'maxIntersectionOverSmaller'> {
  /** From this score on a detection in the whole photo needs no second look. */
  readonly sureWholeScore: number;
  /** The same at finer scales. */
  readonly sureFineScore: number;
  /** Longer sides, input pixels, at which a face is shown for the second look. */
  readonly secondLookFacePx: readonly number[];
  /** Side of the square, input pixels, in which it is shown where the input's size is open. */
  readonly secondLookPx: number;
  /** What a face must score at all of them but one. */
  readonly minSecondLookScore: number;
  /** A photo gets no more second looks than this, the best candidates first. */
  readonly maxSecondLooks: number;
  /** Input pixels: a box that comes this close to where a tile cuts through the photo is a cut face. */
  readonly cutMarginPx: number;
}

type PlacedDetector = AnalysisNetworks['detector'];

interface Candidate extends Detection {
  readonly isSure: boolean;
}

/** @returns upright photo pixels; boxes may reach beyond the photo */
export async function detectFaces(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  options: DetectionOptions,
): Promise<Detection[]> {
  const scales = planDetection(photo.header, detector.manifest, options);
  // Every coarser scale comes from the finest, which is a fraction of the photo.
  const finest = await renderUpright(photo, scales.at(-1)!.size);
  const candidates: Candidate[] = [];
  for (const scale of scales) candidates.push(...(await searchScale(detector, photo.header, finest, { scale, options })));
  const confirmed = await lookAgain(detector, photo, candidates, options);
  return mergeScales(confirmed, {
    maxIntersectionOverUnion: detector.manifest.nmsThreshold,
    maxIntersectionOverSmaller: options.maxIntersectionOverSmaller,
  });
}

/** @returns what the whole photo shows at first sight, for choosing between turned ones; upright photo pixels */
export async function glanceAtPhoto(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  options: DetectionOptions,
): Promise<Detection[]> {
  const [scale] = planDetection(photo.header, detector.manifest, options);
  const pixels = await renderUpright(photo, scale!.size);
  return searchScale(detector, photo.header, pixels, { scale: scale!, options });
}

async function searchScale(
  detector: PlacedDetector,
  photo: Size,
  finest: PixelImage,
  { scale, options }: { scale: PlannedScale; options: DetectionOptions },
): Promise<Candidate[]> {
  const pixels = await scalePixels(finest, scale.size);
  const scaleX = photo.width / scale.size.width;
  const scaleY = photo.height / scale.size.height;
  const sureScore = scale.isWhole ? options.sureWholeScore : options.sureFineScore;
  const found: Candidate[] = [];
  for (const tile of scale.tiles) {
    const [answers] = await runDetector(detector, [cropPixels(pixels, tile)]);
    for (const { box, score, fivePoints } of suppressOverlaps(answers!, detector.manifest.nmsThreshold)) {
      if (isCut(box, tile, scale.size, options.cutMarginPx)) continue;
      const part = { originX: tile.x * scaleX, originY: tile.y * scaleY, scaleX, scaleY };
      found.push({
        box: placeBox(box, part),
        score,
        fivePoints: fivePoints?.map(([x, y]): Point => [part.originX + x * scaleX, part.originY + y * scaleY]) ?? null,
        isSure: score >= sureScore && Math.max(box.width, box.height) <= scale.largestFacePx,
      });
    }
  }
  return found;
}

/** See [Note: second look].
 *  @returns the sure candidates and those that the second look confirmed */
async function lookAgain(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  candidates: readonly Candidate[],
  options: DetectionOptions,
): Promise<Detection[]> {
  const { nmsThreshold } = detector.manifest;
  const confirmed: Detection[] = suppressOverlaps(candidates.filter(({ isSure }) => isSure), nmsThreshold);
  const isSeen = ({ box }: Detection): boolean => confirmed.some((sure) => intersectionOverUnion(sure.box, box) > nmsThreshold);
  // What one scale is sure of needs no second look because another one is not.
  const unsure = suppressOverlaps(candidates.filter((candidate) => !candidate.isSure && !isSeen(candidate)), nmsThreshold);
  for (const candidate of unsure.slice(0, options.maxSecondLooks)) {
    const score = await scoreAlone(detector, photo, candidate.box, options);
    if (score >= options.minSecondLookScore) confirmed.push(candidate);
  }
  return confirmed;
}

/** @returns 0 to 1: what the face scores at each size, the second lowest of it: a true face may have one bad size */
async function scoreAlone(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  box: Box,
  options: DetectionOptions,
): Promise<number> {
  const { width, height } = chooseSecondLookSize(detector.manifest, options);
  const scales = options.secondLookFacePx.map((facePx) => facePx / Math.max(box.width, box.height));
  const pictures = scales.map((scale) => {
    const x = width / 2 - (box.x + box.width / 2) * scale;
    const y = height / 2 - (box.y + box.height / 2) * scale;
    const photoToPicture: AffineMatrix = [scale, 0, x, 0, scale, y];
    return samplePhoto(photo, photoToPicture, { width, height });
  });
  const seen = await runDetector(detector, pictures);
  const scores = scales.map((scale, index) => {
    const expected = {
      x: (width - box.width * scale) / 2,
      y: (height - box.height * scale) / 2,
      width: box.width * scale,
      height: box.height * scale,
    };
    const same = seen[index]!.filter((found) => intersectionOverUnion(found.box, expected) > detector.manifest.nmsThreshold);
    return Math.max(0, ...same.map(({ score }) => score));
  });
  return scores.sort((first, second) => first - second)[1] ?? scores[0] ?? 0;
}

function chooseSecondLookSize({ input, sizeMultiplePx }: Detector, { secondLookPx }: DetectionOptions): Size {
  const [, , height, width] = input.shape;
  return sizeMultiplePx === null ? { width, height } : { width: secondLookPx, height: secondLookPx };
}

/** @param pictures all of one size
 *  @returns per picture what scored at least the manifest's threshold, in input pixels, overlapping */
async function runDetector(
  { network, manifest, read }: PlacedDetector,
  pictures: readonly (PixelImage | SampledImage)[],
): Promise<RawDetection[][]> {
  const tensor = createInputTensor(pictures, manifest.input, { hasOpenSize: manifest.sizeMultiplePx !== null });
  const outputs = await network.run({ [manifest.input.name]: tensor });
  return read(outputs, pictures[0]!, pictures.length);
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
