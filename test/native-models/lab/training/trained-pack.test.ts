/** Packs made of trained embedders: what their manifests say, and that the store takes them. */

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { invertAffine } from '../../../../electron/geometry/affine.ts';
import { createPixelImage, samplePixels } from '../../../../electron/imaging/pixels.ts';
import { fitChip } from '../../../../electron/pipeline/align.ts';
import { embedChips } from '../../../../electron/pipeline/embed.ts';
import { parseManifest } from '../../../../native-models/packs/manifest.ts';
import { createPackStore } from '../../../../native-models/packs/pack-store.ts';
import { readStandardManifest } from '../../../../native-models/packs/standard-pack.ts';
import { createOnnxRuntime } from '../../../../native-models/runtime/onnxruntime.ts';
import { shapeFaceChip } from '../../../../native-models/lab/training/chips/chip-shape.ts';
import { createModelEmbedder } from '../../../../native-models/lab/training/model-embedder.ts';
import { createModelNetwork } from '../../../../native-models/lab/training/model-network.ts';
import { buildTrainingNetwork } from '../../../../native-models/lab/training/training-networks.ts';
import { describeOwnPack, describeTrainedPack, writeTrainedPack } from '../../../../native-models/lab/training/trained-pack.ts';
import { loadStandardPack, standardPackFolder } from '../../../support/standard-pack.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-trained-pack-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const options = {
  name: 'my-own',
  version: '1',
  trainingData: 'photos of a family',
  thresholds: { metric: 'euclidean', same: 0.9, measurement: 'a guess' },
  calibration: null,
} as const;

test('a trained pack keeps all of the base pack but the embedder and what was measured on it', () => {
  const base = readStandardManifest();
  const manifest = describeTrainedPack(base, Uint8Array.of(1, 2, 3), options);
  expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  expect(manifest.detector).toEqual(base.detector);
  expect(manifest.embedder).toEqual({ ...base.embedder, file: 'my-own.onnx' });
  expect(manifest.files.map((file) => file.name)).toEqual(['fr_detect.onnx', 'fr_landmark.onnx', 'my-own.onnx']);
  expect(manifest.knownAnswers.networks.some(({ file }) => file === base.embedder.file)).toBe(false);
  expect(manifest.thresholds.same).toBe(0.9);
  expect(manifest.trainingData).toContain('Undocumented');
  expect(manifest.trainingData).toContain('photos of a family');
});

test('a trained pack is added from its folder and loads', async () => {
  const { embedder } = await loadStandardPack();
  const manifest = describeTrainedPack(readStandardManifest(), embedder, options);
  await writeTrainedPack(path.join(folder, 'made'), manifest, embedder);
  const packsFolder = path.join(folder, 'packs');
  const store = createPackStore({ packsFolder });
  await expect(store.add(path.join(folder, 'made'))).rejects.toMatchObject({ code: 'model-missing' });
  await mkdir(packsFolder, { recursive: true });
  await symlink(standardPackFolder(), path.join(packsFolder, 'standard'));
  expect((await store.add(path.join(folder, 'made'))).state).toBe('ready');
  expect(Buffer.from((await store.load('my-own')).embedder).equals(embedder)).toBe(true);
});

test('a network trained from nothing becomes the embedder of a pack, and answers there as it does in training', async () => {
  await tf.setBackend('cpu');
  const model = buildTrainingNetwork({ name: 'small', dims: 16, seed: 1, normalisation: 'batch' });
  const network = createModelNetwork(model);
  const shape = shapeFaceChip(network.inputWidth, network.inputHeight);
  const embedder = await createModelEmbedder(model, shape);
  const base = readStandardManifest();
  await writeTrainedPack(path.join(folder, 'made'), describeOwnPack(base, embedder, options), embedder.model);
  const packsFolder = path.join(folder, 'packs');
  await mkdir(packsFolder, { recursive: true });
  await symlink(standardPackFolder(), path.join(packsFolder, 'standard'));
  const store = createPackStore({ packsFolder });
  expect((await store.add(path.join(folder, 'made'))).state).toBe('ready');
  const { manifest, embedder: bytes } = await store.load('my-own');
  expect(manifest.landmarker).toEqual(base.landmarker);
  expect(manifest.embedder).toMatchObject({ length: 16, input: { shape: [1, 3, 64, 64], channelOrder: 'rgb' }, template: { chipSizePx: 64 } });
  expect(manifest.origin).toContain('small');

  const photo = createPixelImage(300, 260);
  photo.data.forEach((_, index) => (photo.data[index] = 127 + 100 * Math.sin(index / 37) * Math.cos(index / 9100)));
  const landmarks = Float32Array.of(120, 100, 180, 104, 149, 140, 122, 168, 174, 171);
  const cut = (template: Parameters<typeof fitChip>[1], width: number, height: number): Float32Array =>
    samplePixels(photo, invertAffine(fitChip(landmarks, template)), { width, height }).data;
  const learnt = tf.tensor4d(cut(shape.template, 56, 64), [1, 64, 56, 3]);
  const expected = network.embed(learnt, false).dataSync();
  const runtime = await createOnnxRuntime({ name: 'onnx', threads: 1 });
  const loaded = await runtime.load(bytes);
  const chip = { width: 64, height: 64, data: cut(manifest.embedder.template, 64, 64) };
  const [received] = await embedChips(loaded, manifest.embedder, [chip]);
  await loaded.dispose();
  await runtime.dispose();
  received!.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 4));
});
