import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPack } from '../../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../../native-models/packs/standard-pack.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-pack-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A pack of three small files in `folder`, all of them right. */
async function writePack(): Promise<PackManifest> {
  const manifest = readStandardManifest();
  const files = await Promise.all(
    manifest.files.map(async (file, index) => {
      const bytes = new Uint8Array(10).fill(index);
      await writeFile(path.join(folder, file.name), bytes);
      return { ...file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
  // Ten bytes are no graph to take a part out of.
  const { detector } = manifest;
  return { ...manifest, files, detector: detector.kind === 'rfb' ? { ...detector, isCut: false } : detector };
}

test('the files of a pack are read into the networks that name them', async () => {
  const pack = await loadPack(await writePack(), folder);
  expect([pack.detector[0], pack.landmarker?.[0], pack.embedder[0]]).toEqual([0, 1, 2]);
});

test('the standard pack that set-up brought is the one of the manifest', async () => {
  const pack = await loadStandardPack();
  expect(pack.embedder).toHaveLength(4_884_269);
});

test('a missing file is named with its cause', async () => {
  const manifest = await writePack();
  await rm(path.join(folder, 'fr_landmark.onnx'));
  await expect(loadPack(manifest, folder)).rejects.toMatchObject({
    code: 'model-missing',
    parameters: { file: 'fr_landmark.onnx', reason: 'ENOENT', pack: 'standard' },
  });
});

test('a file of another length is a mismatch', async () => {
  const manifest = await writePack();
  await writeFile(path.join(folder, 'fr_detect.onnx'), new Uint8Array(9));
  await expect(loadPack(manifest, folder)).rejects.toMatchObject({
    code: 'model-mismatch',
    parameters: { file: 'fr_detect.onnx' },
  });
});

test('a file of the same length with one byte changed is a mismatch', async () => {
  const manifest = await writePack();
  await writeFile(path.join(folder, 'fr_feature.onnx'), new Uint8Array(10).fill(2).fill(3, 9));
  await expect(loadPack(manifest, folder)).rejects.toMatchObject({
    code: 'model-mismatch',
    message: expect.stringContaining('sha256'),
    parameters: { file: 'fr_feature.onnx' },
  });
});
