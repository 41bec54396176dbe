/** Which photo was looked at by which pack and pipeline, and how thoroughly. */

import type { PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { AnalysisKey } from '../library-database.ts';
import type { PhotoKey } from './photos.ts';

interface PendingRow {
  readonly cursor: PhotoKey;
  readonly id: PhotoId;
  readonly contentHash: Buffer;
}

export type AnalysisStore = ReturnType<typeof createAnalysisStore>;

export function createAnalysisStore({ db, now }: Connection) {
  const hasAnalysis = db
    .prepare<[number, number, number, number], number>(
      'SELECT 1 FROM analyses WHERE photo_id = ? AND pack_id = ? AND pipeline_version = ? AND effort >= ?',
    )
    .pluck();
  const upsertAnalysis = db.prepare(
    `INSERT INTO analyses (photo_id, pack_id, pipeline_version, effort, face_count, analyzed_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET effort = excluded.effort, face_count = excluded.face_count, analyzed_at = excluded.analyzed_at`,
  );
  const deleteOtherVersions = db.prepare<[number, number, number]>(
    'DELETE FROM analyses WHERE photo_id = ? AND pack_id = ? AND pipeline_version <> ?',
  );
  const deleteOtherPacks = db.prepare<[number, number]>('DELETE FROM analyses WHERE photo_id = ? AND pack_id <> ?');
  const countAnalyzed = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM analyses INDEXED BY analyses_by_pack WHERE pack_id = ? AND pipeline_version = ? AND effort >= ?',
    )
    .pluck();
  const listPending = db.prepare<[number, number, number, number, number], PendingRow>(
    `SELECT ph.id AS cursor, ph.uuid AS id, ph.content_hash AS contentHash FROM photos ph
     WHERE ph.id > ? AND NOT EXISTS (SELECT 1 FROM analyses a
       WHERE a.photo_id = ph.id AND a.pack_id = ? AND a.pipeline_version = ? AND a.effort >= ?)
     ORDER BY ph.id LIMIT ?`,
  );

  return {
    has(photoKey: PhotoKey, { packId, pipelineVersion, effort }: AnalysisKey): boolean {
      return hasAnalysis.get(photoKey, packId, pipelineVersion, effort) === 1;
    },

    count({ packId, pipelineVersion, effort }: AnalysisKey): number {
      return countAnalyzed.get(packId, pipelineVersion, effort) ?? 0;
    },

    /** Photos without an analysis that answers this one. */
    listPending({ packId, pipelineVersion, effort }: AnalysisKey, after: number, limit: number): PendingRow[] {
      return listPending.all(after, packId, pipelineVersion, effort, limit);
    },

    /** [Note: what an analysis says] An analysis on record says that the photo has these faces, each with an embedding of
     *  that pack. So it goes when a later one, of any pack, brings a face, takes one away or moves one; where two packs
     *  find the same faces, both stay, and going back to the earlier pack costs nothing. */
    record(photoKey: PhotoKey, faceCount: number, analysis: AnalysisKey, hasChanged: boolean): void {
      const { packId, pipelineVersion, effort } = analysis;
      deleteOtherVersions.run(photoKey, packId, pipelineVersion);
      if (hasChanged) deleteOtherPacks.run(photoKey, packId);
      upsertAnalysis.run(photoKey, packId, pipelineVersion, effort, faceCount, now());
    },
  };
}
