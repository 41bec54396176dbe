/** Finds the faces of a decoded photo and how each is to be aligned, whichever way up the photo is.
 *
 *  [Note: turned photos] Scans and old cameras leave photos lying on their side without saying so. The detector knows
 *  upright faces; of others it sees few and is seldom sure. Where it is sure of none, the photo is glanced at in the
 *  other three positions, and where one of them shows a face beyond doubt, the photo is searched as if it were stored
 *  that way. What is found is given back in the photo's own pixels. */

import type { Detector, Template } from '../../native-models/packs/manifest.ts';
import { isAppError } from '../base/errors.ts';
import { applyAffine, composeAffine, invertAffine } from '../geometry/affine.ts';
import { boxFromCorners, boxFromPoints, clipBox } from '../geometry/boxes.ts';
import type { AffineMatrix, Point } from '../geometry/types.ts';
import { turnPhoto, type DecodedPhoto } from '../imaging/decode.ts';
import { fitChip } from './align.ts';
import { detectFaces, glanceAtPhoto, type DetectionOptions } from './detect.ts';
import { findLandmarks } from './landmarks.ts';
import { suppressOverlaps, type Detection, type ScoredBox } from './merge-detections.ts';
import type { AnalysisNetworks } from './networks.ts';

export interface FaceFindingOptions extends DetectionOptions {
  /** Whether photos are looked at in all four positions even where upright faces were found: people who lie down. */
  readonly turnsAlways: boolean;
  /** What an upright face scores at least; where none does, the photo may lie on its side. */
  readonly minUprightScore: number;
  /** What a face of a turned photo must score for the photo to be taken for turned. */
  readonly minTurnedScore: number;
}

export interface AlignedFace extends ScoredBox {
  /** [68, 2], or [5, 2] from a detector that places them; upright photo pixels. */
  readonly landmarks: Float32Array;
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
  if (options.turnsAlways) {
    const faces = [...upright];
    for (const turn of otherTurns) faces.push(...(await findTurnedFaces(networks, photo, turn, options)));
    return suppressOverlaps(faces, networks.detector.manifest.nmsThreshold);
  }
  if (upright.some(({ score }) => score >= options.minUprightScore)) return upright;
  const turn = await findTurn(networks, photo, options);
  return turn === null ? upright : findTurnedFaces(networks, photo, turn, options);
}

function fitToDetector(options: FaceFindingOptions, { certainty }: Detector): FaceFindingOptions {
  if (certainty === null) return options;
  const { measurement: _, ...scores } = certainty;
  return { ...options, ...scores };
}

/** See [Note: turned photos].
 *  @returns quarter turns to the right that put the photo upright, or null where nothing says that it is turned */
async function findTurn(
  { detector }: AnalysisNetworks,
  photo: DecodedPhoto,
  options: FaceFindingOptions,
): Promise<(typeof otherTurns)[number] | null> {
  let best: (typeof otherTurns)[number] | null = null;
  let bestSum = 0;
  for (const turn of otherTurns) {
    const seen = await glanceAtPhoto(detector, turnPhoto(photo, turn), options);
    const sum = seen.reduce((total, { score }) => total + (score >= options.minTurnedScore ? score : 0), 0);
    if (sum > bestSum) {
      best = turn;
      bestSum = sum;
    }
  }
  return best;
}

/** @returns what the photo shows when it is turned, in its own pixels */
async function findTurnedFaces(
  networks: AnalysisNetworks,
  photo: DecodedPhoto,
  turn: number,
  options: FaceFindingOptions,
): Promise<AlignedFace[]> {
  const turned = turnPhoto(photo, turn);
  const turnedToPhoto = composeAffine(invertAffine(photo.uprightToStored), turned.uprightToStored);
  const photoToTurned = invertAffine(turnedToPhoto);
  const faces = await findUprightFaces(networks, turned, options);
  return faces.map(({ box, score, landmarks, photoToChip }) => {
    const corners: Point[] = [
      [box.x, box.y],
      [box.x + box.width, box.y + box.height],
    ];
    return {
      box: boxFromPoints(corners.map((corner) => applyAffine(turnedToPhoto, corner))),
      score,
      landmarks: mapLandmarks(landmarks, turnedToPhoto),
      photoToChip: composeAffine(photoToChip, photoToTurned),
    };
  });
}

async function findUprightFaces(
  networks: AnalysisNetworks,
  photo: DecodedPhoto,
  options: FaceFindingOptions,
): Promise<AlignedFace[]> {
  const { detector, landmarker, embedder } = networks;
  const bounds = boxFromCorners(0, 0, photo.header.width, photo.header.height);
  const detections = (await detectFaces(detector, photo, options)).filter(({ box }) => {
    const visible = clipBox(box, bounds);
    return visible.width >= 1 && visible.height >= 1;
  });
  const landmarks =
    landmarker === null
      ? detections.map(({ fivePoints }) => Float32Array.from((fivePoints ?? []).flat()))
      : await findLandmarks(landmarker.network, landmarker.manifest, photo, detections.map(({ box }) => box));
  return alignFaces(detections, landmarks, embedder.manifest.template);
}

function alignFaces(detections: readonly Detection[], landmarks: readonly Float32Array[], template: Template): AlignedFace[] {
  const aligned: AlignedFace[] = [];
  for (const [index, { box, score }] of detections.entries()) {
    const points = landmarks[index]!;
    try {
      aligned.push({ box, score, landmarks: points, photoToChip: fitChip(points, template) });
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
