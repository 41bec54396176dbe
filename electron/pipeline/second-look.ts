/** Shows the detector once more, and alone, whom it was not sure of.
 *
 *  [Note: second look] Fine scales are many chances to err, and small faces score lower than they should. Whoever is not
 *  sure at first sight is shown again, alone in the middle and at several sizes. True faces then score nearly 1
 *  at all sizes but one at most; hair, dogs and textures that passed once do not. */

import type { Detector } from '../../native-models/packs/manifest.ts';
import { intersectionOverUnion } from '../geometry/boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { samplePhoto, type DecodedPhoto } from '../imaging/decode.ts';
import type { Size } from './detection-plan.ts';
import { suppressOverlaps, type Detection } from './merge-detections.ts';
import { runDetector, type PlacedDetector } from './run-detector.ts';

export interface SecondLookOptions {
  /** Longer sides, input pixels, at which a face is shown. */
  readonly secondLookFacePx: readonly number[];
  /** Side of the square, input pixels, in which it is shown where the input's size is open. */
  readonly secondLookPx: number;
  /** What a face must score at all of them but one. */
  readonly minSecondLookScore: number;
  /** A photo gets no more second looks than this, the best candidates first. */
  readonly maxSecondLooks: number;
}

const firstSizes = 3;

export interface Candidate extends Detection {
  readonly isSure: boolean;
}

/** See [Note: second look].
 *  @param candidates upright photo pixels
 *  @returns the sure candidates and those that the second look confirmed */
export async function lookAgain(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  candidates: readonly Candidate[],
  options: SecondLookOptions,
): Promise<Detection[]> {
  const { nmsThreshold } = detector.manifest;
  const confirmed: Detection[] = suppressOverlaps(candidates.filter(({ isSure }) => isSure), nmsThreshold);
  const isSeen = ({ box }: Detection): boolean => confirmed.some((sure) => intersectionOverUnion(sure.box, box) > nmsThreshold);
  // What one scale is sure of needs no second look because another one is not.
  const unsure = suppressOverlaps(candidates.filter((candidate) => !candidate.isSure && !isSeen(candidate)), nmsThreshold);
  for (const candidate of unsure.slice(0, options.maxSecondLooks)) {
    if (await isFaceAlone(detector, photo, candidate.box, options)) confirmed.push(candidate);
  }
  return confirmed;
}

/** Shows a few sizes first: most of what is no face fails at two of them, and needs no more. */
async function isFaceAlone(detector: PlacedDetector, photo: DecodedPhoto, box: Box, options: SecondLookOptions): Promise<boolean> {
  const { secondLookFacePx, minSecondLookScore } = options;
  // A true face may have one bad size.
  const mostFailed = secondLookFacePx.length > 1 ? 1 : 0;
  const parts = [secondLookFacePx.slice(0, firstSizes), secondLookFacePx.slice(firstSizes)];
  let failed = 0;
  for (const facePx of parts.filter(({ length }) => length > 0)) {
    const scores = await scoreAlone(detector, photo, box, { ...options, secondLookFacePx: facePx });
    failed += scores.filter((score) => score < minSecondLookScore).length;
    if (failed > mostFailed) return false;
  }
  return true;
}

/** @returns 0 to 1, what the face scores at each size */
async function scoreAlone(
  detector: PlacedDetector,
  photo: DecodedPhoto,
  box: Box,
  options: SecondLookOptions,
): Promise<number[]> {
  const { width, height } = chooseSecondLookSize(detector.manifest, options);
  const scales = options.secondLookFacePx.map((facePx) => facePx / Math.max(box.width, box.height));
  const pictures = scales.map((scale) => {
    const x = width / 2 - (box.x + box.width / 2) * scale;
    const y = height / 2 - (box.y + box.height / 2) * scale;
    const photoToPicture: AffineMatrix = [scale, 0, x, 0, scale, y];
    return samplePhoto(photo, photoToPicture, { width, height });
  });
  const seen = await runDetector(detector, pictures);
  return scales.map((scale, index) => {
    const expected = {
      x: (width - box.width * scale) / 2,
      y: (height - box.height * scale) / 2,
      width: box.width * scale,
      height: box.height * scale,
    };
    const same = seen[index]!.filter((found) => intersectionOverUnion(found.box, expected) > detector.manifest.nmsThreshold);
    return Math.max(0, ...same.map(({ score }) => score));
  });
}

export function chooseSecondLookSize({ input, sizeMultiplePx }: Detector, { secondLookPx }: Pick<SecondLookOptions, 'secondLookPx'>): Size {
  const [, , height, width] = input.shape;
  return sizeMultiplePx === null ? { width, height } : { width: secondLookPx, height: secondLookPx };
}
