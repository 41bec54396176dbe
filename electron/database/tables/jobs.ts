/** Jobs, so that what a dead process left can be continued. */

import { jobStates, type DetectionEffort, type ImportSummary, type JobState, type LearnSummary, type SwitchSummary } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import type { JobId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { JobRecord } from '../library-database.ts';

interface JobRow {
  readonly uuid: JobId;
  readonly kind: JobRecord['kind'];
  readonly state: JobState;
  readonly folders: string;
  readonly progress: string;
  readonly summary: string | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly pack: string | null;
  readonly effort: DetectionEffort | null;
}

export function createJobStore({ db, now }: Connection) {
  const insertJob = db.prepare(
    `INSERT INTO jobs (uuid, kind, state, folders, pack, effort, progress, summary, error, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateJob = db.prepare(
    'UPDATE jobs SET state = ?, progress = ?, summary = ?, error = ?, updated_at = ? WHERE uuid = ?',
  );
  const deleteJob = db.prepare<[JobId]>('DELETE FROM jobs WHERE uuid = ?');
  const selectJobs = db.prepare<[], JobRow>('SELECT * FROM jobs ORDER BY id DESC');

  return {
    create(job: JobRecord): void {
      const { state, progress, summary, error } = convertJob(job);
      const folders = JSON.stringify(job.kind === 'import' ? job.folders : []);
      const pack = job.kind === 'import' ? null : job.pack;
      const effort = job.kind === 'import' ? job.effort : null;
      insertJob.run(job.id, job.kind, state, folders, pack, effort, progress, summary, error, job.createdAt, now());
    },

    update(job: JobRecord): void {
      const { state, progress, summary, error } = convertJob(job);
      const { changes } = updateJob.run(state, progress, summary, error, now(), job.id);
      if (changes > 0) return;
      throw new AppError('not-found', `Expected a job of this library but received ${job.id}`, {
        parameters: { jobId: job.id },
      });
    },

    forget(jobIds: readonly JobId[]): void {
      for (const jobId of jobIds) deleteJob.run(jobId);
    },

    list(): JobRecord[] {
      return selectJobs.all().flatMap((row) => readJob(row) ?? []);
    },
  };
}

/** @returns null for a job that this Kindred does not know what to do with: a newer one may have left it */
function readJob(row: JobRow): JobRecord | null {
  if (!jobStates.includes(row.state)) return null;
  try {
    return readKnownJob(row);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readKnownJob(row: JobRow): JobRecord | null {
  const common = {
    id: row.uuid,
    state: row.state,
    progress: JSON.parse(row.progress) as JobRecord['progress'],
    error: row.error === null ? null : (JSON.parse(row.error) as JobRecord['error']),
    createdAt: row.created_at,
  };
  const summary = readSummary(row.summary);
  switch (row.kind) {
    case 'import': {
      const folders = JSON.parse(row.folders) as string[];
      return { ...common, kind: row.kind, folders, effort: row.effort, summary: summary as ImportSummary | null };
    }
    case 'switch-pack':
      return { ...common, kind: row.kind, pack: row.pack ?? '', summary: summary as SwitchSummary | null };
    case 'download-pack':
      return { ...common, kind: row.kind, pack: row.pack ?? '', summary: null };
    case 'learn':
      return { ...common, kind: row.kind, pack: row.pack ?? '', summary: summary as LearnSummary | null };
    default:
      return null;
  }
}

/** Earlier versions kept all failures in the summary, without their count. */
function readSummary(text: string | null): unknown {
  const summary = text === null ? null : (JSON.parse(text) as { readonly failed?: unknown });
  if (!Array.isArray(summary?.failed)) return summary;
  return { failedCount: summary.failed.length, ...summary, failed: summary.failed.slice(0, 100) };
}

function convertJob(job: JobRecord) {
  return {
    state: job.state,
    progress: JSON.stringify(job.progress),
    summary: job.summary === null ? null : JSON.stringify(job.summary),
    error: job.error === null ? null : JSON.stringify(job.error),
  };
}
