/** Computes the loss of a batch and its gradient, in slices where the batch would not fit into memory.
 *
 *  [Note: two passes] Triplets go across slices. So the whole batch is embedded slice by slice first, and nothing of that is
 *  kept but the embeddings; triplets are selected on them, and the loss's gradient with respect to each embedding is known.
 *  The second pass embeds every slice again and takes that gradient through it: by the chain rule the sum over the slices is
 *  the gradient of the whole batch, not an approximation. Both passes run the network as it learns, on the same slices, so
 *  that layers with statistics of their batch give the same embeddings twice (their statistics are of the slice; their
 *  moving averages take two equal steps). Layers that draw at random (dropout) draw anew in the second pass, and the gradient
 *  is then one of other draws; none of our networks has one. A batch of one slice takes one pass where the backend answers at
 *  once: a quarter less work.
 *
 *  [Note: mean over active triplets] Equation 3 is a sum. It grows with the batch and shrinks as triplets come to be apart
 *  by the margin; divided by the number of those that are not, the gradient keeps its size, one learning rate serves batches
 *  of every size, and rules that select few triplets are not at a disadvantage at equal steps. What is reported is the mean
 *  over all selected ones, which falls as the network learns. */

import * as tf from '@tensorflow/tfjs-core';
// Brings the gradients of the operators: TensorFlow.js's core alone has none.
import '@tensorflow/tfjs-layers';
import { AppError } from '../../../../electron/base/errors.ts';
import type { TrainableNetwork } from '../trainable-network.ts';
import { selectTriplets, type SelectionOptions, type Triplets } from '../../../../electron/learning/triplets/select-triplets.ts';
import { tripletLoss } from './triplet-loss.ts';

export interface BatchOfChips {
  /** [n, height, width, 3] 0 to 255 */
  readonly pixels: Float32Array;
  /** [n], who is on each. */
  readonly people: Int32Array;
  /** To learn from; without, they are selected on the batch's embeddings. */
  readonly triplets?: Triplets;
}

export interface GradientOptions extends SelectionOptions {
  /** Chips that the network sees at a time. */
  readonly sliceSize: number;
  /** Added to the mean loss: what else the embeddings are to be. Differentiable.
   *  @param embeddings [n, dims], in the order of the batch */
  readonly penalty?: (embeddings: tf.Tensor2D) => tf.Scalar;
}

export interface BatchLoss {
  /** Mean of equation 3 over all triplets selected; 0 without any. */
  readonly loss: number;
  readonly triplets: number;
  /** Triplets whose loss is above 0. */
  readonly active: number;
}

export interface BatchGradients extends BatchLoss {
  /** In the order of the network's variables; null where no triplet is active and nothing is to learn. The caller disposes. */
  readonly gradients: readonly tf.Tensor[] | null;
}

/** @throws AppError "internal" where the loss is no number any more */
export async function computeBatchGradients(network: TrainableNetwork, batch: BatchOfChips, options: GradientOptions): Promise<BatchGradients> {
  const slices = listSlices(batch.people.length, options.sliceSize);
  const isSynchronous = tf.getBackend() !== 'webgpu';
  return slices.length === 1 && isSynchronous ? computeAtOnce(network, batch, options) : computeInSlices(network, batch, options, slices);
}

/** @returns [n, dims], embedded in slices; on the current backend */
export function embedInSlices(
  network: TrainableNetwork,
  pixels: Float32Array,
  { sliceSize, isTraining }: { readonly sliceSize: number; readonly isTraining: boolean },
): tf.Tensor2D {
  return tf.tidy(() => {
    const parts = listSlices(pixels.length / sizeOfChip(network), sliceSize).map((slice) =>
      tf.tidy(() => network.embed(takeChips(network, pixels, slice), isTraining)),
    );
    return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
  });
}

function computeAtOnce(network: TrainableNetwork, batch: BatchOfChips, options: GradientOptions): BatchGradients {
  let measured: BatchLoss = { loss: 0, triplets: 0, active: 0 };
  const gradients = tf.tidy(() => {
    const whole = { first: 0, end: batch.people.length };
    const { grads } = tf.variableGrads(
      () => {
        const embeddings = network.embed(takeChips(network, batch.pixels, whole), true);
        const selected = select(embeddings.dataSync<'float32'>(), network.dims, batch, options);
        measured = selected.measured;
        return lossOf(embeddings, selected, options);
      },
      [...network.variables],
    );
    return takeGradients(network, grads).map((gradient) => tf.clone(gradient));
  });
  if (measured.active > 0 || options.penalty !== undefined) return { ...measured, gradients };
  tf.dispose(gradients);
  return { ...measured, gradients: null };
}

async function computeInSlices(
  network: TrainableNetwork,
  batch: BatchOfChips,
  options: GradientOptions,
  slices: readonly Slice[],
): Promise<BatchGradients> {
  const embeddings = embedInSlices(network, batch.pixels, { sliceSize: options.sliceSize, isTraining: true });
  const selected = select(await embeddings.data<'float32'>(), network.dims, batch, options);
  const { measured } = selected;
  if (measured.active === 0 && options.penalty === undefined) {
    embeddings.dispose();
    return { ...measured, gradients: null };
  }
  const byEmbedding = tf.tidy(() => tf.grad((value) => lossOf(value as tf.Tensor2D, selected, options))(embeddings));
  embeddings.dispose();
  let sums: tf.Tensor[] | null = null;
  for (const slice of slices) {
    const before: readonly tf.Tensor[] | null = sums;
    sums = tf.tidy(() => {
      const pulled = tf.slice(byEmbedding, [slice.first, 0], [slice.end - slice.first, network.dims]);
      const { grads } = tf.variableGrads(
        () => tf.sum<tf.Scalar>(tf.mul(network.embed(takeChips(network, batch.pixels, slice), true), pulled)),
        [...network.variables],
      );
      const gradients = takeGradients(network, grads);
      return gradients.map((gradient, index) => (before === null ? tf.clone(gradient) : tf.add(before[index]!, gradient)));
    });
    if (before !== null) tf.dispose([...before]);
  }
  byEmbedding.dispose();
  return { ...measured, gradients: sums };
}

/** Differentiable. See [Note: mean over active triplets]. */
function lossOf(embeddings: tf.Tensor2D, { triplets, measured }: Selected, { margin, penalty }: GradientOptions): tf.Scalar {
  // Without a triplet the loss depends on no weight, which gradients cannot be taken of.
  const loss: tf.Scalar =
    measured.active === 0 ? tf.mul(tf.sum(embeddings), 0) : tf.div(tripletLoss(embeddings, triplets, margin), measured.active);
  return penalty === undefined ? loss : tf.add(loss, penalty(embeddings));
}

interface Selected {
  readonly triplets: Triplets;
  readonly measured: BatchLoss;
}

/** @param values [n, dims] */
function select(values: Float32Array, dims: number, { people, triplets: given }: BatchOfChips, options: GradientOptions): Selected {
  const distances = squaredDistancesBetween(values, people.length, dims);
  const triplets = given ?? selectTriplets(distances, people, options);
  let sum = 0;
  let active = 0;
  for (const [index, anchor] of triplets.anchors.entries()) {
    const row = anchor * people.length;
    const loss = distances[row + triplets.positives[index]!]! - distances[row + triplets.negatives[index]!]! + options.margin;
    if (loss <= 0) continue;
    sum += loss;
    active += 1;
  }
  if (!Number.isFinite(sum) || !values.every(Number.isFinite)) {
    throw new AppError('internal', 'Expected finite embeddings but training has lost them: a lower learning rate may help');
  }
  const count = triplets.anchors.length;
  return { triplets, measured: { loss: count === 0 ? 0 : sum / count, triplets: count, active } };
}

/** In JavaScript, as a GPU would answer later: 256 faces of 128 numbers take four milliseconds.
 *  @returns [n, n] */
function squaredDistancesBetween(values: Float32Array, count: number, dims: number): Float32Array {
  const distances = new Float32Array(count * count);
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      let squares = 0;
      for (let at = 0; at < dims; at++) squares += (values[one * dims + at]! - values[other * dims + at]!) ** 2;
      distances[one * count + other] = squares;
      distances[other * count + one] = squares;
    }
  }
  return distances;
}

interface Slice {
  readonly first: number;
  readonly end: number;
}

function listSlices(count: number, size: number): Slice[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({ first: index * size, end: Math.min(count, (index + 1) * size) }));
}

function sizeOfChip({ inputHeight, inputWidth }: TrainableNetwork): number {
  return inputHeight * inputWidth * 3;
}

function takeChips(network: TrainableNetwork, pixels: Float32Array, { first, end }: Slice): tf.Tensor4D {
  const size = sizeOfChip(network);
  return tf.tensor4d(pixels.subarray(first * size, end * size), [end - first, network.inputHeight, network.inputWidth, 3]);
}

function takeGradients(network: TrainableNetwork, byName: Readonly<Record<string, tf.Tensor>>): tf.Tensor[] {
  return network.variables.map((variable) => byName[variable.name] ?? tf.zerosLike(variable));
}
