/** A photo's way from bytes to faces, stage by stage: decode, find faces, cut chips, embed, rate. */

import { isAppError } from '../base/errors.ts';
import { affineScale, applyAffineToBox, invertAffine } from '../geometry/affine.ts';
import { clipBox, growBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import {
  decodePart,
  decodePhoto,
  readImageHeader,
  samplePhoto,
  storedScale,
  type DecodedPhoto,
  type DecodeLimits,
  type ImageHeader,
} from '../imaging/decode.ts';
import type { SampledImage } from '../imaging/pixels.ts';
import { rateFace, type FaceEvidence } from '../imaging/quality.ts';
import { readExifCaptureTime } from '../library/capture-time.ts';
import { fingerprint } from '../library/fingerprint.ts';
import { planDetection } from './detection-plan.ts';
import { embedChips } from './embed.ts';
import { chooseHogSize } from './hog-detector.ts';
import { findFaces, type AlignedFace, type FaceFindingOptions } from './find-faces.ts';
import type { AnalysisNetworks } from './networks.ts';
import { alignSettledFaces } from './settled-faces.ts';
import type { AnalyzedFace, AnalyzedPhoto, SettledFace } from './types.ts';

export interface AnalysisOptions extends DecodeLimits {
  readonly detection: FaceFindingOptions;
  /** A chip may be enlarged by this factor from a photo that was shrunk while decoding; beyond that, the face is decoded
   *  again in full. */
  readonly maxChipEnlargement: number;
}

/** @param bytes of the whole file
 *  @param contentHash sha256 of `bytes` where it is known already
 *  @param settled faces of the photo that are wanted even where they are not detected
 *  @throws AppError "empty-file", "not-an-image", "unsupported-format", "corrupt-image", "too-many-pixels" */
export async function analyzePhoto(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  options: AnalysisOptions,
  contentHash: Uint8Array = fingerprint(bytes),
  settled: readonly SettledFace[] = [],
): Promise<AnalyzedPhoto> {
  const header = await readImageHeader(bytes, options);
  const enoughScale = chooseDecodingScale(networks, header, options);
  const photo = await decodePhoto(bytes, header, { ...options, enoughScale });
  const faces = await findFaces(networks, photo, options.detection);
  const undetected = await alignSettledFaces(networks, photo, { settled, detected: faces.map(({ box }) => box) });
  const chips = await cutChips(networks, bytes, photo, { faces: [...faces, ...undetected], options });
  const embeddings = await embedChips(networks.embedder.network, networks.embedder.manifest, chips);
  const bounds = { x: 0, y: 0, width: header.width, height: header.height };
  return {
    contentHash,
    byteSize: bytes.length,
    format: header.format,
    width: header.width,
    height: header.height,
    captureTime: header.exif === null ? null : readExifCaptureTime(header.exif),
    faces: faces.map((face, index): AnalyzedFace => {
      const box = clipBox(face.box, bounds);
      const { landmarks, photoToChip, score } = face;
      return {
        box,
        score,
        quality: rateQuality({ score, box, chip: chips[index]!, landmarks, photoToChip }),
        landmarks,
        embedding: embeddings[index]!,
      };
    }),
    undetected: undetected.map(({ face }, index) => ({ id: face.id, embedding: embeddings[faces.length + index]! })),
  };
}

/** @returns 0 to 1; 0 for landmarks that no head can have */
function rateQuality(evidence: FaceEvidence): number {
  try {
    return rateFace(evidence).quality;
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return 0;
    throw error;
  }
}

/** @returns how many pixels along one of the photo's the detector needs at its finest scale */
function chooseDecodingScale({ detector }: AnalysisNetworks, header: ImageHeader, { detection }: AnalysisOptions): number {
  const { hog } = detection;
  const finest = hog === undefined ? planDetection(header, detector.manifest, detection).at(-1)!.size : chooseHogSize(hog, header, detection);
  return finest.width / header.width;
}

/** Cuts every face's chip from the best resolution there is: where the photo was shrunk while decoding, and a chip
 *  would have to be enlarged from that, its part is decoded again in full. */
async function cutChips(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  photo: DecodedPhoto,
  { faces, options }: { faces: readonly Pick<AlignedFace, 'photoToChip'>[]; options: AnalysisOptions },
): Promise<SampledImage[]> {
  const side = networks.embedder.manifest.template.chipSizePx;
  const size = { width: side, height: side };
  const workingScale = storedScale(photo);
  const chips: SampledImage[] = [];
  for (const { photoToChip } of faces) {
    const isShort = workingScale < 0.999 && affineScale(photoToChip) > workingScale * options.maxChipEnlargement;
    const source = isShort ? await decodePart(bytes, photo.header, chipBox(photoToChip, side)) : photo;
    chips.push(samplePhoto(source, photoToChip, size));
  }
  return chips;
}

/** @returns the upright photo pixels that a chip shows, and two more around them */
function chipBox(photoToChip: AffineMatrix, side: number): Box {
  return growBox(applyAffineToBox(invertAffine(photoToChip), { x: 0, y: 0, width: side, height: side }), 2);
}
