import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseManifest } from '../../../native-models/packs/manifest.ts';
import { createPackStore } from '../../../native-models/packs/pack-store.ts';
import { readStandardManifest } from '../../../native-models/packs/standard-pack.ts';
import { describeTrainedPack, writeTrainedPack } from '../../../native-models/training/trained-pack.ts';
import { loadStandardPack, standardPackFolder } from '../../support/standard-pack.ts';

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
  expect((await store.load('my-own')).embedder).toEqual(embedder);
});
