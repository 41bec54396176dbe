/** Tells packs apart by what decides their embeddings: files, inputs and alignment, not thresholds, sources or words. */

import { createHash } from 'node:crypto';
import type { PackManifest } from './manifest.ts';

/** @returns 64 hexadecimal digits; equal fingerprints mean comparable embeddings */
export function fingerprintPack(manifest: PackManifest): string {
  const { landmarker, embedder } = manifest;
  const { scoreThreshold: _, nmsThreshold: __, reliableFacePx: ___, certainty: ____, ...detector } = manifest.detector;
  const files = manifest.files.map(({ name, sha256 }) => [name, sha256]);
  return createHash('sha256').update(JSON.stringify({ files, detector, landmarker, embedder })).digest('hex');
}
