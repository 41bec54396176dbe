/** Shows one step as the seminar draws it: a triplet's three photos, and how far apart they are before and after. */

import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../../electron/base/errors.ts';
import type { Random } from '../../../electron/base/random.ts';
import { roundPixels, type PixelImage } from '../../../electron/imaging/pixels.ts';
import { encodeJpeg } from '../spoiled-photos/spoil-pixels.ts';
import { escapeText } from '../charts/chart.ts';
import { augmentChip, noAugmentation } from './batches/augment-chip.ts';
import { drawBatch, type BatchOptions } from './batches/draw-batch.ts';
import type { ChipShape } from './chips/chip-shape.ts';
import type { TrainingChip } from './chips/training-chip.ts';
import { computeBatchGradients, embedInSlices } from './steps/batch-gradients.ts';
import { createOptimiser, type OptimiserName } from './steps/optimiser.ts';
import type { TrainableNetwork } from './trainable-network.ts';
import { selectTriplets, type NegativeRule, type PositiveRule } from '../../../electron/learning/triplets/select-triplets.ts';
import { squaredDistancesOf } from './steps/triplet-loss.ts';

export interface ExplainedStep {
  /** Photo, person and picture of each. */
  readonly anchor: ExplainedFace;
  readonly positive: ExplainedFace;
  readonly negative: ExplainedFace;
  /** Squared distances. */
  readonly before: TripletDistances;
  readonly after: TripletDistances;
  readonly margin: number;
  /** In the batch that the triplet was selected from. */
  readonly faces: number;
  readonly triplets: number;
}

export interface ExplainedFace {
  readonly photo: string;
  readonly person: string;
  readonly image: PixelImage;
}

export interface TripletDistances {
  readonly toPositive: number;
  readonly toNegative: number;
}

export interface ExplainOptions extends BatchOptions {
  readonly margin: number;
  readonly negatives: NegativeRule;
  readonly positives: PositiveRule;
  readonly optimiser: OptimiserName;
  readonly learningRate: number;
  readonly slice: number;
}

/** Changes the network by one step of the triplet selected with the greatest loss, and of it alone: in a step of the whole
 *  batch other triplets pull at its faces too. The network still sees the whole batch, as statistics of a batch are taken.
 *  @param facesByPerson indices of `chips`
 *  @throws AppError "not-found" where the batch holds no triplet to learn from */
export async function explainStep(
  network: TrainableNetwork,
  data: { readonly chips: readonly TrainingChip[]; readonly shape: ChipShape; readonly facesByPerson: readonly (readonly number[])[] },
  options: ExplainOptions,
  random: Random,
): Promise<ExplainedStep> {
  const { chips, shape } = data;
  const drawn = drawBatch(data.facesByPerson, options, random);
  const size = shape.width * shape.height * 3;
  const pixels = new Float32Array(drawn.chips.length * size);
  for (const [row, chip] of drawn.chips.entries()) pixels.set(await augmentChip(chips[chip]!, shape, noAugmentation, random), row * size);
  const selection = { ...options, random, sliceSize: options.slice };
  const before = await measure(network, pixels, options.slice);
  const found = selectTriplets(before, drawn.people, selection);
  const [anchor, positive, negative] = pickWorst(before, drawn.people.length, found);
  const triplets = { anchors: Int32Array.of(anchor), positives: Int32Array.of(positive), negatives: Int32Array.of(negative) };
  const optimiser = createOptimiser(options.optimiser, network.variables);
  const { gradients } = await computeBatchGradients(network, { pixels, people: drawn.people, triplets }, selection);
  if (gradients !== null) optimiser.apply(gradients, options.learningRate);
  tf.dispose([...(gradients ?? [])]);
  optimiser.dispose();
  const after = await measure(network, pixels, options.slice);
  const count = drawn.people.length;
  const distances = (of: Float32Array): TripletDistances => ({ toPositive: of[anchor * count + positive]!, toNegative: of[anchor * count + negative]! });
  const face = (row: number): ExplainedFace => {
    const { photo, person } = chips[drawn.chips[row]!]!;
    const data = pixels.slice(row * size, (row + 1) * size);
    return { photo, person, image: roundPixels({ width: shape.width, height: shape.height, data }) };
  };
  return {
    anchor: face(anchor),
    positive: face(positive),
    negative: face(negative),
    before: distances(before),
    after: distances(after),
    margin: options.margin,
    faces: count,
    triplets: found.anchors.length,
  };
}

/** As the network learns, so that both looks and the step see the same embeddings. @returns [n, n] */
async function measure(network: TrainableNetwork, pixels: Float32Array, sliceSize: number): Promise<Float32Array> {
  const distances = tf.tidy(() => squaredDistancesOf(embedInSlices(network, pixels, { sliceSize, isTraining: true })));
  const values = new Float32Array(await distances.data<'float32'>());
  distances.dispose();
  return values;
}

function pickWorst(distances: Float32Array, count: number, { anchors, positives, negatives }: ReturnType<typeof selectTriplets>): [number, number, number] {
  if (anchors.length === 0) throw new AppError('not-found', 'Expected a triplet to learn from but the batch holds none', { parameters: { kind: 'triplet' } });
  const gap = (index: number): number => {
    const row = anchors[index]! * count;
    return distances[row + positives[index]!]! - distances[row + negatives[index]!]!;
  };
  let worst = 0;
  for (let index = 1; index < anchors.length; index++) if (gap(index) > gap(worst)) worst = index;
  return [anchors[worst]!, positives[worst]!, negatives[worst]!];
}

/** @returns a self-contained page */
export async function drawExplainedStep(step: ExplainedStep): Promise<string> {
  const { anchor, positive, negative, before, after, margin } = step;
  const figures = await Promise.all(
    [
      ['Anchor', anchor],
      ['Positive', positive],
      ['Negative', negative],
    ].map(async ([role, face]) => drawFace(role as string, face as ExplainedFace)),
  );
  const row = (name: string, { toPositive, toNegative }: TripletDistances): string =>
    `<tr><th>${name}</th><td>${toPositive.toFixed(4)}</td><td>${toNegative.toFixed(4)}</td>` +
    `<td>${Math.max(0, toPositive - toNegative + margin).toFixed(4)}</td></tr>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>One training step</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem}
.faces{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:1rem}figure{margin:0;overflow-wrap:anywhere}
img{width:100%;border-radius:.5rem}table{margin:1.5rem 0}td,th{padding:.3rem 1rem .3rem 0;text-align:right}</style>
<h1>One training step</h1><div class="faces">${figures.join('')}</div>
<table><tr><th></th><th>D(anchor, positive)</th><th>D(anchor, negative)</th><th>loss</th></tr>
${row('before', before)}${row('after', after)}</table>
<p>D is the squared distance of two embeddings; the loss of a triplet is [D(a, p) − D(a, n) + ${margin}]₊. This one had the greatest
of ${step.triplets} triplets of ${step.faces} faces; the step learnt from it alone.</p></html>
`;
}

async function drawFace(role: string, { person, photo, image }: ExplainedFace): Promise<string> {
  const jpeg = Buffer.from(await encodeJpeg(image)).toString('base64');
  const name = escapeText(person);
  return `<figure><img alt="${name}" src="data:image/jpeg;base64,${jpeg}"><figcaption><b>${role}</b><br>${name}<br>${escapeText(photo)}</figcaption></figure>`;
}
