/** Trains a linear support vector machine. */

import { shuffle, type Random } from '../../../../electron/base/random.ts';

export interface SvmExample {
  /** All of one length. */
  readonly features: Float32Array;
  readonly isPositive: boolean;
}

export interface SvmOptions {
  /** What an example on the wrong side costs, C of the paper. */
  readonly cost: number;
  /** Positives cost so many times as much: there are fewer of them. */
  readonly positiveWeight: number;
  readonly maxEpochs: number;
  /** Ends once no example asks for a change larger than this. */
  readonly tolerance: number;
}

export interface LinearSvm {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** The bias is learnt as the weight of one more feature, which is 1 for everybody.
 *  Source: Hsieh and others 2008, "A Dual Coordinate Descent Method for Large-scale Linear SVM", algorithm 1, L1 loss. */
export function trainLinearSvm(examples: readonly SvmExample[], options: SvmOptions, random: Random): LinearSvm {
  const { cost, positiveWeight, maxEpochs, tolerance } = options;
  const length = examples[0]?.features.length ?? 0;
  const weights = new Float64Array(length);
  let bias = 0;
  const alphas = new Float64Array(examples.length);
  const squares = Float64Array.from(examples, ({ features }) => features.reduce((sum, value) => sum + value * value, 1));
  let order = [...examples.keys()];
  for (let epoch = 0; epoch < maxEpochs; epoch++) {
    order = shuffle(order, random);
    let largest = 0;
    for (const index of order) {
      const { features, isPositive } = examples[index]!;
      const sign = isPositive ? 1 : -1;
      const limit = isPositive ? cost * positiveWeight : cost;
      let margin = bias;
      for (let at = 0; at < length; at++) margin += weights[at]! * features[at]!;
      const gradient = sign * margin - 1;
      const alpha = alphas[index]!;
      // At a bound, what points out of it is no reason to move.
      const projected = alpha === 0 ? Math.min(0, gradient) : alpha === limit ? Math.max(0, gradient) : gradient;
      largest = Math.max(largest, Math.abs(projected));
      if (projected === 0) continue;
      const changed = Math.min(limit, Math.max(0, alpha - gradient / squares[index]!));
      alphas[index] = changed;
      const step = (changed - alpha) * sign;
      for (let at = 0; at < length; at++) weights[at]! += step * features[at]!;
      bias += step;
    }
    if (largest <= tolerance) break;
  }
  return { weights: Float32Array.from(weights), bias };
}
