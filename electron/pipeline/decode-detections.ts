/** Reads a detector's tensors as boxes, scores and landmarks: one reader a kind of detector. */

import type { Detector } from '../../native-models/packs/manifest.ts';
import type { FloatTensor } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import type { Box, Point } from '../geometry/types.ts';
import { createPriorCache } from './priors.ts';

/** What one prior or cell says; overlapping, as many of them see the same face. */
export interface RawDetection {
  /** Input pixels. */
  readonly box: Box;
  /** 0 to 1 */
  readonly score: number;
  /** Input pixels: the eye on the left of the picture, the other, nose, left and right corner of the mouth. Null where
   *  the detector places none. */
  readonly fivePoints: readonly Point[] | null;
}

export type DetectionReader = (
  outputs: Readonly<Record<string, FloatTensor>>,
  /** Of the input, in pixels. */
  input: { readonly width: number; readonly height: number },
  pictureCount: number,
  /** By default the manifest's threshold. */
  minScore?: number,
) => RawDetection[][];

/** @returns reads what scores enough; a picture's detections by picture
 *  The reader throws AppError "model-mismatch" where a tensor is missing or has not the length that the input asks for */
export function createDetectionReader(detector: Detector): DetectionReader {
  switch (detector.kind) {
    case 'rfb':
    case 'retinaface':
      return readPriorDetector(detector);
    case 'yunet':
      return readYuNet(detector);
    case 'scrfd':
      return readScrfd(detector);
  }
}

type Kind<Name extends Detector['kind']> = Extract<Detector, { kind: Name }>;

/** Source: Liu et al. 2016 (SSD), eq. 2, with variances as in its reference code; Deng et al. 2020 (RetinaFace). */
function readPriorDetector(detector: Kind<'rfb'> | Kind<'retinaface'>): DetectionReader {
  const layOut = createPriorCache(detector.priors);
  const [centreVariance, sizeVariance] = detector.priors.variances;
  return (outputs, input, pictureCount, minScore = detector.scoreThreshold) => {
    const priors = layOut(input);
    const priorCount = priors.length / 3;
    const scores = takeValues(outputs, detector.outputs.scores, pictureCount * priorCount * 2);
    const offsets = takeValues(outputs, detector.outputs.offsets, pictureCount * priorCount * 4);
    const points =
      detector.kind === 'retinaface' ? takeValues(outputs, detector.outputs.landmarks, pictureCount * priorCount * 10) : null;
    return readPictures(pictureCount, (picture, found) => {
      for (let prior = 0, at = picture * priorCount; prior < priorCount; prior++, at++) {
        const score = scores[at * 2 + 1]!;
        // Asked this way round, NaN is dropped too.
        if (!(score >= minScore)) continue;
        const side = priors[prior * 3 + 2]!;
        const priorX = priors[prior * 3]!;
        const priorY = priors[prior * 3 + 1]!;
        const place = (index: number, from: Float32Array): Point => [
          priorX + from[index]! * centreVariance * side,
          priorY + from[index + 1]! * centreVariance * side,
        ];
        const centre = place(at * 4, offsets);
        const width = side * Math.exp(offsets[at * 4 + 2]! * sizeVariance);
        const height = side * Math.exp(offsets[at * 4 + 3]! * sizeVariance);
        const fivePoints = points === null ? null : listFive((point) => place(at * 10 + point * 2, points));
        found.push({ box: centreBox(centre, width, height), score, fivePoints });
      }
    });
  };
}

/** Source: OpenCV Zoo, YuNet 2023mar: the score is the geometric mean of class and objectness. */
function readYuNet(detector: Kind<'yunet'>): DetectionReader {
  return (outputs, input, pictureCount, minScore = detector.scoreThreshold) => {
    const levels = detector.strides.map((stride, index) => {
      const columns = Math.ceil(input.width / stride);
      const cells = columns * Math.ceil(input.height / stride);
      const take = (names: readonly string[], each: number): Float32Array =>
        takeValues(outputs, names[index], pictureCount * cells * each);
      const { classes, objectness, boxes, landmarks } = detector.outputs;
      return { stride, columns, cells, classes: take(classes, 1), objectness: take(objectness, 1), boxes: take(boxes, 4), points: take(landmarks, 10) };
    });
    return readPictures(pictureCount, (picture, found) => {
      for (const { stride, columns, cells, classes, objectness, boxes, points } of levels) {
        for (let cell = 0, at = picture * cells; cell < cells; cell++, at++) {
          const score = Math.sqrt(clampShare(classes[at]!) * clampShare(objectness[at]!));
          if (!(score >= minScore)) continue;
          const column = cell % columns;
          const row = Math.floor(cell / columns);
          const place = (index: number, from: Float32Array): Point => [
            (column + from[index]!) * stride,
            (row + from[index + 1]!) * stride,
          ];
          const width = Math.exp(boxes[at * 4 + 2]!) * stride;
          const height = Math.exp(boxes[at * 4 + 3]!) * stride;
          found.push({
            box: centreBox(place(at * 4, boxes), width, height),
            score,
            fivePoints: listFive((point) => place(at * 10 + point * 2, points)),
          });
        }
      }
    });
  };
}

/** Source: Guo et al. 2021 (SCRFD): distances from a cell's upper left corner to the edges, in strides. */
function readScrfd(detector: Kind<'scrfd'>): DetectionReader {
  const { strides, priorsPerCell } = detector;
  return (outputs, input, pictureCount, minScore = detector.scoreThreshold) => {
    const levels = strides.map((stride, index) => {
      const columns = Math.ceil(input.width / stride);
      const priors = columns * Math.ceil(input.height / stride) * priorsPerCell;
      const take = (names: readonly string[], each: number): Float32Array =>
        takeValues(outputs, names[index], pictureCount * priors * each);
      const { scores, distances, landmarks } = detector.outputs;
      return {
        stride,
        columns,
        priors,
        scores: take(scores, 1),
        distances: take(distances, 4),
        points: landmarks === null ? null : take(landmarks, 10),
      };
    });
    return readPictures(pictureCount, (picture, found) => {
      for (const { stride, columns, priors, scores, distances, points } of levels) {
        for (let prior = 0, at = picture * priors; prior < priors; prior++, at++) {
          const score = scores[at]!;
          if (!(score >= minScore)) continue;
          const cell = Math.floor(prior / priorsPerCell);
          const x = (cell % columns) * stride;
          const y = Math.floor(cell / columns) * stride;
          const [left, top, right, bottom] = [0, 1, 2, 3].map((edge) => distances[at * 4 + edge]! * stride) as [number, number, number, number];
          found.push({
            box: { x: x - left, y: y - top, width: Math.max(0, left + right), height: Math.max(0, top + bottom) },
            score: Math.min(1, score),
            fivePoints:
              points === null
                ? null
                : listFive((point) => [x + points[at * 10 + point * 2]! * stride, y + points[at * 10 + point * 2 + 1]! * stride]),
          });
        }
      }
    });
  };
}

function readPictures(count: number, read: (picture: number, found: RawDetection[]) => void): RawDetection[][] {
  return Array.from({ length: count }, (_, picture) => {
    const found: RawDetection[] = [];
    read(picture, found);
    // What is smaller than a pixel, or not a number, is no face.
    return found.filter(({ box }) => box.width >= 1 && box.height >= 1 && Number.isFinite(box.x) && Number.isFinite(box.y));
  });
}

function listFive(read: (point: number) => Point): Point[] {
  return [0, 1, 2, 3, 4].map(read);
}

function centreBox([x, y]: Point, width: number, height: number): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function clampShare(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function takeValues(outputs: Readonly<Record<string, FloatTensor>>, name: string | undefined, length: number): Float32Array {
  const values = outputs[name ?? '']?.data;
  if (values?.length !== length) {
    throw new AppError('model-mismatch', `Expected ${length} numbers as output ${name} of the detector but received ${values?.length ?? 'none'}`);
  }
  return values;
}
