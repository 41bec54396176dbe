/** The packs that this machine can load, for tests that run over all of them. */

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { createPackStore, type PackStore } from '../../native-models/packs/pack-store.ts';
import { standardPackFolder } from './standard-pack.ts';

/** Networks for tests alone: someone who clones Kindred does not have them. */
export const sharedModelsFolder = fileURLToPath(new URL('../../../shared/models', import.meta.url));
export const userManifestPath = fileURLToPath(new URL('../fixtures/yunet-mobilefacenet.json', import.meta.url));

export const hasSharedModels = existsSync(sharedModelsFolder);

/** The store of the packs that set-up brings; classic is made there on first use. */
export function openPackStore(): PackStore {
  return createPackStore({ packsFolder: path.dirname(standardPackFolder()) });
}

/** Adds the user-made pack of the fixture to a store of its own, and loads it from there. */
export async function loadUserMadePack(): Promise<LoadedPack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kindred-user-pack-'));
  try {
    return await loadUserMadePackFrom(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loadUserMadePackFrom(folder: string): Promise<LoadedPack> {
  const given = path.join(folder, 'given');
  const store = createPackStore({ packsFolder: path.join(folder, 'packs') });
  await copyUserMadePack(given);
  const { manifest } = await store.add(given);
  return store.load(manifest.name);
}

/** Lays out the pack as a user would: manifest.json with its files beside it. */
export async function copyUserMadePack(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(userManifestPath, path.join(folder, 'manifest.json'));
  for (const name of ['face_detection_yunet_2023mar.onnx', 'mobilefacenet_128.onnx']) {
    await copyFile(path.join(sharedModelsFolder, name), path.join(folder, name));
  }
}
