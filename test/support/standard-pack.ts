/** The standard pack as set-up has brought it, for tests that run its networks. */

import envPaths from 'env-paths';
import path from 'node:path';
import { loadPack, type LoadedPack } from '../../native-models/packs/load-pack.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';

export function standardPackFolder(): string {
  const cache = process.env['KINDRED_CACHE'] ?? envPaths('kindred', { suffix: '' }).cache;
  return path.join(cache, 'packs', 'standard');
}

export type StandardPack = LoadedPack & { readonly landmarker: Uint8Array };

export async function loadStandardPack(): Promise<StandardPack> {
  const pack = await loadPack(readStandardManifest(), standardPackFolder());
  if (pack.landmarker === null) throw new Error('Expected a landmarker in the standard pack');
  return { ...pack, landmarker: pack.landmarker };
}
