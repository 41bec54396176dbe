/** A photo's way from bytes to faces, stage by stage: decode, find faces, cut chips, embed, rate. */

import { isAppError } from '../base/errors.ts';
import { affineScale, applyAffineToBox, invertAffine } from '../geometry/affine.ts';
import { clipBox, growBox } from '../geometry/boxes.ts';
import { matchBoxes } from '../geometry/match-boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { decodePhoto, readImageHeader, samplePhoto, type DecodedPhoto, type DecodeLimits, type ImageHeader } from '../imaging/decode.ts';
import type { KeptPictures } from '../imaging/kept-pictures.ts';
import type { SampledImage } from '../imaging/pixels.ts';
import { rateFace, type FaceEvidence } from '../imaging/quality.ts';
import { readExifCaptureTime } from '../library/capture-time.ts';
import { fingerprint } from '../library/fingerprint.ts';
import { embedChips } from './embed.ts';
import { findFaces, type AlignedFace, type FaceFindingOptions } from './find-faces.ts';
import { findSources, type PartWanted } from './find-sources.ts';
import { keepSquare, listLackingSquares, type LackingSquare } from './keep-squares.ts';
import type { AnalysisNetworks } from './networks.ts';
import { alignSettledFaces } from './settled-faces.ts';
import type { AnalyzedFace, AnalyzedPhoto, SettledFace } from '../terms/analyzed-photo.ts';

export interface AnalysisOptions extends DecodeLimits {
  readonly detection: FaceFindingOptions;
  /** A chip may be enlarged by this factor from a photo that was shrunk while decoding; beyond that, the face is decoded
   *  again in full. */
  readonly maxChipEnlargement: number;
}

export interface KnownOfPhoto {
  /** sha256 of its bytes. */
  readonly contentHash?: Uint8Array;
  /** Faces that are wanted even where they are not detected. */
  readonly settled?: readonly SettledFace[];
  /** Where the squares of its faces are kept; by default nowhere. */
  readonly pictures?: KeptPictures | null;
}

/** @param bytes of the whole file
 *  @throws AppError "empty-file", "not-an-image", "unsupported-format", "corrupt-image", "too-many-pixels" */
export async function analyzePhoto(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  options: AnalysisOptions,
  { contentHash = fingerprint(bytes), settled = [], pictures = null }: KnownOfPhoto = {},
): Promise<AnalyzedPhoto> {
  const header = await readImageHeader(bytes, options);
  const enoughScale = chooseDecodingScale(networks, header, options);
  const photo = await decodePhoto(bytes, header, { ...options, enoughScale });
  const found = await findFaces(networks, photo, options.detection);
  const undetected = await alignSettledFaces(networks, photo, { settled, detected: found.map(({ box }) => box) });
  const bounds = { x: 0, y: 0, width: header.width, height: header.height };
  const faces = found.map((face) => ({ ...face, box: clipBox(face.box, bounds) }));
  const boxesFound = faces.map(({ box }) => box);
  const boxes = [...boxesFound, ...listUnmatched(settled, boxesFound).map(({ box }) => box)];
  const squares = pictures === null ? [] : await listLackingSquares(pictures, contentHash, { boxes, photo: header });
  const { chips: cut, squareSources } = await cutFaces(networks, bytes, photo, { faces: [...faces, ...undetected], squares, options });
  const keeping = pictures === null ? [] : squares.map((square, index) => keepSquare(pictures, square, squareSources[index]!));
  const [embeddings] = await Promise.all([
    embedChips(networks.embedder.network, networks.embedder.manifest, cut.map(({ embedded }) => embedded)),
    ...keeping,
  ]);
  return {
    contentHash,
    byteSize: bytes.length,
    format: header.format,
    width: header.width,
    height: header.height,
    captureTime: header.exif === null ? null : readExifCaptureTime(header.exif),
    faces: faces.map((face, index): AnalyzedFace => {
      const { box, landmarks, photoToChip, score } = face;
      return {
        box,
        score,
        quality: rateQuality({ score, box, chip: cut[index]!.chip, landmarks, photoToChip }),
        landmarks,
        embedding: embeddings[index]!,
      };
    }),
    undetected: undetected.map(({ face }, index) => ({ id: face.id, embedding: embeddings[faces.length + index]! })),
  };
}

/** @returns faces that the photo keeps beside those that are found in it */
function listUnmatched(settled: readonly SettledFace[], found: readonly Box[]): SettledFace[] {
  const matches = matchBoxes(found, settled.map(({ box }) => box));
  return settled.filter((_, index) => !matches.includes(index));
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

/** @returns how many pixels along one of the photo's whoever finds the faces needs at the finest scale */
function chooseDecodingScale({ finder }: AnalysisNetworks, header: ImageHeader, { detection }: AnalysisOptions): number {
  return finder.chooseSize(header, detection).width / header.width;
}

interface CutChips {
  /** Turned and scaled alone. */
  readonly chip: SampledImage;
  /** What the embedder sees. */
  readonly embedded: SampledImage;
}

/** Cuts every face's chip from the best resolution there is: where the photo was shrunk while decoding, and a chip
 *  would have to be enlarged from that, its part is decoded again in full, at one go with those that squares are short of. */
async function cutFaces(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  photo: DecodedPhoto,
  wanted: {
    readonly faces: readonly Pick<AlignedFace, 'photoToChip' | 'landmarks'>[];
    readonly squares: readonly LackingSquare[];
    readonly options: AnalysisOptions;
  },
): Promise<{ chips: CutChips[]; squareSources: DecodedPhoto[] }> {
  const { faces, squares, options } = wanted;
  const { template } = networks.embedder.manifest;
  const side = template.chipSizePx;
  const size = { width: side, height: side };
  const parts = faces.map(({ photoToChip }): PartWanted => {
    return { box: chipBox(photoToChip, side), scale: affineScale(photoToChip), maxEnlargement: options.maxChipEnlargement };
  });
  const sources = await findSources(bytes, photo, [...parts, ...squares]);
  const chips = faces.map(({ photoToChip, landmarks }, index): CutChips => {
    const chip = samplePhoto(sources[index]!, photoToChip, size);
    return { chip, embedded: networks.cutChip(chip, { photo: sources[index]!, landmarks, template }) };
  });
  return { chips, squareSources: sources.slice(faces.length) };
}

/** @returns the upright photo pixels that a chip shows, and two more around them */
function chipBox(photoToChip: AffineMatrix, side: number): Box {
  return growBox(applyAffineToBox(invertAffine(photoToChip), { x: 0, y: 0, width: side, height: side }), 2);
}
