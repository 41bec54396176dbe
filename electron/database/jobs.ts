/** Jobs, so that what a dead process left can be continued. */

import type { JobState } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import type { Connection } from './connection.ts';
import type { JobRecord } from './library-database.ts';

interface JobRow {
  readonly uuid: JobId;
  readonly kind: JobRecord['kind'];
  readonly state: JobState;
  readonly folders: string;
  readonly progress: string;
  readonly summary: string | null;
  readonly error: string | null;
  readonly created_at: string;
}

export function createJobStore({ db, now }: Connection) {
  const insertJob = db.prepare(
    `INSERT INTO jobs (uuid, kind, state, folders, progress, summary, error, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateJob = db.prepare(
    'UPDATE jobs SET state = ?, folders = ?, progress = ?, summary = ?, error = ?, updated_at = ? WHERE uuid = ?',
  );
  const selectJobs = db.prepare<[], JobRow>('SELECT * FROM jobs ORDER BY id DESC');
  const interruptJobs = db.prepare<[string]>(
    `UPDATE jobs SET state = 'interrupted', updated_at = ? WHERE state IN ('queued', 'running')`,
  );

  return {
    create(job: JobRecord): void {
      const at = now();
      const { state, folders, progress, summary, error } = convertJob(job);
      insertJob.run(job.id, job.kind, state, folders, progress, summary, error, job.createdAt, at);
    },

    update(job: JobRecord): void {
      const { state, folders, progress, summary, error } = convertJob(job);
      const { changes } = updateJob.run(state, folders, progress, summary, error, now(), job.id);
      if (changes > 0) return;
      throw new AppError('not-found', `Expected a job of this library but received ${job.id}`, {
        parameters: { jobId: job.id },
      });
    },

    list(): JobRecord[] {
      return selectJobs.all().map((row) => ({
        id: row.uuid,
        kind: row.kind,
        state: row.state,
        folders: JSON.parse(row.folders) as string[],
        progress: JSON.parse(row.progress) as JobRecord['progress'],
        summary: row.summary === null ? null : (JSON.parse(row.summary) as JobRecord['summary']),
        error: row.error === null ? null : (JSON.parse(row.error) as JobRecord['error']),
        createdAt: row.created_at,
      }));
    },

    interruptStale(): void {
      interruptJobs.run(now());
    },
  };
}

function convertJob(job: JobRecord) {
  return {
    state: job.state,
    folders: JSON.stringify(job.folders),
    progress: JSON.stringify(job.progress),
    summary: job.summary === null ? null : JSON.stringify(job.summary),
    error: job.error === null ? null : JSON.stringify(job.error),
  };
}
