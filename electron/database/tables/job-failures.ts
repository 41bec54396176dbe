/** What jobs could not read, page by page; it goes with its job. */

import type { Result, ValidParams } from '../../api/contract.ts';
import type { ImportFailure } from '../../api/schemas.ts';
import type { JobId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';

export function createJobFailureStore({ db }: Connection) {
  const insert = db.prepare<[string, string, string, JobId]>(
    'INSERT INTO job_failures (job_id, path, reason, detail) SELECT id, ?, ?, ? FROM jobs WHERE uuid = ?',
  );
  const forget = db.prepare<[JobId]>('DELETE FROM job_failures WHERE job_id = (SELECT id FROM jobs WHERE uuid = ?)');
  const count = db
    .prepare<[JobId], number>('SELECT count(*) FROM job_failures WHERE job_id = (SELECT id FROM jobs WHERE uuid = ?)')
    .pluck();
  const select = db.prepare<[JobId, number, number], ImportFailure>(
    `SELECT path, reason, detail FROM job_failures INDEXED BY job_failures_by_job
     WHERE job_id = (SELECT id FROM jobs WHERE uuid = ?) ORDER BY id LIMIT ? OFFSET ?`,
  );

  return {
    add(jobId: JobId, { path, reason, detail }: ImportFailure): void {
      insert.run(path, reason, detail, jobId);
    },

    forget(jobId: JobId): void {
      forget.run(jobId);
    },

    list({ jobId, offset, limit }: ValidParams<'jobs.failures'>): Result<'jobs.failures'> {
      return { total: count.get(jobId) ?? 0, failures: select.all(jobId, limit, offset) };
    },
  };
}
