/** Finds the faces of a photo: shows the detector what the plan says and merges what it answers. */

import { placeBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box, Point } from '../geometry/types.ts';
import { renderUpright, samplePhoto, scalePixels, type DecodedPhoto } from '../imaging/decode.ts';
import { cropPixels, type PixelImage, type SampledImage } from '../imaging/pixels.ts';
import { planDetection, type DetectionPlanOptions, type PlannedScale, type Size } from './detection-plan.ts';
import { findHints, placeAroundHints } from './hints.ts';
import { mergeScales, suppressOverlaps, type Detection, type MergeOptions, type ScoredBox } from './merge-detections.ts';
import { runDetector, type PlacedDetector } from './run-detector.ts';
import { chooseSecondLookSize, lookAgain, type Candidate, type SecondLookOptions } from './second-look.ts';

export interface DetectionOptions extends DetectionPlanOptions, SecondLookOptions, Pick<MergeOptions, 'maxIntersectionOverSmaller'> {
  /** From this score on a detection in the whole photo needs no second look. */
  readonly sureWholeScore: number;
  /** The same at finer scales. */
  readonly sureFineScore: number;
  /** What a small box scores at least for the next finer scale to be searched there, see [Note: hints]; null where all of
   *  every scale is. */
  readonly minHintScore: number | null;
  /** Input pixels: a box that comes this close to where a tile cuts through the photo is a cut face. */
  readonly cutMarginPx: number;
}

/** @returns upright photo pixels; boxes may reach beyond the photo */
export async function detectFaces(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  options: DetectionOptions,
): Promise<Detection[]> {
  const [whole, ...finer] = planDetection(photo.header, detector.manifest, options) as [PlannedScale, ...PlannedScale[]];
  // Whether anybody small is there can only be told from the second scale on.
  const nextPixels = await renderUpright(photo, (finer[0] ?? whole).size);
  const pixels = await scalePixels(nextPixels, whole.size);
  const { candidates } = await searchTiles(detector, photo.header, { scale: whole, pixels: (tile) => cropPixels(pixels, tile), options });
  let hints: readonly Point[] | null = null;
  for (const [index, scale] of finer.entries()) {
    const part = hints === null ? null : placeAroundHints(hints, photo.header, scale.size, chooseSecondLookSize(detector.manifest, options));
    let search: TileSearch;
    if (part === null) {
      const wholePixels = index === 0 ? nextPixels : await renderUpright(photo, scale.size);
      search = { scale, pixels: (tile) => cropPixels(wholePixels, tile), options };
    } else {
      search = { scale: { ...scale, tiles: part }, pixels: (tile) => sampleTile(photo, scale.size, tile), options };
    }
    const searched = await searchTiles(detector, photo.header, search);
    candidates.push(...searched.candidates);
    if (options.minHintScore !== null) hints = findHints(searched.smallBoxes, candidates);
  }
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
  const { candidates } = await searchTiles(detector, photo.header, { scale: scale!, pixels: (tile) => cropPixels(pixels, tile), options });
  return candidates;
}

interface TileSearch {
  readonly scale: PlannedScale;
  /** @returns what a tile of the scale shows */
  readonly pixels: (tile: Box) => PixelImage | SampledImage;
  readonly options: DetectionOptions;
}

interface SearchedTiles {
  readonly candidates: Candidate[];
  /** Also those that score too low for a candidate, see [Note: hints]. */
  readonly smallBoxes: readonly ScoredBox[];
}

/** @returns upright photo pixels */
async function searchTiles(detector: PlacedDetector, photo: Size, { scale, pixels, options }: TileSearch): Promise<SearchedTiles> {
  const { nmsThreshold, scoreThreshold, reliableFacePx } = detector.manifest;
  const minScore = Math.min(scoreThreshold, options.minHintScore ?? scoreThreshold);
  // What is larger, the next scale shows no better.
  const maxSmallPx = reliableFacePx * options.maxScaleStep;
  const scaleX = photo.width / scale.size.width;
  const scaleY = photo.height / scale.size.height;
  const sureScore = scale.isWhole ? options.sureWholeScore : options.sureFineScore;
  const candidates: Candidate[] = [];
  const smallBoxes: ScoredBox[] = [];
  for (const tile of scale.tiles) {
    const part = { originX: tile.x * scaleX, originY: tile.y * scaleY, scaleX, scaleY };
    const [answers] = await runDetector(detector, [pixels(tile)], minScore);
    const small = answers!.filter(({ box }) => Math.max(box.width, box.height) <= maxSmallPx);
    smallBoxes.push(...small.map(({ box, score }) => ({ box: placeBox(box, part), score })));
    const likely = answers!.filter(({ score }) => score >= scoreThreshold);
    for (const { box, score, fivePoints } of suppressOverlaps(likely, nmsThreshold)) {
      if (isCut(box, tile, scale.size, options.cutMarginPx)) continue;
      candidates.push({
        box: placeBox(box, part),
        score,
        fivePoints: fivePoints?.map(([x, y]): Point => [part.originX + x * scaleX, part.originY + y * scaleY]) ?? null,
        isSure: score >= sureScore && Math.max(box.width, box.height) <= scale.largestFacePx,
      });
    }
  }
  return { candidates, smallBoxes };
}

/** @returns the tile of the photo at that size */
function sampleTile(photo: DecodedPhoto, scaled: Size, tile: Box): SampledImage {
  const scaleX = scaled.width / photo.header.width;
  const scaleY = scaled.height / photo.header.height;
  const photoToTile: AffineMatrix = [scaleX, 0, -tile.x, 0, scaleY, -tile.y];
  return samplePhoto(photo, photoToTile, tile);
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
