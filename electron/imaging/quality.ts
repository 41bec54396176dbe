/** Says how much a face's picture can be trusted: what can be measured of it, and one number.
 *
 *  [Note: face quality] Quality is the probability that the face is told to be one person with the same person's other
 *  photos, at the distance that one pair of strangers in 10,000 keeps: a logistic function of a weighted sum of terms,
 *  one a measure, each growing with what is better and none weighing less than nothing. Detector score, sharpness and
 *  occlusion decide nearly all of it. test/studies/face-quality.ts fitted the weights on half the people of Labeled Faces
 *  in the Wild, on their photos and on photos spoiled on purpose; docs/models/standard.md says how well it does on the
 *  other half. It holds for photos like those, half of them spoiled; everywhere it orders faces.
 *
 *  Roll has no term, as alignment takes it out. Exposure and yaw have one that came out as nothing: what is too dark or
 *  too bright to match has lost detail and score already, and within the 30 degrees that nearly all heads of news photos
 *  stay in, matches do not suffer from yaw; further out, what does not look like a face counts as occlusion. */

import { composeAffine, invertAffine } from '../geometry/affine.ts';
import { averageFivePoints, faceShape, fivePointShape } from '../geometry/face-shape.ts';
import { estimatePose } from '../geometry/pose.ts';
import { fitSimilarityTransform } from '../geometry/similarity-transform.ts';
import type { AffineMatrix, Box, Point } from '../geometry/types.ts';
import { toGrey, type GreyImage, type PixelImage, type SampledImage } from './pixels.ts';

export interface FaceEvidence {
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** Upright photo pixels at full resolution. */
  readonly box: Box;
  /** Aligned, of any template and size. */
  readonly chip: PixelImage | SampledImage;
  /** [68, 2], or [5, 2] as averageFivePoints orders them; upright photo pixels. */
  readonly landmarks: Float32Array;
  /** Maps upright photo pixels to chip pixels. Without it the chip is taken for one on ArcFace's template. */
  readonly photoToChip?: AffineMatrix;
}

export interface FaceMeasures {
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** Longer side of the box, photo pixels. */
  readonly sizePx: number;
  /** How strong fine detail is against contrast: about 0.35 in a good photo, 0.06 in a blurred one. */
  readonly sharpness: number;
  /** 0 to 1: falls where the face is nearly black, nearly white or without contrast. */
  readonly exposure: number;
  /** Degrees, see [Note: head pose] in electron/geometry/pose.ts. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** 0 to 1, see [Note: occlusion]. */
  readonly occlusion: number;
}

export interface FaceQuality extends Omit<FaceMeasures, 'score' | 'sizePx'> {
  /** 0 to 1, see [Note: face quality]. */
  readonly quality: number;
}

/** Terms of the sum, see [Note: face quality]. */
export const qualityTerms = ['score', 'size', 'sharpness', 'exposure', 'yaw', 'pitch', 'occlusion'] as const;
export type QualityTerm = (typeof qualityTerms)[number];

export interface QualityModel {
  readonly intercept: number;
  /** None negative, so that quality never falls where a measure gets better. */
  readonly weights: Readonly<Record<QualityTerm, number>>;
}

export const qualityModel: QualityModel = {
  intercept: -1.46,
  weights: { score: 0.608, size: 0.555, sharpness: 1.003, exposure: 0, yaw: 0, pitch: 1.141, occlusion: 3.443 },
};

/** ArcFace's five points in a chip of 112 pixels: where the measures look for the face, whatever chip it comes in. */
const template: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const templateSidePx = 112;
/** The middle of that chip: brows to chin, cheek to cheek. Looked at in pixels of two of the chip's, which is about what
 *  a face of 60 pixels has, so that measures hardly depend on the chip's resolution. */
const middle = { left: 20, top: 32, side: 72 };
const patchSide = middle.side / 2;

/** [Note: occlusion] As far as pixels tell: how little the middle of the face, seen in 9 x 9 cells, resembles the mean
 *  face, beyond what its pose explains. Resemblance is the correlation of the differences between neighbouring cells,
 *  by the roots of their sizes, so that one strong edge does not outvote the rest. What hides eyes or mouth lowers it,
 *  and so do landmarks that missed the face. It cannot tell a beard from a scarf. */
const cellsAcross = 9;
const cellSide = patchSide / cellsAcross;
/** Mean of the cells, less their mean and in hundredths of their standard deviation, over the fitted half of Labeled Faces in the Wild, row by row; symmetric. */
const meanFace: readonly number[] = [
  ...[-31, 33, 79, 117, 126, 117, 79, 33, -31],
  ...[-49, -43, -65, -4, 77, -4, -65, -43, -49],
  ...[-53, -106, -123, -65, 71, -65, -123, -106, -53],
  ...[18, 29, 23, 31, 98, 31, 23, 29, 18],
  ...[24, 89, 93, 53, 100, 53, 93, 89, 24],
  ...[-7, 50, 33, -19, -7, -19, 33, 50, -7],
  ...[-32, -3, 9, 2, -15, 2, 9, -3, -32],
  ...[-44, -1, -57, -70, -43, -70, -57, -1, -44],
  ...[-74, -23, 6, -14, -15, -14, 6, -23, -74],
];
const meanFaceSteps = compareCells(Float32Array.from(meanFace));
/** What a bare face resembles the mean face by: less when turned, per degree of yaw and pitch. */
const expectedLikeness = { frontal: 0.718, perYaw: 0.0064, perPitch: 0.0048, mostYaw: 30, mostPitch: 30 };

/** @returns measures of a face that need no network
 *  @throws AppError "degenerate-landmarks" where the landmarks have no pose, "bad-argument" for another number of them */
export function measureFace(evidence: FaceEvidence): FaceMeasures {
  const { score, box, landmarks } = evidence;
  const pose = estimatePose(landmarks, landmarks.length === fivePointShape.length * 2 ? fivePointShape : faceShape);
  const patch = samplePatch(evidence);
  return {
    score,
    sizePx: Math.max(box.width, box.height),
    sharpness: measureSharpness(patch),
    exposure: measureExposure(patch),
    yaw: pose.yaw,
    pitch: pose.pitch,
    roll: pose.roll,
    occlusion: measureOcclusion(patch, pose),
  };
}

/** @throws AppError "degenerate-landmarks" where the landmarks have no pose, "bad-argument" for another number of them */
export function rateFace(evidence: FaceEvidence): FaceQuality {
  const { score, sizePx, ...measures } = measureFace(evidence);
  return { quality: rateMeasures({ score, sizePx, ...measures }), ...measures };
}

/** @returns quality, 0 to 1, see [Note: face quality] */
export function rateMeasures(measures: FaceMeasures, model: QualityModel = qualityModel): number {
  const terms = computeTerms(measures);
  const sum = qualityTerms.reduce((total, term) => total + model.weights[term] * terms[term], model.intercept);
  return 1 / (1 + Math.exp(-sum));
}

/** @returns the terms that the weights go with; each grows with what is better */
export function computeTerms(measures: FaceMeasures): Record<QualityTerm, number> {
  return {
    // Detectors come near 1 by powers of ten; a 32-bit score has no more than five to tell.
    score: -Math.log10(1 - clamp(measures.score, 0, 0.99999)),
    size: Math.log2(clamp(measures.sizePx, 16, 64)),
    sharpness: Math.log2(clamp(measures.sharpness, 0.01, 1)),
    exposure: measures.exposure,
    yaw: -clamp((Math.abs(measures.yaw) - 20) / 40, 0, 1),
    pitch: -clamp((Math.abs(measures.pitch) - 10) / 30, 0, 1),
    occlusion: -measures.occlusion,
  };
}

/** @returns the middle of the face as 36 x 36 grey values, wherever it lies in the chip */
export function samplePatch({ chip, landmarks, photoToChip }: FaceEvidence): GreyImage {
  const grey = toGrey(chip);
  const scale = chip.width / templateSidePx;
  const templateToChip: AffineMatrix =
    photoToChip === undefined
      ? [scale, 0, 0, 0, scale, 0]
      : composeAffine(photoToChip, invertAffine(fitSimilarityTransform(takeFivePoints(landmarks), template)));
  const data = new Float32Array(patchSide * patchSide);
  const [a, b, tx, c, d, ty] = templateToChip;
  // Each of the patch's pixels is the mean of the four template pixels that it covers.
  for (let row = 0; row < middle.side; row++) {
    const y = middle.top + row + 0.5;
    const start = (row >> 1) * patchSide;
    for (let column = 0; column < middle.side; column++) {
      const x = middle.left + column + 0.5;
      data[start + (column >> 1)]! += sampleGrey(grey, a * x + b * y + tx, c * x + d * y + ty) / 4;
    }
  }
  return { width: patchSide, height: patchSide, data };
}

function takeFivePoints(landmarks: Float32Array): Point[] {
  const points = Array.from({ length: landmarks.length / 2 }, (_, index): Point => [landmarks[index * 2]!, landmarks[index * 2 + 1]!]);
  return points.length === template.length ? points : (averageFivePoints(points) as unknown as Point[]);
}

/** Bilinear; see [Note: pixel coordinates] in pixels.ts. */
function sampleGrey({ width, height, data }: GreyImage, x: number, y: number): number {
  const left = clamp(x - 0.5, 0, width - 1);
  const top = clamp(y - 0.5, 0, height - 1);
  const column = left | 0;
  const row = top | 0;
  const at = row * width + column;
  const stepX = column < width - 1 ? 1 : 0;
  const stepY = row < height - 1 ? width : 0;
  const upper = data[at]! + (data[at + stepX]! - data[at]!) * (left - column);
  const lower = data[at + stepY]! + (data[at + stepY + stepX]! - data[at + stepY]!) * (left - column);
  return upper + (lower - upper) * (top - row);
}

/** Median size of the four-neighbour Laplacian over the standard deviation of the values. The median, as a few strong
 *  edges, of a cover or of compression, are no detail; over the contrast, as a dark face can be sharp. */
function measureSharpness({ width, height, data }: GreyImage): number {
  const sizes = new Float32Array((width - 2) * (height - 2));
  let out = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++, out++) {
      const at = row * width + column;
      sizes[out] = Math.abs(data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]! - 4 * data[at]!);
    }
  }
  // Two grey levels of rounding keep a flat picture from being sharp.
  return sizes.sort()[sizes.length >> 1]! / (standardDeviation(data) + 2);
}

/** How many grey levels the face spans, without the outermost twentieths: from 8 (0) to 90 (1), by the logarithm. */
function measureExposure({ data }: GreyImage): number {
  const sorted = data.slice().sort();
  const span = sorted[Math.floor(sorted.length * 0.95)]! - sorted[Math.floor(sorted.length * 0.05)]!;
  return clamp(Math.log(Math.max(1, span) / 8) / Math.log(90 / 8), 0, 1);
}

function measureOcclusion(patch: GreyImage, { yaw, pitch }: { yaw: number; pitch: number }): number {
  const { frontal, perYaw, perPitch, mostYaw, mostPitch } = expectedLikeness;
  const expected = frontal - perYaw * Math.min(mostYaw, Math.abs(yaw)) - perPitch * Math.min(mostPitch, Math.abs(pitch));
  return clamp((expected - measureLikeness(patch)) / frontal, 0, 1);
}

/** @returns -1 to 1, see [Note: occlusion] */
export function measureLikeness(patch: GreyImage): number {
  return compareCells(averageCells(patch)).reduce((sum, step, index) => sum + step * meanFaceSteps[index]!, 0);
}

/** @returns [9, 9], means over cells */
export function averageCells({ data }: GreyImage): Float32Array {
  const cells = new Float32Array(cellsAcross * cellsAcross);
  for (let row = 0; row < patchSide; row++) {
    for (let column = 0; column < patchSide; column++) {
      const cell = Math.floor(row / cellSide) * cellsAcross + Math.floor(column / cellSide);
      cells[cell]! += data[row * patchSide + column]! / (cellSide * cellSide);
    }
  }
  return cells;
}

/** @returns signed roots of the differences of neighbouring cells, as a vector of length 1 but for flat pictures */
function compareCells(cells: Float32Array): Float32Array {
  const steps: number[] = [];
  for (let row = 0; row < cellsAcross; row++) {
    for (let column = 0; column < cellsAcross; column++) {
      const at = row * cellsAcross + column;
      if (column + 1 < cellsAcross) steps.push(cells[at + 1]! - cells[at]!);
      if (row + 1 < cellsAcross) steps.push(cells[at + cellsAcross]! - cells[at]!);
    }
  }
  const roots = Float32Array.from(steps, (step) => Math.sign(step) * Math.sqrt(Math.abs(step)));
  const length = Math.sqrt(roots.reduce((sum, root) => sum + root * root, 0)) + 1e-3;
  return roots.map((root) => root / length);
}

function standardDeviation(data: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean));
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
