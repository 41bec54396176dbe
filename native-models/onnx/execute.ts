/** Runs a plan with TensorFlow.js, on whichever of its backends is current. */

import * as tf from '@tensorflow/tfjs-core';
import type { BinaryOperation, Padding, Plan, PlannedActivation, Step, UnaryOperation } from './plan.ts';
import { makeUnitVectors } from './unit-vectors.ts';

/** A tensor as it enters and leaves: row-major float32 in the layout that the ONNX graph declares. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A plan whose constants lie on the backend. */
export interface Executable {
  /** Computes before it returns, so that no other network can change the backend in between; then fetches the results,
   *  which on a GPU may take its time. */
  run(inputs: Readonly<Record<string, PlainTensor>>): Promise<Record<string, PlainTensor>>;
  dispose(): void;
}

export interface ExecutionOptions {
  /** Whether the backend computes PReLU inside a convolution faster than as a product and a maximum after it. */
  readonly hasFusedPrelu: boolean;
}

export interface StepOptions extends ExecutionOptions {
  /** Index of the first step to run. */
  readonly first: number;
  /** Index of the first step that is not run any more. */
  readonly end: number;
  /** Whether gradients are taken through the steps. Values then stay until the caller's tidy, PReLU holds for slopes of any
   *  size, as they change, and pads are spelt out, as TensorFlow has no gradients of convolutions with pads of their own. */
  readonly isDifferentiable: boolean;
}

/** Uploads the constants of `plan` to the current backend, where they stay until dispose. */
export function prepareExecution(plan: Plan, options: ExecutionOptions): Executable {
  const constants = new Map<string, tf.Tensor>();
  for (const [name, { data, shape }] of plan.constants) {
    constants.set(name, tf.keep(tf.tensor(data, [...shape], 'float32')));
  }
  return {
    run: (inputs) => fetchResults(runPlan(plan, constants, inputs, options)),
    dispose: () => {
      for (const tensor of constants.values()) tensor.dispose();
      constants.clear();
    },
  };
}

function runPlan(
  plan: Plan,
  constants: ReadonlyMap<string, tf.Tensor>,
  inputs: Readonly<Record<string, PlainTensor>>,
  options: ExecutionOptions,
): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const values = new Map<string, tf.Tensor>();
    for (const [name, { data, shape }] of Object.entries(inputs)) values.set(name, tf.tensor(data, [...shape], 'float32'));
    runSteps(plan, values, constants, { ...options, first: 0, end: plan.steps.length, isDifferentiable: false });
    // Cloned, as an output may be a constant, or the same value as another output.
    return Object.fromEntries(plan.outputs.map(({ name, value }) => [name, tf.clone(readValue(value, values, constants))]));
  });
}

/** Runs some of a plan's steps inside the caller's tf.tidy.
 *  @param values what the steps before made, by name; takes what these make, and loses what nobody needs after them */
export function runSteps(
  plan: Plan,
  values: Map<string, tf.Tensor>,
  constants: ReadonlyMap<string, tf.Tensor>,
  options: StepOptions,
): void {
  const read = (name: string): tf.Tensor => readValue(name, values, constants);
  for (let index = options.first; index < options.end; index++) {
    const step = plan.steps[index]!;
    values.set(step.output, runStep(step, read, options));
    if (options.isDifferentiable) continue;
    // Gone as soon as possible: tidy alone would keep every layer of the network until the end.
    for (const name of plan.releases[index] ?? []) {
      values.get(name)?.dispose();
      values.delete(name);
    }
  }
}

function readValue(name: string, values: ReadonlyMap<string, tf.Tensor>, constants: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
  const tensor = values.get(name) ?? constants.get(name);
  if (tensor === undefined) throw new Error(`Expected a value ${name} but none was made`);
  return tensor;
}

/** Lets go of `results`. */
async function fetchResults(results: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, PlainTensor>> {
  const outputs: Record<string, PlainTensor> = {};
  try {
    for (const [name, tensor] of Object.entries(results)) {
      outputs[name] = { shape: tensor.shape, data: new Float32Array(await tensor.data<'float32'>()) };
    }
  } finally {
    tf.dispose(results);
  }
  return outputs;
}

type Read = (name: string) => tf.Tensor;

function runStep(step: Step, read: Read, options: StepOptions): tf.Tensor {
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return runConvolution(step, read, options);
    case 'product':
      return runProduct(step, read, options);
    case 'unary':
      return unaryOperations[step.operation](read(step.input));
    case 'leaky-relu':
      return tf.leakyRelu(read(step.input), step.slope);
    case 'clip':
      return tf.clipByValue(read(step.input), step.lowest, step.highest);
    case 'prelu':
      return runPrelu(read(step.input), read(step.slopes));
    case 'binary':
      return binaryOperations[step.operation](read(step.left), read(step.right));
    case 'local-response':
      return tf.localResponseNormalization(read(step.input) as tf.Tensor4D, step.radius, step.bias, step.alpha, step.beta);
    case 'unit-vectors':
      return makeUnitVectors(read(step.input));
    case 'concat':
      return tf.concat(step.inputs.map(read), step.axis);
    case 'slice':
      return tf.slice(read(step.input), [...step.begins], [...step.sizes]);
    case 'pad':
      return tf.pad(
        read(step.input),
        step.pads.map(([before, after]): [number, number] => [before, after]),
      );
    case 'softmax':
      return tf.softmax(read(step.input));
    case 'reshape':
      return tf.reshape(read(step.input), [...step.shape]);
    case 'transpose':
      return tf.transpose(read(step.input), [...step.permutation]);
    case 'pool':
      return runPooling(step, read);
    case 'average-image':
      return tf.mean(read(step.input), [1, 2], true);
    case 'enlarge':
      return tf.image.resizeNearestNeighbor(read(step.input) as tf.Tensor4D, [...step.size]);
  }
}

const unaryOperations: Record<UnaryOperation, (input: tf.Tensor) => tf.Tensor> = {
  relu: (input) => tf.relu(input),
  sigmoid: (input) => tf.sigmoid(input),
  exp: (input) => tf.exp(input),
  sqrt: (input) => tf.sqrt(input),
};

const binaryOperations: Record<BinaryOperation, (left: tf.Tensor, right: tf.Tensor) => tf.Tensor> = {
  add: (left, right) => tf.add(left, right),
  subtract: (left, right) => tf.sub(left, right),
  multiply: (left, right) => tf.mul(left, right),
  divide: (left, right) => tf.div(left, right),
};

type ConvolutionStep = Extract<Step, { kind: 'convolution' | 'depthwise' }>;

function runConvolution(step: ConvolutionStep, read: Read, options: StepOptions): tf.Tensor {
  const { activation, bias, padding } = step;
  const isFused = activation?.kind !== 'prelu' || (options.hasFusedPrelu && !options.isDifferentiable);
  const isPadded = options.isDifferentiable && typeof padding !== 'string';
  const input = read(step.input) as tf.Tensor4D;
  const convolve = step.kind === 'convolution' ? tf.fused.conv2d : tf.fused.depthwiseConv2d;
  const result = convolve({
    x: isPadded ? tf.pad(input, padding.map(([before, after]): [number, number] => [before, after])) : input,
    filter: read(step.filter) as tf.Tensor4D,
    strides: [...step.strides],
    pad: isPadded ? 'valid' : copyPadding(padding),
    dataFormat: 'NHWC',
    dilations: [...step.dilations],
    ...(bias === undefined ? {} : { bias: read(bias) }),
    ...(isFused ? fuseActivation(activation, read) : {}),
  });
  return isFused ? result : applyActivation(result, activation, read, options);
}

function runProduct(step: Extract<Step, { kind: 'product' }>, read: Read, options: StepOptions): tf.Tensor {
  const { activation, bias } = step;
  const isFused = activation?.kind !== 'prelu' || (options.hasFusedPrelu && !options.isDifferentiable);
  const result = tf.fused.matMul({
    a: read(step.input),
    b: read(step.weights),
    ...(bias === undefined ? {} : { bias: read(bias) }),
    ...(isFused ? fuseActivation(activation, read) : {}),
  });
  return isFused ? result : applyActivation(result, activation, read, options);
}

function fuseActivation(
  activation: PlannedActivation | undefined,
  read: Read,
): { activation?: 'relu' | 'relu6' | 'prelu'; preluActivationWeights?: tf.Tensor } {
  if (activation === undefined) return {};
  if (activation.kind !== 'prelu') return { activation: activation.kind };
  return { activation: 'prelu', preluActivationWeights: read(activation.slopes) };
}

function applyActivation(
  input: tf.Tensor,
  activation: PlannedActivation | undefined,
  read: Read,
  { isDifferentiable }: StepOptions,
): tf.Tensor {
  if (activation === undefined) return input;
  if (activation.kind !== 'prelu') return activation.kind === 'relu' ? tf.relu(input) : tf.relu6(input);
  const { slopes, areAtMostOne } = activation;
  return tf.tidy(() => {
    // For slopes up to one, x lies above slope x exactly where x is positive.
    return areAtMostOne && !isDifferentiable ? tf.maximum(input, tf.mul(input, read(slopes))) : runPrelu(input, read(slopes));
  });
}

/** Spelt out, as the WASM kernel takes one slope for each element of the last axis whatever shape the slopes have. */
function runPrelu(input: tf.Tensor, slopes: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.relu(input), tf.mul(slopes, tf.relu(tf.neg(input)))));
}

function runPooling(step: Extract<Step, { kind: 'pool' }>, read: Read): tf.Tensor {
  const pool = step.operation === 'max' ? tf.maxPool : tf.avgPool;
  return pool(read(step.input) as tf.Tensor4D, [...step.kernel], [...step.strides], copyPadding(step.padding));
}

/**
 * TensorFlow.js takes pads as mutable lists, and its fused convolutions pass explicit ones on to the backend although
 * their types name only the other forms.
 */
function copyPadding(padding: Padding): 'valid' | 'same' {
  if (typeof padding === 'string') return padding;
  return padding.map(([before, after]) => [before, after]) as unknown as 'valid';
}
