/** Plain descriptions of networks, from which both the layer table is computed and the network is built. */

/** Every convolution and every fully connected layer has biases; convolutions end in ReLU. "Same" padding throughout. */
export type LayerSpec =
  | { readonly kind: 'convolution'; readonly name: string; readonly size: number; readonly channels: number; readonly stride: number }
  | { readonly kind: 'max-pooling'; readonly name: string; readonly size: number; readonly stride: number }
  /** Root mean square over windows of odd size, at every place. */
  | { readonly kind: 'l2-pooling'; readonly name: string; readonly size: number }
  | { readonly kind: 'local-response-normalisation'; readonly name: string }
  /** Over the whole picture. */
  | { readonly kind: 'average-pooling'; readonly name: string }
  /** Joins what the paper computes in two halves; with one half there is nothing to do. */
  | { readonly kind: 'pass-through'; readonly name: string }
  /** Fully connected: `rows` x `columns` numbers, each the largest of `pieces`. */
  | { readonly kind: 'maxout'; readonly name: string; readonly rows: number; readonly columns: number; readonly pieces: number }
  | { readonly kind: 'embedding'; readonly name: string }
  | { readonly kind: 'l2-normalisation'; readonly name: string }
  | BlockSpec;

/** Branches of one input, joined by channels: an inception module, or a single sequence that stands in one line of a table. */
export interface BlockSpec {
  readonly kind: 'block';
  readonly name: string;
  readonly branches: readonly (readonly LayerSpec[])[];
}

export interface NetworkSpec {
  readonly name: NetworkName;
  /** Height, width, channels. */
  readonly input: readonly [height: number, width: number, channels: number];
  readonly layers: readonly LayerSpec[];
}

export const networkNames = ['NN1', 'NN2', 'NN3', 'NN4', 'NNS1', 'NNS2'] as const;
export type NetworkName = (typeof networkNames)[number];
