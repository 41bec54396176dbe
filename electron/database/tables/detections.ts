/** The faces of a photo as detectors find them: their rows and embeddings. */

import { AppError } from '../../base/errors.ts';
import { createId, type FaceId } from '../../base/ids.ts';
import type { Box } from '../../geometry/types.ts';
import type { AnalyzedFace } from '../../terms/analyzed-photo.ts';
import type { Connection } from '../file/connection.ts';
import { readFloats, viewFloats } from '../file/float-blobs.ts';
import type { AnalysisKey } from '../library-database.ts';
import type { DecisionStore } from './decisions.ts';
import { convertBox, type FaceKey, type FaceSummaryRow } from './faces.ts';
import type { PhotoKey } from './photos.ts';

export interface KnownFace {
  readonly key: FaceKey;
  readonly id: FaceId;
  readonly origin: string;
  readonly box: Box | null;
}

type KnownFaceRow = Omit<KnownFace, 'box'> & Pick<FaceSummaryRow, 'boxX' | 'boxY' | 'boxWidth' | 'boxHeight'>;

export type DetectionStore = ReturnType<typeof createDetectionStore>;

export function createDetectionStore({ db, now }: Connection, decisions: DecisionStore) {
  const selectFaces = db.prepare<[PhotoKey], KnownFaceRow>(
    `SELECT id AS key, uuid AS id, origin, box_x AS boxX, box_y AS boxY, box_width AS boxWidth, box_height AS boxHeight
     FROM faces WHERE photo_id = ? ORDER BY faces.id`,
  );
  const insertFace = db.prepare(
    `INSERT INTO faces (uuid, photo_id, origin, box_x, box_y, box_width, box_height, score, quality, landmarks,
       pack_id, pipeline_version, detected_at)
     VALUES (?, ?, 'detected', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateFace = db.prepare(
    `UPDATE faces SET box_x = ?, box_y = ?, box_width = ?, box_height = ?, score = ?, quality = ?, landmarks = ?,
       pack_id = ?, pipeline_version = ?, detected_at = ? WHERE id = ?`,
  );
  const deleteFace = db.prepare<[FaceKey]>('DELETE FROM faces WHERE id = ?');
  // The id by which the journal, and whoever was told it, know the face.
  const takeId = db.prepare<[FaceId, FaceKey, FaceId]>(
    'UPDATE faces SET uuid = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM faces WHERE uuid = ?)',
  );
  const selectFaceId = db.prepare<[FaceKey], FaceId>('SELECT uuid FROM faces WHERE id = ?').pluck();
  const setIgnored = db.prepare<[FaceKey]>('UPDATE faces SET is_ignored = 1 WHERE id = ?');
  const takeEmbeddingNumber = db
    .prepare<[], number>("UPDATE counters SET value = value + 1 WHERE name = 'embeddings' RETURNING value")
    .pluck();
  const replaceEmbedding = db.prepare<[number, FaceKey, number, Uint8Array]>(
    'INSERT OR REPLACE INTO embeddings (id, face_id, pack_id, vector) VALUES (?, ?, ?, ?)',
  );
  const isSettled = db
    .prepare<[FaceKey], number>(
      `SELECT f.origin <> 'detected' OR f.is_ignored OR coalesce(m.is_confirmed OR p.is_held OR p.is_kept, 0)
       FROM faces f LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people p ON p.id = m.person_id
       WHERE f.id = ?`,
    )
    .pluck();
  const selectLandmarks = db.prepare<[FaceKey], Buffer | null>('SELECT landmarks FROM faces WHERE id = ?').pluck();

  function listMeasures(face: AnalyzedFace): unknown[] {
    const { x, y, width, height } = face.box;
    return [x, y, width, height, face.score, face.quality, viewFloats(face.landmarks)];
  }

  return {
    list(photoKey: PhotoKey): KnownFace[] {
      return selectFaces.all(photoKey).map((row) => ({ key: row.key, id: row.id, origin: row.origin, box: convertBox(row) }));
    },

    add(photoKey: PhotoKey, face: AnalyzedFace, { packId, pipelineVersion }: AnalysisKey): FaceKey {
      const measures = listMeasures(face);
      return Number(insertFace.run(createId<FaceId>(), photoKey, ...measures, packId, pipelineVersion, now()).lastInsertRowid);
    },

    replace(key: FaceKey, face: AnalyzedFace, { packId, pipelineVersion }: AnalysisKey): void {
      updateFace.run(...listMeasures(face), packId, pipelineVersion, now(), key);
    },

    remove(key: FaceKey): void {
      deleteFace.run(key);
    },

    /** An embedding that changes gets another number: whoever keeps vectors would take it for the old one. */
    writeEmbedding(key: FaceKey, packId: number, embedding: Float32Array): void {
      replaceEmbedding.run(takeEmbeddingNumber.get()!, key, packId, viewFloats(embedding));
    },

    /** Gives a face the id of an earlier one, unless that one is still there. */
    takeId(key: FaceKey, id: FaceId): void {
      takeId.run(id, key, id);
    },

    readId(key: FaceKey): FaceId {
      const id = selectFaceId.get(key);
      if (id === undefined) throw new AppError('internal', `Expected a face's row but received key ${key}`);
      return id;
    },

    readLandmarks(key: FaceKey): Float32Array | null {
      const landmarks = selectLandmarks.get(key) ?? null;
      return landmarks === null ? null : readFloats(landmarks);
    },

    ignore(key: FaceKey): void {
      setIgnored.run(key);
    },

    /** Whether the user has had a say in it: then no analysis takes it away. */
    isSettled(key: FaceKey): boolean {
      return isSettled.get(key) === 1 || decisions.hasDecisions(key);
    },
  };
}
