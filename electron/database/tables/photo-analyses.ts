/** Photos on their way into the library: which are still to be looked at, and what was found in them. */

import { AppError } from '../../base/errors.ts';
import type { PhotoId } from '../../base/ids.ts';
import type { SettledFace } from '../../terms/analyzed-photo.ts';
import type { Connection } from '../file/connection.ts';
import type { AnalysisKey, FileLocation, NewPhoto, PendingPhoto, SavedPhoto } from '../library-database.ts';
import type { AnalysisStore } from './analyses.ts';
import type { LocationStore } from './locations.ts';
import type { PackRows } from './packs.ts';
import type { PhotoStore } from './photos.ts';
import { createAnalysisSaver, type AnalysisStores } from './save-analysis.ts';

export function createPhotoAnalyses(
  connection: Connection,
  stores: AnalysisStores & {
    readonly photos: PhotoStore;
    readonly analyses: AnalysisStore;
    readonly locations: LocationStore;
    readonly packs: PackRows;
  },
) {
  const { photos, analyses, locations, packs, detections } = stores;
  const saveFaces = createAnalysisSaver(connection, stores);

  return {
    attachLocation(contentHash: Uint8Array, location: FileLocation, analysis: AnalysisKey): PhotoId | null {
      const photo = photos.findByHash(contentHash);
      if (photo === null || !analyses.has(photo.key, analysis)) return null;
      locations.place(photo.key, location);
      return photo.id;
    },

    save(photo: NewPhoto, analysis: AnalysisKey): SavedPhoto {
      checkFaces(photo, packs.readEmbeddingLength(analysis.packId));
      const { location } = photo;
      const known = photos.findByHash(photo.contentHash);
      if (known !== null && analyses.has(known.key, analysis)) {
        if (location !== null) locations.place(known.key, location);
        const faces = detections.list(known.key).filter((face) => face.origin === 'detected');
        return { photoId: known.id, isNew: false, wasAnalyzed: true, faceIds: faces.map((face) => face.id) };
      }
      const { key, id } = known ?? photos.add(photo);
      if (known !== null) photos.improveCaptureTime(known, photo.captureTime);
      if (location !== null) locations.place(key, location);
      const { faceIds, hasChanged } = saveFaces(key, photo, analysis);
      analyses.record(key, photo.faces.length, analysis, hasChanged);
      return { photoId: id, isNew: known === null, wasAnalyzed: false, faceIds };
    },

    countPending(analysis: AnalysisKey): number {
      return photos.count() - analyses.count(analysis);
    },

    listPending(analysis: AnalysisKey, after: number, limit: number): PendingPhoto[] {
      return analyses.listPending(analysis, after, limit).map(({ cursor, id, contentHash }) => ({
        cursor,
        id,
        contentHash: Uint8Array.from(contentHash),
        paths: locations.listPathBytes(cursor),
      }));
    },

    listSettledFaces(contentHash: Uint8Array): SettledFace[] {
      const photo = photos.findByHash(contentHash);
      if (photo === null) return [];
      return detections.list(photo.key).flatMap(({ key, id, box }) => {
        return box === null || !detections.isSettled(key) ? [] : [{ id, box, landmarks: detections.readLandmarks(key) }];
      });
    },
  };
}

/** @throws AppError "bad-argument": what is wrong here would spoil every later clustering */
function checkFaces(photo: NewPhoto, embeddingLength: number): void {
  for (const { embedding } of [...photo.faces, ...(photo.undetected ?? [])]) {
    if (embedding.length !== embeddingLength) {
      throw new AppError('bad-argument', `Expected ${embeddingLength} numbers for an embedding but received ${embedding.length}`);
    }
    if (!embedding.every(Number.isFinite)) {
      throw new AppError('bad-argument', 'Expected finite numbers for an embedding but received others');
    }
  }
  for (const { landmarks } of photo.faces) {
    if (landmarks.every(Number.isFinite)) continue;
    throw new AppError('bad-argument', 'Expected finite numbers for landmarks but received others');
  }
}
