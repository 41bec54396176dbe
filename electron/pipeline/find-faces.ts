/** Finds the faces of a decoded photo and how each is to be aligned, whichever way up the photo is.
 *
 *  [Note: turned photos] Scans and old cameras leave photos lying on their side without saying so. The detector knows
 *  upright faces, but fires on others too, with high scores; what tells them apart are the landmarks, which are steady
 *  on an upright face alone. So where no face is both sure and steady, the photo is glanced at in the other three
 *  positions, searched in those that show a likely face, and taken the way up that shows most steady ones. What is found
 *  is given back in the photo's own pixels. */

import type { Detector, Template } from '../../native-models/packs/manifest.ts';
import { isAppError } from '../base/errors.ts';
import { applyAffine, applyAffineToBox, composeAffine, invertAffine } from '../geometry/affine.ts';
import { boxFromCorners, clipBox, intersectionOverUnion } from '../geometry/boxes.ts';
import type { AffineMatrix } from '../geometry/types.ts';
import { turnPhoto, type DecodedPhoto } from '../imaging/decode.ts';
import { fitChip } from './align.ts';
import type { DetectionOptions } from './detect.ts';
import { findLandmarks, type FoundLandmarks } from './landmarks.ts';
import type { Detection, ScoredBox } from './merge-detections.ts';
import type { AnalysisNetworks } from './networks.ts';

export interface FaceFindingOptions extends DetectionOptions {
  /** Whether photos are looked at in all four positions even where upright faces were found: people who lie down. */
  readonly turnsAlways: boolean;
  /** What a steady face scores at least for the photo to be upright beyond doubt. */
  readonly minUprightScore: number;
  /** What a glance at a turned photo must show for it to be searched. */
  readonly minTurnedScore: number;
  /** What a face must score that lies otherwise than most of the photo's. */
  readonly minOddScore: number;
  /** Faces whose landmarks move more are not steady, see [Note: unsteady landmarks] in landmarks.ts. */
  readonly maxUnsteadiness: number;
}

export interface AlignedFace extends ScoredBox {
  /** [68, 2], or [5, 2] from a detector that places them; upright photo pixels. */
  readonly landmarks: Float32Array;
  /** See [Note: unsteady landmarks] in landmarks.ts. */
  readonly unsteadiness: number;
  /** Maps upright photo pixels to chip pixels. */
  readonly photoToChip: AffineMatrix;
}

/** Quarter turns to the right, the likelier ones first. */
const otherTurns = [1, 3, 2] as const;

export async function findFaces(
  networks: AnalysisNetworks,
  photo: DecodedPhoto,
  given: FaceFindingOptions,
): Promise<AlignedFace[]> {
  const options = fitToDetector(given, networks.detector.manifest);
  const upright = await findUprightFaces(networks, photo, options);
  if (networks.finder.glance === null) return upright;
  // Until it is known which way up the photo is, turned faces get no benefit of the doubt.
  const doubtful = { ...options, sureWholeScore: Number.POSITIVE_INFINITY, sureFineScore: Number.POSITIVE_INFINITY };
  const isSteady = ({ unsteadiness }: AlignedFace): boolean => unsteadiness <= options.maxUnsteadiness;
  if (options.turnsAlways) {
    const positions: Position[] = [{ turn: 0, faces: upright }];
    for (const turn of otherTurns) positions.push({ turn, faces: await findTurnedFaces(networks, photo, turn, doubtful) });
    const [best, ...others] = rankPositions(positions, isSteady);
    const faces = best!.turn === 0 ? upright : await findTurnedFaces(networks, photo, best!.turn, options);
    return addOddOnes(faces, others, isSteady, { minOddScore: options.minOddScore, maxOverlap: networks.detector.manifest.nmsThreshold });
  }
  if (upright.some((face) => face.score >= options.minUprightScore && isSteady(face))) return upright;
  const positions: Position[] = [{ turn: 0, faces: upright }];
  for (const turn of otherTurns) positions.push({ turn, faces: await findTurnedFaces(networks, photo, turn, doubtful) });
  const { turn } = rankPositions(positions, isSteady)[0]!;
  return turn === 0 ? upright : findTurnedFaces(networks, photo, turn, options);
}

interface Position {
  /** Quarter turns to the right. */
  readonly turn: number;
  readonly faces: readonly AlignedFace[];
}

/** @returns the position with most steady faces first, of equal ones the first given */
function rankPositions(positions: readonly Position[], isSteady: (face: AlignedFace) => boolean): Position[] {
  const weigh = ({ faces }: Position): number => faces.filter(isSteady).reduce((sum, { score }) => sum + score, 0);
  return positions
    .map((position) => ({ position, weight: weigh(position) }))
    .sort((first, second) => second.weight - first.weight)
    .map(({ position }) => position);
}

/** Adds who lies otherwise than the others, is beyond doubt and is not there yet: people who lie down. */
function addOddOnes(
  faces: readonly AlignedFace[],
  others: readonly Position[],
  isSteady: (face: AlignedFace) => boolean,
  { minOddScore, maxOverlap }: { minOddScore: number; maxOverlap: number },
): AlignedFace[] {
  const merged = [...faces];
  for (const face of others.flatMap((position) => position.faces)) {
    if (face.score < minOddScore || !isSteady(face)) continue;
    if (merged.every(({ box }) => intersectionOverUnion(box, face.box) <= maxOverlap)) merged.push(face);
  }
  return merged;
}

function fitToDetector(options: FaceFindingOptions, { certainty }: Detector): FaceFindingOptions {
  if (certainty === null) return options;
  const { measurement: _, ...scores } = certainty;
  // What was measured on one detector says nothing of another's low scores.
  return { ...options, ...scores, minHintScore: null };
}

/** See [Note: turned photos].
 *  @returns what the photo shows when it is turned, in its own pixels; nothing where a glance shows nobody */
async function findTurnedFaces(
  networks: AnalysisNetworks,
  photo: DecodedPhoto,
  turn: number,
  options: FaceFindingOptions,
): Promise<AlignedFace[]> {
  const turned = turnPhoto(photo, turn);
  const seen = (await networks.finder.glance?.(turned, options)) ?? [];
  if (!seen.some(({ score }) => score >= options.minTurnedScore)) return [];
  const turnedToPhoto = composeAffine(invertAffine(photo.uprightToStored), turned.uprightToStored);
  const photoToTurned = invertAffine(turnedToPhoto);
  const faces = await findUprightFaces(networks, turned, options);
  return faces.map(({ box, landmarks, photoToChip, ...rest }) => ({
    ...rest,
    box: applyAffineToBox(turnedToPhoto, box),
    landmarks: mapLandmarks(landmarks, turnedToPhoto),
    photoToChip: composeAffine(photoToChip, photoToTurned),
  }));
}

async function findUprightFaces(
  networks: AnalysisNetworks,
  photo: DecodedPhoto,
  options: FaceFindingOptions,
): Promise<AlignedFace[]> {
  const { finder, landmarker, embedder } = networks;
  const bounds = boxFromCorners(0, 0, photo.header.width, photo.header.height);
  const detections = (await finder.find(photo, options)).filter(({ box }) => {
    const visible = clipBox(box, bounds);
    return visible.width >= 1 && visible.height >= 1;
  });
  const landmarks =
    landmarker === null
      ? detections.map(({ fivePoints }) => ({ landmarks: Float32Array.from((fivePoints ?? []).flat()), unsteadiness: 0 }))
      : await findLandmarks(landmarker.network, landmarker.manifest, photo, detections.map(({ box }) => box));
  return alignFaces(detections, landmarks, embedder.manifest.template);
}

function alignFaces(detections: readonly Detection[], found: readonly FoundLandmarks[], template: Template): AlignedFace[] {
  const aligned: AlignedFace[] = [];
  for (const [index, { box, score }] of detections.entries()) {
    const { landmarks, unsteadiness } = found[index]!;
    try {
      aligned.push({ box, score, landmarks, unsteadiness, photoToChip: fitChip(landmarks, template) });
    } catch (error) {
      // What has no landmarks is no face; the photo's other faces stand.
      if (!isAppError(error, 'degenerate-landmarks')) throw error;
    }
  }
  return aligned;
}

function mapLandmarks(landmarks: Float32Array, matrix: AffineMatrix): Float32Array {
  const mapped = new Float32Array(landmarks.length);
  for (let at = 0; at < landmarks.length; at += 2) {
    mapped.set(applyAffine(matrix, [landmarks[at]!, landmarks[at + 1]!]), at);
  }
  return mapped;
}
