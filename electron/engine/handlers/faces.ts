/** Faces: lists, records, and what the user says of them. */

import { isAppError } from '../../base/errors.ts';
import { placeHead } from '../../geometry/frontal-view.ts';
import type { HeadAngles } from '../../geometry/rotation.ts';
import { act, type HandlerParts, type HandlersOf } from './handler-parts.ts';

export function createFaceHandlers(parts: HandlerParts): HandlersOf<'faces'> {
  const { database } = parts;
  return {
    'faces.list': (params) => database.listFaces(params),
    'faces.export': (params) => database.exportFaces(params),
    'faces.pose': async ({ faceId }) => ({ pose: readPose(await database.readLandmarks(faceId)) }),
    'faces.move': (params) => act(parts, database.moveFaces(params)),
    'faces.confirm': (params) => act(parts, database.confirmFaces(params).then(() => ({}))),
    'faces.reject': (params) => act(parts, database.rejectFaces(params).then(() => ({}))),
    'faces.ignore': (params) => act(parts, database.ignoreFaces(params).then(() => ({}))),
    'faces.restore': (params) => act(parts, database.restoreFaces(params).then(() => ({}))),
  };
}

function readPose(landmarks: Float32Array | null): HeadAngles | null {
  if (landmarks === null) return null;
  try {
    const { yaw, pitch, roll } = placeHead(landmarks).pose;
    return { yaw, pitch, roll };
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}
