/** Measures how long the six networks take for a face, on a backend of TensorFlow.js. */

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AppError, isAppError } from '../../../../electron/base/errors.ts';
import { buildNetwork } from '../../networks/build-network.ts';
import type { NetworkName } from '../../networks/network-spec.ts';
import { createRuntime } from '../../../runtime/create-runtime.ts';
import type { RuntimeName } from '../../../runtime/runtime.ts';

export interface ForwardMeasurement {
  /** Faces at a time. */
  readonly batch: number;
  /** How often a batch is run; the median counts. */
  readonly rounds: number;
  /** In milliseconds. */
  readonly clock: () => number;
}

export interface MeasuredNetwork {
  readonly name: NetworkName;
  readonly msPerFace: number;
}

/** TensorFlow.js's backends by the runtimes of Kindred that bring them. */
const backends = { tensorflow: 'tensorflow', 'tensorflow-cuda': 'tensorflow', webgpu: 'webgpu', wasm: 'wasm' } as const;

/** Makes a backend current that runs models of layers: the one asked for, else TensorFlow's, else WASM, which is everywhere.
 *  @returns library and version, for people
 *  @throws AppError "runtime-unavailable", and "unsupported-operator" for ONNX Runtime */
export async function openLayersBackend(asked: RuntimeName | 'auto'): Promise<string> {
  if (asked !== 'auto') return await openNamed(asked);
  try {
    return await openNamed('tensorflow');
  } catch (error) {
    if (!isAppError(error, 'runtime-unavailable')) throw error;
    return await openNamed('wasm');
  }
}

async function openNamed(name: RuntimeName): Promise<string> {
  if (!(name in backends)) {
    throw new AppError('unsupported-operator', `Expected a runtime of TensorFlow.js to build networks on but received ${name}`, {
      parameters: { runtime: name },
    });
  }
  const { description } = await createRuntime(name);
  await tf.setBackend(backends[name as keyof typeof backends]);
  return description;
}

/** Builds a network on the current backend, with weights drawn by a seed, and lets it go again. */
export async function measureNetwork(name: NetworkName, measurement: ForwardMeasurement): Promise<MeasuredNetwork> {
  const network = buildNetwork(name, { seed: 1 });
  try {
    return { name, msPerFace: await measureForward(network, measurement) };
  } finally {
    network.dispose();
  }
}

/** @returns milliseconds for one face of a batch, the median after a batch that does not count
 *  @throws AppError "internal" where the embeddings are no numbers */
export async function measureForward(network: LayersModel, { batch, rounds, clock }: ForwardMeasurement): Promise<number> {
  const [, height = null, width = null, channels = null] = network.inputs[0]!.shape;
  const shape = [batch, height!, width!, channels!];
  const faces = tf.tidy(() => tf.reshape(tf.sin(tf.range(0, tf.util.sizeFromShape(shape))), shape));
  const times: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const startMs = clock();
      const embeddings = tf.tidy(() => network.predict(faces, { batchSize: batch }) as tf.Tensor);
      // What is not read may not have been computed yet.
      const values = await embeddings.data();
      times.push((clock() - startMs) / batch);
      embeddings.dispose();
      if (!values.every(Number.isFinite)) throw new AppError('internal', `Expected finite embeddings of ${network.name}`);
    }
  } finally {
    faces.dispose();
  }
  const sorted = times.slice(1).toSorted((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}
