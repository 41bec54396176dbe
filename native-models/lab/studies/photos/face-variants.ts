/**
 * Embeds a photo's main face as it is, from the photo compressed harder, and from fewer pixels.
 *
 * [Note: what the studies change] FaceNet's tables of JPEG quality and of image size change the face's own picture and
 * measure the embedding alone; no detector stands before it. So the face is found once, in the photo as it is, and every
 * variant is cut where those landmarks say. For JPEG the whole photo is compressed and the chip cut out of it, as it happens
 * to photos. For pixels the chip is cut with so many pixels, in eight bits, and enlarged or shrunk to what the network takes.
 */

import { isAppError } from '../../../../electron/base/errors.ts';
import { affineScale, composeAffine } from '../../../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../../../electron/geometry/types.ts';
import { decodePhoto, readImageHeader, samplePhoto, type DecodedPhoto } from '../../../../electron/imaging/decode.ts';
import { recompressPhoto } from '../../spoiled-photos/derive-photo.ts';
import { roundPixels, samplePixels, type SampledImage } from '../../../../electron/imaging/pixels.ts';
import { fitChip } from '../../../../electron/pipeline/align.ts';
import type { AnalysisOptions } from '../../../../electron/pipeline/analyze-photo.ts';
import { embedChips } from '../../../../electron/pipeline/embed.ts';
import { findFaces } from '../../../../electron/pipeline/find-faces.ts';
import type { AnalysisNetworks } from '../../../../electron/pipeline/networks.ts';
import { pickMainFace } from '../../evaluation/main-face.ts';

/** "pixels" are those of the square chip that the face is cut into. */
export type FaceVariant =
  | { readonly kind: 'original' }
  | { readonly kind: 'jpeg'; readonly quality: number }
  | { readonly kind: 'pixels'; readonly pixels: number };

/** @returns a name that stands for the variant wherever embeddings are kept */
export function nameVariant(variant: FaceVariant): string {
  switch (variant.kind) {
    case 'original':
      return 'original';
    case 'jpeg':
      return `jpeg ${variant.quality}`;
    case 'pixels':
      return `pixels ${variant.pixels}`;
  }
}

/** @returns the landmarks of the photo's main face, [68, 2] or [5, 2], upright photo pixels; null where there is none
 *  @throws AppError with what is wrong with the photo */
export async function findMainLandmarks(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  options: AnalysisOptions,
): Promise<Float32Array | null> {
  const photo = await decodeWhole(bytes, options);
  const face = pickMainFace(await findFaces(networks, photo, options.detection), photo.header);
  if (face === null || fitOrNull(networks, face.landmarks) === null) return null;
  return face.landmarks;
}

/** @returns pixels of the photo under the chip that the embedder sees: what its face truly holds */
export function countHeldPixels({ embedder }: Pick<AnalysisNetworks, 'embedder'>, landmarks: Float32Array): number {
  const { template } = embedder.manifest;
  return (template.chipSizePx / affineScale(fitChip(landmarks, template))) ** 2;
}

/** @param landmarks as findMainLandmarks gives them
 *  @returns by variant [length]
 *  @throws AppError with what is wrong with the photo */
export async function embedVariants(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  landmarks: Float32Array,
  variants: readonly FaceVariant[],
  options: AnalysisOptions,
): Promise<Float32Array[]> {
  const { network, manifest } = networks.embedder;
  const photoToChip = fitChip(landmarks, manifest.template);
  const photo = await decodeWhole(bytes, options);
  const chips: SampledImage[] = [];
  for (const variant of variants) chips.push(await cutVariant(bytes, photo, photoToChip, manifest.template.chipSizePx, variant, options));
  return await embedChips(network, manifest, chips);
}

async function cutVariant(
  bytes: Uint8Array,
  photo: DecodedPhoto,
  photoToChip: AffineMatrix,
  chipSizePx: number,
  variant: FaceVariant,
  options: AnalysisOptions,
): Promise<SampledImage> {
  const size = { width: chipSizePx, height: chipSizePx };
  switch (variant.kind) {
    case 'original':
      return samplePhoto(photo, photoToChip, size);
    case 'jpeg':
      return samplePhoto(await decodeWhole(await recompressPhoto(bytes, variant.quality, options), options), photoToChip, size);
    case 'pixels': {
      const sidePx = Math.round(Math.sqrt(variant.pixels));
      const share = sidePx / chipSizePx;
      const toSmall: AffineMatrix = [share, 0, 0, 0, share, 0];
      const small = samplePhoto(photo, composeAffine(toSmall, photoToChip), { width: sidePx, height: sidePx });
      return samplePixels(roundPixels(small), toSmall, size);
    }
  }
}

/** At full size, whatever the detector asks for: the chips of all variants are to come from the same pixels. */
async function decodeWhole(bytes: Uint8Array, options: AnalysisOptions): Promise<DecodedPhoto> {
  return await decodePhoto(bytes, await readImageHeader(bytes, options), options);
}

function fitOrNull({ embedder }: AnalysisNetworks, landmarks: Float32Array): AffineMatrix | null {
  try {
    return fitChip(landmarks, embedder.manifest.template);
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}
