/** A pack's embedder as a network that can be trained, and the way back to an ONNX file. */

import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../../electron/base/errors.ts';
import { runSteps } from '../../onnx/execute.ts';
import type { FloatConstant } from '../../onnx/graph.ts';
import { parseModel } from '../../onnx/parse-model.ts';
import { listStepInputs, planLayout } from '../../onnx/plan-layout.ts';
import type { Plan } from '../../onnx/plan.ts';
import { foldNetwork } from '../../onnx/read-network.ts';
import { isWeighted, listWeights, replaceWeights } from '../../onnx/replace-weights.ts';
import { makeUnitVectors } from '../../onnx/unit-vectors.ts';
import { writeModel } from '../../onnx/write-model.ts';
import type { ImageInput, PackManifest } from '../../packs/manifest.ts';
import type { TrainableNetwork } from './trainable-network.ts';

export interface EmbedderOfPack {
  readonly manifest: Pick<PackManifest, 'embedder'>;
  /** Bytes of the ONNX file. */
  readonly embedder: Uint8Array;
}

export interface PackNetworkOptions {
  /** So many convolutions and products from the front stay as they are. */
  readonly frozenLayers: number;
}

/**
 * Filters, weights, biases and slopes of PReLUs change; batch normalisation is part of the filters before it. Factors and
 * offsets that stand alone, and convolutions in groups, stay as they are.
 */
export interface PackNetwork extends TrainableNetwork {
  /** Convolutions and products there are. */
  readonly layers: number;
  /** By variable: the layer that it belongs to, counted from 0. */
  readonly layerOfVariable: readonly number[];
  /** What the part in front of the first layer that changes makes of chips, to be kept between steps; of each picture as it
   *  is, without its mirror image.
   *  @param chips as in `embed` */
  computeFrozen(chips: tf.Tensor4D): tf.Tensor;
  /** Differentiable. @param values as computeFrozen makes them; @returns [n, dims], unit vectors */
  embedFrozen(values: tf.Tensor): tf.Tensor2D;
  /** @returns an ONNX file with the weights as they are now; what is frozen is in it to the bit */
  writeModel(): Promise<Uint8Array>;
}

/**
 * @throws AppError "bad-argument" where no layer is left to change, "unsupported-operator", "model-mismatch"
 */
export function createPackNetwork(pack: EmbedderOfPack, { frozenLayers }: PackNetworkOptions): PackNetwork {
  const { input, outputs, length, isMirrored } = pack.manifest.embedder;
  const graph = foldNetwork(parseModel(pack.embedder));
  const plan = planLayout(graph);
  const layers = plan.steps.filter(isWeighted);
  if (!Number.isInteger(frozenLayers) || frozenLayers < 0 || frozenLayers >= layers.length) {
    throw new AppError('bad-argument', `Expected frozen layers from 0 to ${layers.length - 1} but received ${frozenLayers}`, {
      parameters: { field: 'frozenLayers' },
    });
  }
  const { cut, value } = findCut(plan, plan.steps.indexOf(layers[frozenLayers]!));
  const result = plan.outputs.find(({ name }) => name === outputs.embedding)!.value;
  const variables = new Map<string, tf.Variable>();
  const constants = new Map<string, tf.Tensor>();
  const layerOf = new Map(layers.flatMap((layer, index) => listWeights(layer).map((name) => [name, index] as const)));
  for (const [name, { data, shape }] of plan.constants) {
    const tensor = tf.tensor(data, [...shape], 'float32');
    if ((layerOf.get(name) ?? -1) >= frozenLayers) {
      variables.set(name, tf.variable(tensor));
      tensor.dispose();
    } else {
      constants.set(name, tf.keep(tensor));
    }
  }
  const all = new Map<string, tf.Tensor>([...constants, ...variables]);

  const runFrozen = (chips: tf.Tensor4D): tf.Tensor =>
    tf.tidy(() => {
      const values = new Map([[input.name, normalizeChips(chips, input)]]);
      runSteps(plan, values, all, { first: 0, end: cut, hasFusedPrelu: false, isDifferentiable: false });
      return tf.clone(values.get(value)!);
    });
  // The tape records nothing inside a gradient of one's own: what is frozen costs no memory and no fusion is lost to it.
  const computeFrozen = tf.customGrad((chips) => ({ value: runFrozen(chips as tf.Tensor4D), gradFunc: () => tf.zerosLike(chips as tf.Tensor) }));
  const runRest = (frozen: tf.Tensor): tf.Tensor2D => {
    const values = new Map([[value, frozen]]);
    runSteps(plan, values, all, { first: cut, end: plan.steps.length, hasFusedPrelu: false, isDifferentiable: true });
    return tf.reshape(values.get(result)!, [frozen.shape[0]!, length]) as tf.Tensor2D;
  };

  return {
    inputHeight: input.shape[2],
    inputWidth: input.shape[3],
    dims: length,
    layers: layers.length,
    layerOfVariable: [...variables.keys()].map((name) => layerOf.get(name)!),
    variables: [...variables.values()],
    computeFrozen: (chips) => computeFrozen(chips),
    embedFrozen: (values) => tf.tidy(() => makeUnitVectors(runRest(values))),
    embed: (chips) =>
      tf.tidy(() => {
        const embeddings = runRest(computeFrozen(chips));
        if (!isMirrored) return makeUnitVectors(embeddings);
        return makeUnitVectors(tf.add(embeddings, runRest(computeFrozen(tf.reverse(chips, 2)))));
      }),
    async writeModel() {
      const weights = new Map<string, FloatConstant>();
      for (const [name, variable] of variables) {
        weights.set(name, { type: 'float32', shape: variable.shape, data: new Float32Array(await variable.data<'float32'>()) });
      }
      return writeModel(replaceWeights(graph, plan, weights));
    },
    dispose() {
      for (const tensor of all.values()) tensor.dispose();
    },
  };
}

/** @returns the last place at or before `first` where a single value is all that the later steps need */
function findCut(plan: Plan, first: number): { cut: number; value: string } {
  const made = new Map<string, number>(plan.inputs.map(({ name }) => [name, -1]));
  plan.steps.forEach(({ output }, index) => made.set(output, index));
  const results = plan.outputs.map(({ value }) => value);
  for (let cut = first; cut >= 0; cut--) {
    const needed = new Set([...plan.steps.slice(cut).flatMap(listStepInputs), ...results]);
    const crossing = [...needed].filter((name) => (made.get(name) ?? cut) < cut);
    if (crossing.length === 1) return { cut, value: crossing[0]! };
  }
  throw new AppError('model-mismatch', `Expected one input of the embedder but received ${plan.inputs.length}`);
}

/** @returns as the manifest's input declares it */
function normalizeChips(chips: tf.Tensor4D, { channelOrder, mean, scale, layout }: ImageInput): tf.Tensor {
  const ordered = channelOrder === 'grey' ? toGrey(chips) : channelOrder === 'bgr' ? tf.reverse(chips, 3) : chips;
  const normalised = tf.div(tf.sub(ordered, mean), scale);
  return layout === 'nchw' ? tf.transpose(normalised, [0, 3, 1, 2]) : normalised;
}

/** ITU-R BT.601, as imaging/pixels.ts. */
function toGrey(chips: tf.Tensor4D): tf.Tensor4D {
  return tf.sum(tf.mul(chips, [0.299, 0.587, 0.114]), 3, true);
}
