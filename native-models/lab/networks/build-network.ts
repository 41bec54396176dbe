/** Builds a described network of TensorFlow.js's layers and our own. */

import { initializers, input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkDims, defaultDims, specifyNetwork } from './describe-network.ts';
import { L2Normalisation } from './layers/l2-normalisation.ts';
import { L2Pooling } from './layers/l2-pooling.ts';
import { LocalResponseNormalisation } from './layers/local-response-normalisation.ts';
import { Maxout } from './layers/maxout.ts';
import type { LayerSpec, NetworkName } from './network-spec.ts';

export interface BuildOptions {
  /** Length of an embedding. */
  readonly dims?: number;
  /** Of the initial weights: the same seed gives the same network. */
  readonly seed: number;
  /** "local-response" as published; "batch" puts batch normalisation behind every convolution instead, which trains
   *  more easily from nothing and has parameters that the tables do not. */
  readonly normalisation?: 'local-response' | 'batch';
}

/** On the current backend.
 *  @returns [n, height, width, 3] RGB of -1 to 1 in; [n, dims] out, unit vectors
 *  @throws AppError "bad-argument" for dims that are no positive whole number */
export function buildNetwork(name: NetworkName, options: BuildOptions): LayersModel {
  checkDims(options.dims ?? defaultDims);
  const spec = specifyNetwork(name);
  const inputs = input({ shape: [...spec.input], name: 'faces' });
  const builder = new NetworkBuilder(options);
  const outputs = spec.layers.reduce((tensor, layer) => builder.add(layer, tensor, ''), inputs);
  return model({ inputs, outputs, name });
}

class NetworkBuilder {
  readonly #dims: number;
  readonly #isBatchNormalised: boolean;
  #nextSeed: number;

  constructor({ dims = defaultDims, seed, normalisation }: BuildOptions) {
    this.#dims = dims;
    this.#isBatchNormalised = normalisation === 'batch';
    // Each layer draws from a seed of its own, and neighbouring seeds of networks share none.
    this.#nextSeed = seed * 1000 + 1;
  }

  add(spec: LayerSpec, tensor: SymbolicTensor, prefix: string): SymbolicTensor {
    const name = toLayerName(`${prefix}${spec.name}`);
    switch (spec.kind) {
      case 'convolution':
        return this.#convolve(spec, tensor, name);
      case 'max-pooling':
        return apply(layers.maxPooling2d({ name, poolSize: spec.size, strides: spec.stride, padding: 'same' }), tensor);
      case 'l2-pooling':
        return apply(new L2Pooling({ name, size: spec.size }), tensor);
      case 'local-response-normalisation':
        return this.#isBatchNormalised ? tensor : apply(new LocalResponseNormalisation({ name }), tensor);
      case 'average-pooling':
        return apply(layers.globalAveragePooling2d({ name }), tensor);
      case 'pass-through':
        return tensor;
      case 'maxout': {
        // The largest of two of equal spread about zero has their spread, so the factor 2 for ReLU's zeros is not needed.
        const weights = this.#connect(`${name}-weights`, spec.rows * spec.columns * spec.pieces, tensor);
        return apply(new Maxout({ name, pieces: spec.pieces }), weights);
      }
      case 'embedding':
        return this.#connect(name, this.#dims, tensor);
      case 'l2-normalisation':
        return apply(new L2Normalisation({ name }), tensor);
      case 'block': {
        const ends = spec.branches.map((branch) => branch.reduce((end, part) => this.add(part, end, `${spec.name}/`), tensor));
        return ends.length === 1 ? ends[0]! : (layers.concatenate({ name, axis: -1 }).apply(ends) as SymbolicTensor);
      }
    }
  }

  #convolve(spec: LayerSpec & { kind: 'convolution' }, tensor: SymbolicTensor, name: string): SymbolicTensor {
    const inputs = spec.size * spec.size * (tensor.shape[3] ?? 1);
    const isFollowed = this.#isBatchNormalised;
    const convolved = apply(
      layers.conv2d({
        name,
        kernelSize: spec.size,
        filters: spec.channels,
        strides: spec.stride,
        padding: 'same',
        kernelInitializer: this.#draw(2 / inputs),
        ...(isFollowed ? {} : { activation: 'relu' as const }),
      }),
      tensor,
    );
    if (!isFollowed) return convolved;
    return apply(layers.reLU({ name: `${name}-relu` }), apply(layers.batchNormalization({ name: `${name}-batch`, momentum: 0.9 }), convolved));
  }

  #connect(name: string, units: number, tensor: SymbolicTensor): SymbolicTensor {
    const flat = tensor.shape.length > 2 ? apply(layers.flatten({ name: `${name}-flat` }), tensor) : tensor;
    return apply(layers.dense({ name, units, kernelInitializer: this.#draw(1 / (flat.shape[1] ?? 1)) }), flat);
  }

  /** @param variance 2 over the number of inputs before ReLU, 1 over it elsewhere. Source: He et al. 2015. */
  #draw(variance: number): ReturnType<typeof initializers.randomNormal> {
    return initializers.randomNormal({ stddev: Math.sqrt(variance), seed: this.#nextSeed++ });
  }
}

type AnyLayer = InstanceType<typeof layers.Layer>;

function apply(layer: AnyLayer, tensor: SymbolicTensor): SymbolicTensor {
  return layer.apply(tensor) as SymbolicTensor;
}

/** "inception (3a)/3x3" becomes "inception-3a/3x3". */
function toLayerName(name: string): string {
  return name.replaceAll(/[()+]/g, '').trim().replaceAll(/\s+/g, '-').replaceAll('-/', '/');
}
