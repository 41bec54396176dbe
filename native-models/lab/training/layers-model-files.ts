/** Writes a model of TensorFlow.js's layers as a folder of topology and weights, and reads it back. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../electron/base/errors.ts';

const topologyFile = 'model.json';
const weightsFile = 'weights.bin';

/** As TensorFlow.js's own savers do: what it reads in a browser, too. */
export async function writeLayersModel(folder: string, model: LayersModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const { weightData, weightSpecs, ...rest } = artifacts;
    const weights = tf.io.CompositeArrayBuffer.join(weightData);
    const manifest = [{ paths: [weightsFile], weights: weightSpecs }];
    await writeWhole(path.join(folder, weightsFile), new Uint8Array(weights));
    await writeWhole(path.join(folder, topologyFile), JSON.stringify({ ...rest, weightsManifest: manifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
  });
  await model.save(handler);
}

/** Layers of our own have to be registered with TensorFlow.js before.
 *  @throws AppError "model-missing", "model-mismatch" */
export async function readLayersModel(folder: string): Promise<LayersModel> {
  let topology: string;
  let weights: Buffer;
  try {
    topology = await readFile(path.join(folder, topologyFile), 'utf8');
    weights = await readFile(path.join(folder, weightsFile));
  } catch (cause) {
    throw new AppError('model-missing', `Expected ${topologyFile} and ${weightsFile} in ${folder}`, { cause, parameters: { folder } });
  }
  try {
    const { weightsManifest, ...rest } = JSON.parse(topology) as tf.io.ModelJSON;
    const weightSpecs = weightsManifest.flatMap((group) => group.weights);
    return await loadLayersModel(tf.io.fromMemory({ ...rest, weightSpecs, weightData: Uint8Array.from(weights).buffer }));
  } catch (cause) {
    throw new AppError('model-mismatch', `Expected a LayersModel in ${folder}`, { cause, parameters: { folder } });
  }
}

async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.unfinished`, content);
  await rename(`${file}.unfinished`, file);
}
