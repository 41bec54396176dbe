/** Computes a network's layer table from its description: sizes, parameters and multiply-adds, biases counted in both. */

import { AppError } from '../../../electron/base/errors.ts';
import { specifyInception, specifyMiniInception, specifySmallInception, specifyTinyInception } from './inception.ts';
import { networkNames, type LayerSpec, type NetworkName, type NetworkSpec } from './network-spec.ts';
import { specifyZeilerFergus } from './zeiler-fergus.ts';

export interface LayerCosts {
  readonly parameters: number;
  /** For one face. */
  readonly multiplyAdds: number;
}

export interface LayerDescription extends LayerCosts {
  readonly name: string;
  /** Height, width, channels. */
  readonly output: readonly number[];
}

export interface NetworkDescription {
  readonly name: NetworkName;
  /** Height, width, channels. */
  readonly input: readonly number[];
  readonly layers: readonly LayerDescription[];
  readonly total: LayerCosts;
}

export const defaultDims = 128;

/** NNS2's 140x116 is read as height x width: faces are taller than wide. */
const specifications: Readonly<Record<NetworkName, Omit<NetworkSpec, 'name'>>> = {
  NN1: { input: [220, 220, 3], layers: specifyZeilerFergus() },
  NN2: { input: [224, 224, 3], layers: specifyInception() },
  NN3: { input: [160, 160, 3], layers: specifyInception() },
  NN4: { input: [96, 96, 3], layers: specifySmallInception() },
  NNS1: { input: [165, 165, 3], layers: specifyMiniInception() },
  NNS2: { input: [140, 116, 3], layers: specifyTinyInception() },
};

/** @param text in any case
 *  @throws AppError "bad-argument" */
export function parseNetworkName(text: string): NetworkName {
  const name = networkNames.find((one) => one === text.trim().toUpperCase());
  if (name !== undefined) return name;
  throw new AppError('bad-argument', `Expected one of ${networkNames.join(', ')} for the network but received ${text}`);
}

export function specifyNetwork(name: NetworkName): NetworkSpec {
  return { name, ...specifications[name] };
}

/** @param dims length of an embedding
 *  Source: FaceNet (Schroff, Kalenichenko, Philbin 2015), tables 1 and 2. */
export function describeNetwork(name: NetworkName, { dims = defaultDims }: { readonly dims?: number } = {}): NetworkDescription {
  checkDims(dims);
  const { input, layers: specs } = specifyNetwork(name);
  const layers: LayerDescription[] = [];
  let shape: readonly number[] = input;
  for (const spec of specs) {
    const layer = describeLayer(spec, shape, dims);
    layers.push(layer);
    shape = layer.output;
  }
  return { name, input, layers, total: sumCosts(layers) };
}

/** @throws AppError "bad-argument" */
export function checkDims(dims: number): void {
  if (Number.isInteger(dims) && dims > 0) return;
  throw new AppError('bad-argument', `Expected a positive whole number for dims but received ${dims}`);
}

function describeLayer(spec: LayerSpec, shape: readonly number[], dims: number): LayerDescription {
  const [height = 1, width = 1, channels = 1] = shape;
  const { name } = spec;
  switch (spec.kind) {
    case 'convolution': {
      const output = [Math.ceil(height / spec.stride), Math.ceil(width / spec.stride), spec.channels];
      const parameters = spec.channels * (spec.size * spec.size * channels + 1);
      return { name, output, parameters, multiplyAdds: output[0]! * output[1]! * parameters };
    }
    case 'max-pooling':
      return { name, output: [Math.ceil(height / spec.stride), Math.ceil(width / spec.stride), channels], ...free };
    case 'average-pooling':
      return { name, output: [1, 1, channels], ...free };
    case 'maxout':
      return connect(name, shape, [1, spec.rows, spec.columns], spec.pieces);
    case 'embedding':
      return connect(name, shape, [1, 1, dims], 1);
    case 'block':
      return describeBlock(spec.name, spec.branches, shape, dims);
    default:
      return { name, output: shape, ...free };
  }
}

const free: LayerCosts = { parameters: 0, multiplyAdds: 0 };

/** Fully connected: every weight is used once a face. */
function connect(name: string, shape: readonly number[], output: readonly number[], pieces: number): LayerDescription {
  const parameters = multiply(output) * pieces * (multiply(shape) + 1);
  return { name, output, parameters, multiplyAdds: parameters };
}

function describeBlock(name: string, branches: readonly (readonly LayerSpec[])[], shape: readonly number[], dims: number): LayerDescription {
  const parts: LayerDescription[] = [];
  const ends = branches.map((branch) =>
    branch.reduce((current, spec) => {
      const part = describeLayer(spec, current, dims);
      parts.push(part);
      return part.output;
    }, shape),
  );
  const [height = 1, width = 1] = ends[0] ?? shape;
  return { name, output: [height, width, ends.reduce((sum, end) => sum + (end[2] ?? 0), 0)], ...sumCosts(parts) };
}

function sumCosts(layers: readonly LayerCosts[]): LayerCosts {
  return {
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
  };
}

function multiply(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
