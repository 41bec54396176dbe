/** A photo's way from bytes to faces, stage by stage: decode, detect, landmarks, align, embed, rate. */

import { isAppError } from '../base/errors.ts';
import { affineScale, applyAffine, invertAffine } from '../geometry/affine.ts';
import { boxFromCorners, clipBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import {
  decodePart,
  decodePhoto,
  readImageHeader,
  renderUpright,
  scalePixels,
  storedScale,
  samplePhoto,
  type DecodedPhoto,
  type DecodeLimits,
} from '../imaging/decode.ts';
import type { PixelImage, SampledImage } from '../imaging/pixels.ts';
import { rateFace } from '../imaging/quality.ts';
import { readExifCaptureTime } from '../library/capture-time.ts';
import { fingerprint } from '../library/fingerprint.ts';
import { fitChip } from './align.ts';
import { detectFaces, type DetectionOptions, type DetectionSource } from './detect.ts';
import { planDetection, type DetectionPlanOptions, type Size } from './detection-plan.ts';
import { embedChips } from './embed.ts';
import { findLandmarks } from './landmarks.ts';
import type { Detection } from './merge-detections.ts';
import type { AnalysisNetworks } from './networks.ts';
import type { AnalyzedFace, AnalyzedPhoto } from './types.ts';

export interface AnalysisOptions extends DecodeLimits {
  readonly detection: DetectionPlanOptions & DetectionOptions;
}

/** @param bytes of the whole file
 *  @param contentHash sha256 of `bytes` where it is known already
 *  @throws AppError "empty-file", "not-an-image", "unsupported-format", "corrupt-image", "too-many-pixels" */
export async function analyzePhoto(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  options: AnalysisOptions,
  contentHash: Uint8Array = fingerprint(bytes),
): Promise<AnalyzedPhoto> {
  const header = await readImageHeader(bytes, options);
  const photo = await decodePhoto(bytes, header, options);
  const detections = await detect(networks, photo, options);
  const landmarks = await findLandmarks(
    networks.landmarker,
    networks.manifest.landmarker,
    photo,
    detections.map(({ box }) => box),
  );
  const aligned = align(networks, detections, landmarks);
  const chips = await cutChips(networks, bytes, photo, aligned);
  const embeddings = await embedChips(networks.embedder, networks.manifest.embedder, chips);
  const bounds = { x: 0, y: 0, width: header.width, height: header.height };
  return {
    contentHash,
    byteSize: bytes.length,
    format: header.format,
    width: header.width,
    height: header.height,
    captureTime: header.exif === null ? null : readExifCaptureTime(header.exif),
    faces: aligned.map((face, index): AnalyzedFace => {
      const box = clipBox(face.box, bounds);
      const { landmarks, photoToChip, score } = face;
      return {
        box,
        score,
        quality: rateFace({ score, box, chip: chips[index]!, landmarks, photoToChip }).quality,
        landmarks,
        embedding: embeddings[index]!,
      };
    }),
  };
}

async function detect(networks: AnalysisNetworks, photo: DecodedPhoto, options: AnalysisOptions): Promise<Detection[]> {
  const { header } = photo;
  const [, , inputHeight, inputWidth] = networks.manifest.detector.input.shape;
  const size = { width: header.width, height: header.height };
  const scales = planDetection(size, { width: inputWidth, height: inputHeight }, options.detection);
  const finest = await renderUpright(photo, scales.at(-1)!.size);
  // Every coarser scale comes from the finest, which is a fraction of the photo.
  const render = async (wanted: Size): Promise<PixelImage> => scalePixels(finest, wanted);
  const source: DetectionSource = {
    photo: size,
    scales,
    render,
    renderPart: (photoToTarget, wanted) => samplePhoto(photo, photoToTarget, wanted),
  };
  const found = await detectFaces(networks.detector, networks.manifest.detector, source, options.detection);
  const bounds = { x: 0, y: 0, ...size };
  return found.filter(({ box }) => {
    const visible = clipBox(box, bounds);
    return visible.width >= 1 && visible.height >= 1;
  });
}

interface AlignedFace extends Detection {
  /** [68, 2], upright photo pixels. */
  readonly landmarks: Float32Array;
  /** Maps upright photo pixels to chip pixels. */
  readonly photoToChip: AffineMatrix;
}

function align(
  networks: AnalysisNetworks,
  detections: readonly Detection[],
  landmarks: readonly Float32Array[],
): AlignedFace[] {
  const aligned: AlignedFace[] = [];
  for (const [index, detection] of detections.entries()) {
    try {
      const points = landmarks[index]!;
      const photoToChip = fitChip(points, networks.manifest.embedder.template);
      aligned.push({ ...detection, landmarks: points, photoToChip });
    } catch (error) {
      // What has no landmarks is no face; the photo's other faces stand.
      if (!isAppError(error, 'degenerate-landmarks')) throw error;
    }
  }
  return aligned;
}

/** Cuts every face's chip from the best resolution there is: where the photo was shrunk while decoding, and a chip
 *  would have to be enlarged from that, its part is decoded again in full. */
async function cutChips(
  networks: AnalysisNetworks,
  bytes: Uint8Array,
  photo: DecodedPhoto,
  faces: readonly AlignedFace[],
): Promise<SampledImage[]> {
  const side = networks.manifest.embedder.template.chipSizePx;
  const size = { width: side, height: side };
  const workingScale = storedScale(photo);
  const chips: SampledImage[] = [];
  for (const { photoToChip } of faces) {
    const isShort = workingScale < 0.999 && affineScale(photoToChip) > workingScale;
    const source = isShort ? await decodePart(bytes, photo.header, chipBox(photoToChip, side)) : photo;
    chips.push(samplePhoto(source, photoToChip, size));
  }
  return chips;
}

/** @returns the upright photo pixels that a chip shows */
function chipBox(photoToChip: AffineMatrix, side: number): Box {
  const chipToPhoto = invertAffine(photoToChip);
  const corners = ([[0, 0], [side, 0], [0, side], [side, side]] as const).map((corner) => applyAffine(chipToPhoto, corner));
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return boxFromCorners(Math.min(...xs) - 2, Math.min(...ys) - 2, Math.max(...xs) + 2, Math.max(...ys) + 2);
}
