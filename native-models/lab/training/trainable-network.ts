/** What training asks of a network: that it embeds chips, and that it says what may change. */

import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';

export interface TrainableNetwork {
  /** Pixels. */
  readonly inputHeight: number;
  readonly inputWidth: number;
  /** Length of an embedding. */
  readonly dims: number;
  /** What the optimiser may change; what is frozen is not among them. On the current backend. */
  readonly variables: readonly Variable[];
  /** What changes while it learns without the optimiser, such as moving averages of statistics; kept with the weights. */
  readonly averages?: readonly Variable[];
  /** Differentiable in `variables`; disposing of what it makes is up to the caller's tf.tidy.
   *  @param chips [n, inputHeight, inputWidth, 3] RGB, 0 to 255; the network normalises them itself
   *  @param isTraining whether layers that behave otherwise while they learn (dropout, batch statistics) do so
   *  @returns [n, dims], unit vectors */
  embed(chips: Tensor4D, isTraining: boolean): Tensor2D;
  dispose(): void;
}
