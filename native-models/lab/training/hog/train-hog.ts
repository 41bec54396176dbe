/** Trains a HOG detector of faces: a linear support vector machine, and rounds of what it wrongly takes for faces. */

import { AppError } from '../../../../electron/base/errors.ts';
import type { Random } from '../../../../electron/base/random.ts';
import { intersectionOverUnion } from '../../../../electron/geometry/boxes.ts';
import type { Box } from '../../../../electron/geometry/types.ts';
import { findWindows, type HogWindow } from '../../hog/find-windows.ts';
import type { GreyImage } from '../../hog/grey-image.ts';
import type { HogModel } from '../../hog/hog-model.ts';
import {
  describeWindow,
  faceShare,
  inventTexture,
  isBeside,
  mirrorGrey,
  placeAroundFace,
  placeBesideFaces,
  type WindowShape,
} from './hog-samples.ts';
import { trainLinearSvm, type SvmExample } from './linear-svm.ts';

export interface HogPicture {
  readonly read: () => Promise<GreyImage>;
  /** Everybody's, pixels of the picture; nothing where it shows nobody. */
  readonly faces: readonly Box[];
}

export interface HogTrainingOptions {
  readonly cellPx: number;
  readonly windowCells: number;
  /** Rounds of hard negatives after the first training. */
  readonly rounds: number;
  /** Pictures that a round of hard negatives looks through at most. */
  readonly picturesPerRound: number;
  /** False faces a picture, on those held out, at which the threshold is set. */
  readonly falsePerPicture: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HogProgress) => void;
}

export interface HogProgress {
  /** 0 for the first training. */
  readonly round: number;
  readonly positives: number;
  readonly negatives: number;
}

export interface TrainedHog {
  readonly model: HogModel;
  /** Of the pictures held out, at the model's threshold. */
  readonly recall: number;
  readonly falsePerPicture: number;
}

const positivesPerFace = 2;
const negativesPerPicture = 4;
const texturesPerPicture = 0.3;
const textureSidePx = 96;
/** A picture brings no more of these, the worst first. */
const hardPerPicture = 6;
/** Windows that score at least this teach something. */
const hardMargin = -0.6;
const sameFace = 0.5;
const svm = { cost: 0.01, positiveWeight: 1, maxEpochs: 60, tolerance: 0.05 } as const;

/** @param pictures to learn from, with faces; without faces they bring negatives alone
 *  @param heldOut of other people, to set the threshold by
 *  @throws AppError "bad-argument" where there is no face to learn from or to try; "cancelled" */
export async function trainHog(pictures: readonly HogPicture[], heldOut: readonly HogPicture[], options: HogTrainingOptions): Promise<TrainedHog> {
  const shape = { cellPx: options.cellPx, windowCells: options.windowCells, ...measureFaces(pictures) };
  if (heldOut.every(({ faces }) => faces.length === 0)) throw new AppError('bad-argument', 'Expected faces of people held out but received none');
  const examples = await gatherExamples(pictures, shape, options);
  for (let round = 0; ; round++) {
    const positives = examples.filter(({ isPositive }) => isPositive).length;
    options.onProgress?.({ round, positives, negatives: examples.length - positives });
    const learnt = { ...shape, ...trainLinearSvm(examples, svm, options.random), threshold: Number.POSITIVE_INFINITY };
    const order = Array.from({ length: shape.windowCells }, (_, row) => row);
    const model = { ...learnt, rowOrder: order, rowFloors: order.map(() => Number.NEGATIVE_INFINITY) };
    if (round === options.rounds) {
      const trained = await setThreshold(model, heldOut, options);
      return { ...trained, model: setFloors(trained.model, examples) };
    }
    examples.push(...(await mineHardNegatives(model, pictures, round, options)));
  }
}

/** @returns the mean width and height of a face in its window */
function measureFaces(pictures: readonly HogPicture[]): Pick<WindowShape, 'faceWidth' | 'faceHeight'> {
  const faces = pictures.flatMap((picture) => picture.faces);
  if (faces.length === 0) throw new AppError('bad-argument', 'Expected faces to learn from but received none');
  const aspect = faces.reduce((sum, { width, height }) => sum + Math.log(width / height), 0) / faces.length;
  return { faceWidth: faceShare * Math.exp(aspect / 2), faceHeight: faceShare * Math.exp(-aspect / 2) };
}

async function gatherExamples(pictures: readonly HogPicture[], shape: WindowShape, { random, signal }: HogTrainingOptions): Promise<SvmExample[]> {
  const examples: SvmExample[] = [];
  const leastPx = shape.cellPx * shape.windowCells * faceShare * 0.75;
  for (const { read, faces } of pictures) {
    stopIfCancelled(signal);
    const image = await read();
    // Those much smaller than the window would teach it blur.
    for (const face of faces.filter(({ width, height }) => Math.sqrt(width * height) >= leastPx)) {
      for (let copy = 0; copy < positivesPerFace; copy++) {
        const window = placeAroundFace(face, shape, random);
        const isMirrored = copy % 2 === 1;
        const seen = isMirrored ? { ...window, x: image.width - window.x - window.width } : window;
        examples.push({ features: describeWindow(isMirrored ? mirrorGrey(image) : image, seen, shape), isPositive: true });
      }
    }
    for (let count = 0; count < negativesPerPicture; count++) {
      const window = placeBesideFaces(image, faces, shape, random);
      if (window !== null) examples.push({ features: describeWindow(image, window, shape), isPositive: false });
    }
  }
  for (let count = 0; count < texturesPerPicture * pictures.length; count++) {
    const texture = inventTexture(textureSidePx, random);
    const window = placeBesideFaces(texture, [], shape, random)!;
    examples.push({ features: describeWindow(texture, window, shape), isPositive: false });
  }
  return examples;
}

/** Each round looks through other pictures, as far as there are. */
async function mineHardNegatives(model: HogModel, pictures: readonly HogPicture[], round: number, { picturesPerRound, signal }: HogTrainingOptions): Promise<SvmExample[]> {
  const count = Math.min(picturesPerRound, pictures.length);
  const examples: SvmExample[] = [];
  for (let index = 0; index < count; index++) {
    stopIfCancelled(signal);
    const { read, faces } = pictures[(round * count + index) % pictures.length]!;
    const image = await read();
    const wrong = findWindows(image, model, { minMargin: hardMargin }).filter(({ window }) => isBeside(window, faces));
    for (const { window } of keepBest(wrong, sameFace).slice(0, hardPerPicture)) {
      examples.push({ features: describeWindow(image, window, model), isPositive: false });
    }
  }
  return examples;
}

/** Takes the lowest threshold at which the pictures held out show no more false faces than allowed. */
async function setThreshold(model: HogModel, heldOut: readonly HogPicture[], { falsePerPicture, signal }: HogTrainingOptions): Promise<TrainedHog> {
  const falseMargins: number[] = [];
  const trueMargins: number[] = [];
  let faceCount = 0;
  for (const { read, faces } of heldOut) {
    stopIfCancelled(signal);
    const found = keepBest(findWindows(await read(), model, { minMargin: hardMargin }), mostShared);
    falseMargins.push(...found.filter(({ window }) => isBeside(window, faces)).map(({ margin }) => margin));
    faceCount += faces.length;
    for (const face of faces) {
      const best = found.find(({ box }) => intersectionOverUnion(box, face) >= sameFace);
      if (best !== undefined) trueMargins.push(best.margin);
    }
  }
  falseMargins.sort((first, second) => second - first);
  const threshold = Math.max(hardMargin, (falseMargins[Math.floor(falsePerPicture * heldOut.length)] ?? hardMargin) + 1e-6);
  const countFrom = (margins: readonly number[]): number => margins.filter((margin) => margin >= threshold).length;
  return {
    model: { ...model, threshold },
    recall: countFrom(trueMargins) / faceCount,
    falsePerPicture: countFrom(falseMargins) / heldOut.length,
  };
}

/** Of the faces that come up to the threshold, so many may be left early, a row. */
const lostPerRow = 0.001;

/** See [Note: early ends] in find-windows.ts. Rows come by how far apart they hold faces and others, next to how much they
 *  spread. */
function setFloors(model: HogModel, examples: readonly SvmExample[]): HogModel {
  const rows = examples.map(({ features }) => sumRows(model, features));
  const rowOrder = model.rowOrder
    .map((row) => ({ row, power: separationOf(rows.map((sums) => sums[row]!), examples) }))
    .sort((first, second) => second.power - first.power)
    .map(({ row }) => row);
  const faces = rows.filter((sums, index) => {
    const margin = sums.reduce((sum, value) => sum + value, model.bias);
    return examples[index]!.isPositive && margin >= model.threshold;
  });
  const rowFloors = rowOrder.map((_, position) => {
    const partial = faces.map((sums) => rowOrder.slice(0, position + 1).reduce((sum, row) => sum + sums[row]!, 0)).sort((first, second) => first - second);
    return partial[Math.floor(partial.length * lostPerRow)] ?? Number.NEGATIVE_INFINITY;
  });
  return { ...model, rowOrder, rowFloors };
}

function sumRows({ windowCells, weights }: HogModel, features: Float32Array): number[] {
  const line = features.length / windowCells;
  return Array.from({ length: windowCells }, (_, row) => {
    let sum = 0;
    for (let at = row * line; at < (row + 1) * line; at++) sum += weights[at]! * features[at]!;
    return sum;
  });
}

/** @returns the distance of the means in standard deviations. Source: Fisher 1936 */
function separationOf(sums: readonly number[], examples: readonly SvmExample[]): number {
  const [faces, others] = [true, false].map((isPositive) => {
    const part = sums.filter((_, index) => examples[index]!.isPositive === isPositive);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return { mean, variance: part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / part.length };
  }) as [Spread, Spread];
  return (faces.mean - others.mean) / Math.sqrt(faces.variance + others.variance + Number.EPSILON);
}

interface Spread {
  readonly mean: number;
  readonly variance: number;
}

const mostShared = 0.3;

/** @returns by falling margin, of those that overlap more the best alone */
function keepBest(windows: readonly HogWindow[], maxOverlap: number): HogWindow[] {
  const kept: HogWindow[] = [];
  for (const window of [...windows].sort((first, second) => second.margin - first.margin)) {
    if (kept.every(({ box }) => intersectionOverUnion(box, window.box) <= maxOverlap)) kept.push(window);
  }
  return kept;
}

function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('cancelled', 'The training was cancelled');
}
