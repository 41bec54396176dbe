/** Model packs as the API tells of them. */

import type { Pack } from '../api/schemas.ts';
import type { PackState } from '../../native-models/packs/pack-store.ts';

export function describePack(
  { manifest, origin, state, lacking, needsDownload }: PackState,
  library: Pick<Pack, 'isActive' | 'photosToAnalyze'>,
): Pack {
  const addresses = Object.values(manifest.sources).flatMap((source) => (source.kind === 'web' ? source.addresses : []));
  return {
    name: manifest.name,
    version: manifest.version,
    origin,
    state,
    bytes: sumBytes(manifest.files),
    lackingBytes: sumBytes(lacking),
    lackingFiles: lacking.map(({ name }) => name),
    needsDownload,
    hosts: [...new Set(addresses.map((address) => new URL(address).host))],
    licence: manifest.licence,
    source: manifest.origin,
    trainingData: manifest.trainingData,
    embeddingLength: manifest.embedder.length,
    ...library,
  };
}

function sumBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
