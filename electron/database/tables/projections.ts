/** What was learnt from the user, by pack: every version, and which one is used. */

import type { LearntVersion } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import { readFloats, viewFloats } from '../file/float-blobs.ts';
import type { NewProjection } from '../library-database.ts';
import type { AdoptedProjection } from '../../terms/projection.ts';

type Report = Omit<LearntVersion, 'version' | 'state' | 'createdAt'>;

interface VersionRow {
  readonly version: number;
  readonly state: LearntVersion['state'];
  readonly report: string;
  readonly createdAt: string;
}

export function createProjectionStore({ db, now }: Connection) {
  const insert = db.prepare<[number, string, Uint8Array | null, number | null, number | null, string, string]>(
    `INSERT INTO projections (pack_id, state, matrix, output_length, distance_scale, report, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectVersions = db.prepare<[number, number], VersionRow>(
    `SELECT id AS version, state, report, created_at AS createdAt FROM projections INDEXED BY projections_by_pack
     WHERE pack_id = ? ORDER BY id DESC LIMIT ?`,
  );
  const selectAdopted = db.prepare<[number], { version: number; matrix: Buffer; outputLength: number; distanceScale: number }>(
    `SELECT id AS version, matrix, output_length AS outputLength, distance_scale AS distanceScale FROM projections
     WHERE pack_id = ? AND state = 'adopted'`,
  );
  const selectReport = db.prepare<[number], string>('SELECT report FROM projections WHERE id = ?').pluck();
  const updateReport = db.prepare<[string, number]>('UPDATE projections SET report = ? WHERE id = ?');
  const setAside = db.prepare<[number]>(`UPDATE projections SET state = 'set-aside' WHERE pack_id = ? AND state = 'adopted'`);
  const adopt = db.prepare<[number, number]>(
    `UPDATE projections SET state = 'adopted' WHERE id = ? AND pack_id = ? AND state = 'set-aside'`,
  );
  const countLabels = db.prepare<[], { people: number; faces: number }>(
    `SELECT count(DISTINCT m.person_id) AS people, count(*) AS faces
     FROM people pe INDEXED BY people_named_by_name JOIN memberships m ON m.person_id = pe.id
     WHERE pe.merged_into IS NULL AND pe.name IS NOT NULL AND pe.is_ignored = 0`,
  );

  return {
    /** @returns its version */
    save({ packId, learnt, report }: NewProjection): number {
      if (learnt !== null) setAside.run(packId);
      const state = learnt === null ? 'refused' : 'adopted';
      const matrix = learnt === null ? null : viewFloats(learnt.matrix);
      const { lastInsertRowid } = insert.run(
        packId,
        state,
        matrix,
        learnt?.outputLength ?? null,
        learnt?.distanceScale ?? null,
        JSON.stringify(report),
        now(),
      );
      return Number(lastInsertRowid);
    },

    list(packId: number, limit: number): LearntVersion[] {
      return selectVersions.all(packId, limit).map(({ report, ...row }) => ({ ...row, ...(JSON.parse(report) as Report) }));
    },

    readAdopted(packId: number): AdoptedProjection | null {
      const row = selectAdopted.get(packId);
      return row === undefined ? null : { ...row, matrix: readFloats(row.matrix) };
    },

    /** @param version null for none
     *  @throws AppError "not-found" for one that is not there, of another pack or refused */
    use({ packId, version }: { packId: number; version: number | null }): void {
      setAside.run(packId);
      if (version === null || adopt.run(version, packId).changes === 1) return;
      throw new AppError('not-found', `Expected something that was learnt for the pack but received version ${version}`, {
        parameters: { kind: 'projection', id: version },
      });
    },

    noteQuestions(version: number, { before, after }: { before: number; after: number }): void {
      const report = JSON.parse(selectReport.get(version) ?? '{}') as Report;
      updateReport.run(JSON.stringify({ ...report, questionsBefore: before, questionsAfter: after }), version);
    },

    /** Named people who are not set aside, and their faces. */
    countLabels(): { people: number; faces: number } {
      return countLabels.get() ?? { people: 0, faces: 0 };
    },
  };
}
