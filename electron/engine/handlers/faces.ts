/** Faces: lists, records and poses. */

import { isAppError } from '../../base/errors.ts';
import { placeHead } from '../../geometry/frontal-view.ts';
import type { HeadAngles } from '../../geometry/rotation.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createFaceHandlers({ database }: HandlerParts): HandlersOf<'faces'> {
  return {
    'faces.list': (params) => database.listFaces(params),
    'faces.export': (params) => database.exportFaces(params),
    'faces.pose': async ({ faceId }) => ({ pose: readPose(await database.readLandmarks(faceId)) }),
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
