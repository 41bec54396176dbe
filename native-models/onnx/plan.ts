/** A network as a list of steps in the terms of TensorFlow.js: what the layout pass makes and the executor runs. */

import type { Activation, FloatConstant, Shape } from './graph.ts';

/** [[0, 0], [top, bottom], [left, right], [0, 0]] in pixels. */
export type ExplicitPads = readonly [
  readonly [0, 0],
  readonly [number, number],
  readonly [number, number],
  readonly [0, 0],
];
export type Padding = 'valid' | 'same' | ExplicitPads;

interface ConvolutionStep {
  readonly input: string;
  readonly output: string;
  /** Names of constants. */
  readonly filter: string;
  readonly bias: string | undefined;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
  readonly activation: PlannedActivation | undefined;
}

export type PlannedActivation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'relu6' }
  | {
      readonly kind: 'prelu';
      /** Name of a constant, one slope a channel. */
      readonly slopes: string;
      /** Then the result is max(x, slope x). */
      readonly areAtMostOne: boolean;
    };

/** Inputs name values or constants. Images are [n, height, width, channels] wherever a step needs an image. */
export type Step =
  | ({ /** Filter [height, width, channels in, channels out]. */ readonly kind: 'convolution' } & ConvolutionStep)
  | ({ /** Filter [height, width, channels in, multiplier]. */ readonly kind: 'depthwise' } & ConvolutionStep)
  | {
      readonly kind: 'product';
      readonly input: string;
      readonly output: string;
      /** [inputs, outputs] */
      readonly weights: string;
      readonly bias: string | undefined;
      readonly activation: PlannedActivation | undefined;
    }
  | { readonly kind: 'unary'; readonly operation: UnaryOperation; readonly input: string; readonly output: string }
  | { readonly kind: 'leaky-relu'; readonly slope: number; readonly input: string; readonly output: string }
  | { readonly kind: 'clip'; readonly lowest: number; readonly highest: number; readonly input: string; readonly output: string }
  | { readonly kind: 'prelu'; readonly input: string; readonly slopes: string; readonly output: string }
  | {
      readonly kind: 'binary';
      readonly operation: BinaryOperation;
      readonly left: string;
      readonly right: string;
      readonly output: string;
    }
  | {
      /** x / (bias + alpha * sum of x^2 over the channels up to `radius` away)^beta. */
      readonly kind: 'local-response';
      readonly radius: number;
      readonly bias: number;
      readonly alpha: number;
      readonly beta: number;
      readonly input: string;
      readonly output: string;
    }
  | { /** Over the last axis. */ readonly kind: 'unit-vectors'; readonly input: string; readonly output: string }
  | { readonly kind: 'concat'; readonly inputs: readonly string[]; readonly axis: number; readonly output: string }
  | {
      readonly kind: 'slice';
      readonly input: string;
      readonly begins: readonly number[];
      /** -1 to the end. */
      readonly sizes: readonly number[];
      readonly output: string;
    }
  | {
      /** With zeros. */
      readonly kind: 'pad';
      readonly input: string;
      /** Before and after, by axis. */
      readonly pads: readonly (readonly [number, number])[];
      readonly output: string;
    }
  | { /** Over the last axis. */ readonly kind: 'softmax'; readonly input: string; readonly output: string }
  | { readonly kind: 'reshape'; readonly input: string; /** -1 for the batch. */ readonly shape: readonly number[]; readonly output: string }
  | { readonly kind: 'transpose'; readonly input: string; readonly permutation: readonly number[]; readonly output: string }
  | {
      readonly kind: 'pool';
      readonly operation: 'max' | 'average';
      readonly input: string;
      readonly output: string;
      readonly kernel: readonly [number, number];
      readonly strides: readonly [number, number];
      readonly padding: Padding;
    }
  | { readonly kind: 'average-image'; readonly input: string; readonly output: string }
  | { readonly kind: 'enlarge'; readonly input: string; /** [height, width] */ readonly size: readonly [number, number]; readonly output: string };

export type UnaryOperation = 'relu' | 'sigmoid' | 'exp' | 'sqrt';
export type BinaryOperation = 'add' | 'subtract' | 'multiply' | 'divide';

export interface Plan {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** `value` is what a step made, in the layout that the ONNX graph declares. */
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly steps: readonly Step[];
  readonly constants: ReadonlyMap<string, FloatConstant>;
  /** Values that nobody needs after the step of the same index. */
  readonly releases: readonly (readonly string[])[];
}

export type { Activation };
