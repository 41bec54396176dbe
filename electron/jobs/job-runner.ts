/** Runs jobs, those that change the library one after another, keeps their records in the database, and tells who listens how far they are. */

import type { JobKind, JobOf, JobProgress, JobSnapshot, JobState } from '../api/schemas.ts';
import { Emitter } from '../base/emitter.ts';
import { AppError, isAppError, serializeError } from '../base/errors.ts';
import { createId, type JobId } from '../base/ids.ts';
import type { JobRecord, LibraryDatabase } from '../database/library-database.ts';
import { JobControl } from './job-control.ts';

/** Events and database writes a job's progress may cause, at most. */
const reportEveryMs = 250;

export interface JobContext {
  readonly control: JobControl;
  report(progress: Partial<JobProgress>): void;
}

/** The work of a job; it may be run again for the same job after a kill. */
export type JobWork<Kind extends JobKind> = (
  job: JobOf<Kind>,
  context: JobContext,
) => Promise<JobOf<Kind>['summary']>;
export type JobWorks = { readonly [Kind in JobKind]: JobWork<Kind> };

/** What a job is to do. */
export type JobTask = { [Kind in JobKind]: Omit<JobOf<Kind>, keyof JobFields | 'summary'> }[JobKind];
type JobFields = Pick<JobSnapshot, 'id' | 'state' | 'progress' | 'error' | 'createdAt'>;

/** Jobs of one lane wait for each other. */
const lanes = { import: 'library', 'switch-pack': 'library', learn: 'library', 'download-pack': 'download' } as const satisfies Record<
  JobKind,
  string
>;

interface ActiveJob {
  record: JobRecord;
  readonly control: JobControl;
  lastReportMs: number;
  reportTimer: NodeJS.Timeout | null;
}

const firstProgress: JobProgress = {
  stage: 'preparing',
  done: 0,
  total: null,
  faces: 0,
  failed: 0,
  photosPerSecond: null,
  secondsLeft: null,
};

/** Whatever a job does anew, the faces that it has found stay found. */
function continueProgress({ progress }: JobRecord): JobProgress {
  return { ...firstProgress, faces: progress.faces };
}

export class JobRunner {
  readonly jobs = new Emitter<JobSnapshot>();
  readonly #database: LibraryDatabase;
  readonly #works: JobWorks;
  readonly #now: () => number;
  readonly #active = new Map<JobId, ActiveJob>();
  readonly #queues: Record<(typeof lanes)[JobKind], Promise<void>> = {
    library: Promise.resolve(),
    download: Promise.resolve(),
  };
  /** Record writes go out in order, so that an old state never overwrites a newer one. */
  #writes: Promise<void> = Promise.resolve();
  #writeFailure: Error | null = null;
  #isClosing = false;

  constructor(options: { database: LibraryDatabase; works: JobWorks; now: () => number }) {
    this.#database = options.database;
    this.#works = options.works;
    this.#now = options.now;
  }

  /** Newest first; jobs of this process as they stand now, which may be ahead of their stored record. */
  async list(): Promise<JobSnapshot[]> {
    const stored = await this.#database.listJobs();
    return stored.map((record) => this.#active.get(record.id)?.record ?? record);
  }

  async start(task: JobTask): Promise<JobId> {
    const record: JobRecord = {
      ...task,
      id: createId<JobId>(),
      state: 'queued',
      progress: firstProgress,
      summary: null,
      error: null,
      createdAt: new Date(this.#now()).toISOString(),
    };
    await this.#database.createJob(record);
    this.#enqueue(record);
    return record.id;
  }

  pause(jobId: JobId): void {
    const job = this.#requireActive(jobId);
    job.control.pause();
    if (job.record.state === 'running') this.#change(job, { state: 'paused' });
  }

  /** Goes on with a paused job, or starts again what was interrupted, failed or cancelled: what it had done stays done. */
  async resume(jobId: JobId): Promise<void> {
    const active = this.#active.get(jobId);
    if (active) {
      active.control.resume();
      if (active.record.state === 'paused') this.#change(active, { state: 'running' });
      return;
    }
    const record = (await this.#database.listJobs()).find((job) => job.id === jobId);
    if (!record) throw new AppError('not-found', `Expected the id of a job but received ${jobId}`);
    if (record.state === 'done') {
      throw new AppError('conflict', `Expected a job that can go on but job ${jobId} is done`);
    }
    this.#enqueue({ ...record, state: 'queued', progress: continueProgress(record), error: null });
  }

  /** Ends a job of this process, or gives up one that an earlier process left. */
  async cancel(jobId: JobId): Promise<void> {
    const active = this.#active.get(jobId);
    if (active) return active.control.cancel();
    const record = (await this.#database.listJobs()).find((job) => job.id === jobId);
    if (record?.state !== 'interrupted' && record?.state !== 'paused') {
      throw new AppError('not-found', `Expected the id of a job that can be cancelled but received ${jobId}`);
    }
    const cancelled: JobRecord = { ...record, state: 'cancelled' };
    this.#writeRecord(cancelled);
    await this.#writes;
    this.jobs.emit(cancelled);
  }

  /** Waits until a job of this process has ended.
   *  @throws what kept its record from being written */
  async waitFor(jobId: JobId): Promise<JobSnapshot> {
    for (;;) {
      const active = this.#active.get(jobId);
      if (!active) break;
      await new Promise<void>((resolve) => {
        const stop = this.jobs.on((snapshot) => {
          if (snapshot.id !== jobId || !isEnded(snapshot.state)) return;
          stop();
          resolve();
        });
      });
    }
    await this.#writes;
    if (this.#writeFailure) throw this.#writeFailure;
    const record = (await this.#database.listJobs()).find((job) => job.id === jobId);
    if (!record) throw new AppError('not-found', `Expected the id of a job but received ${jobId}`);
    return record;
  }

  /** Stops what runs, leaving it to be continued by a later process. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const job of this.#active.values()) job.control.cancel();
    await Promise.all(Object.values(this.#queues));
    await this.#writes;
  }

  #requireActive(jobId: JobId): ActiveJob {
    const job = this.#active.get(jobId);
    if (!job) throw new AppError('not-found', `Expected the id of a running job but received ${jobId}`);
    return job;
  }

  #enqueue(record: JobRecord): void {
    const job: ActiveJob = { record, control: new JobControl(), lastReportMs: 0, reportTimer: null };
    this.#active.set(record.id, job);
    this.jobs.emit(record);
    const lane = lanes[record.kind];
    this.#queues[lane] = this.#queues[lane].then(() => this.#run(job));
  }

  async #run(job: ActiveJob): Promise<void> {
    try {
      await job.control.checkpoint();
      this.#change(job, { state: 'running' });
      // One kind's work gets that kind's jobs.
      const work = this.#works[job.record.kind] as (job: JobRecord, context: JobContext) => Promise<JobRecord['summary']>;
      const summary = await work(job.record, {
        control: job.control,
        report: (progress) => this.#report(job, progress),
      });
      job.record = { ...job.record, summary } as JobRecord;
      this.#end(job, { state: 'done', progress: { ...job.record.progress, stage: 'finished', secondsLeft: 0 } });
    } catch (error) {
      if (isAppError(error, 'cancelled')) this.#end(job, { state: this.#isClosing ? 'interrupted' : 'cancelled' });
      else this.#end(job, { state: 'failed', error: serializeError(error) });
    }
    await this.#writes;
  }

  #end(job: ActiveJob, changes: Partial<JobFields>): void {
    if (job.reportTimer) clearTimeout(job.reportTimer);
    this.#active.delete(job.record.id);
    this.#change(job, changes);
  }

  #change(job: ActiveJob, changes: Partial<JobFields>): void {
    job.record = { ...job.record, ...changes };
    job.lastReportMs = this.#now();
    this.#writeRecord(job.record);
    this.jobs.emit(job.record);
  }

  #report(job: ActiveJob, progress: Partial<JobProgress>): void {
    job.record = { ...job.record, progress: { ...job.record.progress, ...progress } };
    if (job.reportTimer) return;
    const waitMs = Math.max(0, job.lastReportMs + reportEveryMs - this.#now());
    job.reportTimer = setTimeout(() => {
      job.reportTimer = null;
      this.#change(job, {});
    }, waitMs);
  }

  #writeRecord(record: JobRecord): void {
    this.#writes = this.#writes
      .then(() => this.#database.updateJob(record))
      .catch((error: unknown) => {
        this.#writeFailure ??= error instanceof Error ? error : new Error(String(error));
      });
  }
}

export function isEnded(state: JobState): boolean {
  return state !== 'queued' && state !== 'running' && state !== 'paused';
}
