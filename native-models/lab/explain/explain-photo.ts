/** Follows one photo through everything that is done to it, and keeps what can be shown of each step. */

import { isAppError } from '../../../electron/base/errors.ts';
import { applyAffine } from '../../../electron/geometry/affine.ts';
import { squareBox } from '../../../electron/geometry/boxes.ts';
import { faceShape, fivePointShape } from '../../../electron/geometry/face-shape.ts';
import { estimatePose, type HeadPose } from '../../../electron/geometry/pose.ts';
import type { AffineMatrix, Box, Point } from '../../../electron/geometry/types.ts';
import { squaredDistance } from '../../../electron/geometry/vectors.ts';
import { decodePhoto, readImageHeader, renderUpright, samplePhoto, warpPhoto, type DecodedPhoto } from '../../../electron/imaging/decode.ts';
import { paintGrey, toPictureUrl } from './picture-url.ts';
import { roundPixels, toGrey, type GreyImage } from '../../../electron/imaging/pixels.ts';
import { fitChip } from '../../../electron/pipeline/align.ts';
import { analyzePhoto, type AnalysisOptions } from '../../../electron/pipeline/analyze-photo.ts';
import { cutFrontalChip } from '../../../electron/pipeline/frontal-chip.ts';
import type { AnalysisNetworks } from '../../../electron/pipeline/networks.ts';
import type { AnalyzedFace } from '../../../electron/terms/analyzed-photo.ts';
import { computeGradients, type Gradients } from '../hog/gradients.ts';
import { countOrientations } from '../hog/orientations.ts';
import { drawGradientPicture, drawHogPicture } from '../hog/picture.ts';

export interface Picture {
  /** A data URL. */
  readonly url: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ExplainedFace {
  /** From 1, the largest first. */
  readonly number: number;
  /** Pixels of the explained photo's picture. */
  readonly box: Box;
  /** The detector's, 0 to 1. */
  readonly score: number;
  readonly quality: number;
  /** Of the embedder's, length as the pack's manifest says. */
  readonly embedding: Float32Array;
}

/** What is shown of the largest faces alone. */
export interface ShownFace extends ExplainedFace {
  /** The head and some of what is around it. */
  readonly head: Picture;
  /** [68, 2] or [5, 2], pixels of `head`. */
  readonly landmarks: Float32Array;
  /** Pixels of `head`; null where the landmarks are of no head. */
  readonly pose: HeadPose | null;
  /** What the embedder sees. */
  readonly chip: Picture;
  /** The chip as it would be if the head looked straight on; null where the landmarks do not allow it. */
  readonly frontal: Picture | null;
}

export interface FacePair {
  /** Numbers of faces. */
  readonly first: number;
  readonly second: number;
  /** Euclidean, of the embeddings. */
  readonly distance: number;
}

export interface ExplainedPhoto {
  /** Upright pixels of the file. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly photo: Picture;
  readonly grey: Picture;
  /** Brighter where the photo changes more. */
  readonly gradients: Picture;
  /** SVGs. The close-up is of the largest face, or of the photo's middle without faces. */
  readonly closeUpArrows: string;
  readonly closeUp: Picture;
  readonly closeUpHog: string;
  readonly hog: string;
  /** All that were found, the largest first. */
  readonly faces: readonly ExplainedFace[];
  readonly shown: readonly ShownFace[];
  /** Of the shown faces, the nearest first. */
  readonly pairs: readonly FacePair[];
}

/** Longest edges, or edges, in pixels. */
const photoEdgePx = 800;
const hogEdgePx = 480;
const headEdgePx = 240;
const arrowsEdgePx = 40;
const closeUpEdgePx = 240;
const headGrowth = 1.7;
/** Faces whose every step is shown: more make a page that nobody reads to its end. */
const mostShownFaces = 6;
/** Of the gradients, this share stays below white. */
const whiteShare = 0.98;

/** @param bytes of the whole file
 *  @throws AppError as analyzePhoto does */
export async function explainPhoto(networks: AnalysisNetworks, bytes: Uint8Array, options: AnalysisOptions): Promise<ExplainedPhoto> {
  const analyzed = await analyzePhoto(networks, bytes, options);
  const photo = await decodePhoto(bytes, await readImageHeader(bytes, options), options);
  const size = fitInto(photo.header, photoEdgePx);
  const scale = size.width / photo.header.width;
  const pixels = await renderUpright(photo, size);
  const grey = toGrey(pixels);
  const hogGrey = toGrey(await renderUpright(photo, fitInto(photo.header, hogEdgePx)));
  const found = analyzed.faces.toSorted((one, other) => other.box.width * other.box.height - one.box.width * one.box.height);
  const faces = found.map((face, index): ExplainedFace => toExplained(face, index + 1, scale));
  const shown: ShownFace[] = [];
  for (const [index, face] of found.slice(0, mostShownFaces).entries()) shown.push(await showFace(networks, photo, face, faces[index]!));
  return {
    width: analyzed.width,
    height: analyzed.height,
    format: analyzed.format,
    photo: await toPicture(pixels),
    grey: await toPicture(paintGrey(grey)),
    gradients: await toPicture(paintGrey(paintStrength(computeGradients(grey)))),
    hog: drawHogPicture(countOrientations(computeGradients(hogGrey)), { title: 'HOG picture of the photo: arrows from bright to dark' }),
    ...(await drawCloseUp(photo, found[0]?.box ?? middleOf(photo.header))),
    faces,
    shown,
    pairs: pairFaces(shown),
  };
}

function toExplained({ box, score, quality, embedding }: AnalyzedFace, number: number, scale: number): ExplainedFace {
  return { number, box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale }, score, quality, embedding };
}

async function showFace(networks: AnalysisNetworks, photo: DecodedPhoto, { box, landmarks }: AnalyzedFace, face: ExplainedFace): Promise<ShownFace> {
  const { template } = networks.embedder.manifest;
  const side = { width: template.chipSizePx, height: template.chipSizePx };
  const photoToHead = mapSquare(squareBox(box, headGrowth), headEdgePx);
  const inHead = mapPoints(landmarks, photoToHead);
  const frontal = orNull(() => cutFrontalChip(photo, landmarks, template).chip);
  return {
    ...face,
    head: await toPicture(warpPhoto(photo, photoToHead, { width: headEdgePx, height: headEdgePx })),
    landmarks: inHead,
    pose: orNull(() => estimatePose(inHead, inHead.length === fivePointShape.length * 2 ? fivePointShape : faceShape)),
    chip: await toPicture(roundPixels(samplePhoto(photo, fitChip(landmarks, template), side))),
    frontal: frontal === null ? null : await toPicture(roundPixels(frontal)),
  };
}

/** The seminar's pictures of one face: an arrow a pixel, and an arrow a direction of each square. */
async function drawCloseUp(photo: DecodedPhoto, box: Box): Promise<Pick<ExplainedPhoto, 'closeUp' | 'closeUpArrows' | 'closeUpHog'>> {
  const cut = (edgePx: number) =>
    warpPhoto(photo, mapSquare(squareBox(box, headGrowth), edgePx), { width: edgePx, height: edgePx });
  const close = cut(closeUpEdgePx);
  const arrows = drawGradientPicture(computeGradients(toGrey(cut(arrowsEdgePx))), { title: 'An arrow for each pixel, from bright to dark' });
  const hog = drawHogPicture(countOrientations(computeGradients(toGrey(close))), { title: 'The arrows of each square of 16 by 16 pixels' });
  return { closeUp: await toPicture(paintGrey(toGrey(close))), closeUpArrows: arrows, closeUpHog: hog };
}

function pairFaces(faces: readonly ExplainedFace[]): FacePair[] {
  return faces
    .flatMap((first, index) =>
      faces.slice(index + 1).map((second) => ({
        first: first.number,
        second: second.number,
        distance: Math.sqrt(squaredDistance(first.embedding, second.embedding)),
      })),
    )
    .sort((one, other) => one.distance - other.distance);
}

function paintStrength({ width, height, magnitude }: Gradients): GreyImage {
  const sorted = Float32Array.from(magnitude).sort();
  const white = sorted[Math.floor((sorted.length - 1) * whiteShare)]! || 1;
  return { width, height, data: magnitude.map((strength) => (strength / white) * 255) };
}

async function toPicture(image: Parameters<typeof toPictureUrl>[0]): Promise<Picture> {
  return { url: await toPictureUrl(image), width: image.width, height: image.height };
}

function orNull<Value>(find: () => Value): Value | null {
  try {
    return find();
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}

function fitInto({ width, height }: { width: number; height: number }, edgePx: number): { width: number; height: number } {
  const scale = Math.min(1, edgePx / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function middleOf({ width, height }: { width: number; height: number }): Box {
  const side = Math.min(width, height) / headGrowth;
  return { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
}

function mapSquare(square: Box, edgePx: number): AffineMatrix {
  const scale = edgePx / square.width;
  return [scale, 0, -square.x * scale, 0, scale, -square.y * scale];
}

function mapPoints(points: Float32Array, matrix: AffineMatrix): Float32Array {
  const mapped = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) mapped.set(applyAffine(matrix, [points[at]!, points[at + 1]!] satisfies Point), at);
  return mapped;
}
