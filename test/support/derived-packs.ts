/** A folder of packs of a test's own: the standard one, and packs derived from it, which share its files. */

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { standardPackFolder } from './standard-pack.ts';

export interface DerivedPacks {
  readonly packsFolder: string;
  /** @param changes what the pack has otherwise than standard */
  derive(name: string, changes: Partial<PackManifest>): Promise<void>;
  remove(): Promise<void>;
}

export async function createDerivedPacks(): Promise<DerivedPacks> {
  const packsFolder = await mkdtemp(path.join(tmpdir(), 'kindred-packs-'));
  await cp(standardPackFolder(), path.join(packsFolder, 'standard'), { recursive: true });
  return {
    packsFolder,
    async derive(name, changes) {
      await mkdir(path.join(packsFolder, name), { recursive: true });
      const manifest = { ...readStandardManifest(), ...changes, name };
      await writeFile(path.join(packsFolder, name, 'manifest.json'), JSON.stringify(manifest));
    },
    remove: () => rm(packsFolder, { recursive: true, force: true }),
  };
}

/** Its embeddings are not standard's: red and blue change places. */
export function swapColours({ embedder }: PackManifest): Pick<PackManifest, 'embedder'> {
  const channelOrder = embedder.input.channelOrder === 'bgr' ? 'rgb' : 'bgr';
  return { embedder: { ...embedder, input: { ...embedder.input, channelOrder } } };
}

/** Its detector sees nothing at all. */
export function closeEyes({ detector }: PackManifest): Pick<PackManifest, 'detector'> {
  return { detector: { ...detector, scoreThreshold: 1 } };
}
