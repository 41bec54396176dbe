/** Aligns faces that a library keeps whatever a detector finds, so that they get an embedding of every pack. */

import type { Template } from '../../native-models/packs/manifest.ts';
import { isAppError } from '../base/errors.ts';
import { matchBoxes } from '../geometry/match-boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import type { DecodedPhoto } from '../imaging/decode.ts';
import { fitChip } from './align.ts';
import { findLandmarks } from './landmarks.ts';
import type { AnalysisNetworks } from './networks.ts';
import type { SettledFace } from '../terms/analyzed-photo.ts';

export interface AlignedSettledFace {
  readonly face: SettledFace;
  /** Those that it is aligned by: [68, 2] or [5, 2], upright photo pixels. */
  readonly landmarks: Float32Array;
  /** Maps upright photo pixels to chip pixels. */
  readonly photoToChip: AffineMatrix;
}

/** Where landmarks are on record that the pack can align by, they are taken; else the pack's landmarker looks into the box.
 *  A face that neither helps with is left out: it stays with its person, and no clustering compares it.
 *  @param detected boxes found in the photo; what is among them needs nothing */
export async function alignSettledFaces(
  { landmarker, embedder }: AnalysisNetworks,
  photo: DecodedPhoto,
  { settled, detected }: { settled: readonly SettledFace[]; detected: readonly Box[] },
): Promise<AlignedSettledFace[]> {
  const matches = matchBoxes(detected, settled.map(({ box }) => box));
  const { template } = embedder.manifest;
  const aligned: AlignedSettledFace[] = [];
  for (const [index, face] of settled.entries()) {
    if (matches.includes(index)) continue;
    let landmarks = face.landmarks;
    if (landmarks === null || !fits(landmarks, template)) {
      if (landmarker === null) continue;
      const [found] = await findLandmarks(landmarker.network, landmarker.manifest, photo, [face.box]);
      if (found === undefined) continue;
      landmarks = found.landmarks;
    }
    try {
      aligned.push({ face, landmarks, photoToChip: fitChip(landmarks, template) });
    } catch (error) {
      if (!isAppError(error, 'degenerate-landmarks')) throw error;
    }
  }
  return aligned;
}

/** Five points serve the ArcFace template alone, 68 all. */
function fits(landmarks: Float32Array, template: Template): boolean {
  return landmarks.length === 136 || (landmarks.length === 10 && template.kind === 'arcface-5');
}
