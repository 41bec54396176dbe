/** The standard pack as set-up has brought it, for tests that run its networks. */

import envPaths from 'env-paths';
import path from 'node:path';
import { loadPack, type LoadedPack } from '../../native-models/packs/load-pack.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';

export function standardPackFolder(): string {
  const cache = process.env['KINDRED_CACHE'] ?? envPaths('kindred', { suffix: '' }).cache;
  return path.join(cache, 'packs', 'standard');
}

export function loadStandardPack(): Promise<LoadedPack> {
  return loadPack(readStandardManifest(), standardPackFolder());
}
