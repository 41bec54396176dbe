/** Runs jobs, those that change the library one after another, keeps their records in the database, and tells who listens how far they are. */

import { isEnded } from '../api/job-states.ts';
import type { JobKind, JobOf, JobProgress, JobSnapshot } from '../api/schemas.ts';
import { Emitter } from '../base/emitter.ts';
import { AppError, serializeError } from '../base/errors.ts';
import { createId, type JobId } from '../base/ids.ts';
import type { JobRecord, LibraryDatabase } from '../database/library-database.ts';
import { JobControl } from './job-control.ts';
import {
  advanceSchedule,
  describeScheduled,
  emptySchedule,
  isBusy,
  recoverState,
  type JobSchedule,
  type JobWish,
  type ScheduledJob,
  type ScheduleEvent,
  type ScheduleStep,
} from './job-schedule.ts';

/** Of jobs that have ended, those that did so last. */
const keptEndedJobs = 20;
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

/** What a run of a job is made of. */
interface Run {
  readonly control: JobControl;
  readonly ended: Promise<void>;
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

/** What keeps the records of jobs from one process to the next. */
export type JobStore = Pick<LibraryDatabase, 'createJob' | 'updateJob' | 'listJobs' | 'forgetJobs'>;

export interface JobRunnerOptions {
  readonly database: JobStore;
  readonly works: JobWorks;
  readonly now: () => number;
}

/** Every decision about a job is the schedule's (job-schedule.ts); this does what it decides. */
export class JobRunner {
  readonly jobs = new Emitter<JobSnapshot>();
  readonly #database: JobStore;
  readonly #works: JobWorks;
  readonly #now: () => number;
  /** All jobs, in the order in which they were asked for. */
  readonly #records = new Map<JobId, JobRecord>();
  /** Those that have ended, in the order in which they did. */
  readonly #endOrder = new Set<JobId>();
  readonly #runs = new Map<JobId, Run>();
  #schedule: JobSchedule = emptySchedule;
  /** What has happened while something that happened before is still being told. */
  #events: ScheduleEvent[] | null = null;
  /** Record writes go out in order, so that an old state never overwrites a newer one. */
  #writes: Promise<void> = Promise.resolve();
  #writeFailure: Error | null = null;
  /** Jobs are asked for one after another, so that the same is not begun twice. */
  #requests: Promise<unknown> = Promise.resolve();

  private constructor({ database, works, now }: JobRunnerOptions) {
    this.#database = database;
    this.#works = works;
    this.#now = now;
  }

  /** Takes over what an earlier process has left: what it did not end is interrupted, what was to be cancelled is. */
  static async open(options: JobRunnerOptions): Promise<JobRunner> {
    const runner = new JobRunner(options);
    for (const left of (await options.database.listJobs()).toReversed()) {
      const record: JobRecord = { ...left, state: recoverState(left.state) };
      runner.#records.set(record.id, record);
      if (isEnded(record.state)) runner.#endOrder.add(record.id);
      if (record.state !== left.state) runner.#writeRecord(record);
    }
    runner.#forgetEnded();
    await runner.#writes;
    return runner;
  }

  /** Newest first, as they stand now. */
  list(): JobSnapshot[] {
    return [...this.#records.values()].reverse();
  }

  /** @returns whether a job that changes the library is under way, or about to be */
  get isLibraryBusy(): boolean {
    return isBusy(this.#schedule, 'library');
  }

  get isBusy(): boolean {
    return isBusy(this.#schedule, null);
  }

  async start(task: JobTask): Promise<JobId> {
    return await this.#queueRequest(() => this.#create(task));
  }

  /** For work that is never done twice at once: goes on with the job that is at it, whatever it was told before.
   *  @returns a job that has not ended, of the same kind and pack, else a new one */
  async startOrResume(task: Exclude<JobTask, { kind: 'import' }>): Promise<JobId> {
    return await this.#queueRequest(async () => {
      const same = this.list().find((job) => job.kind === task.kind && job.pack === task.pack && !isEnded(job.state));
      if (same === undefined) return await this.#create(task);
      await this.resume(same.id);
      return same.id;
    });
  }

  /** @throws AppError "not-found", "conflict" where it has ended */
  async pause(jobId: JobId): Promise<void> {
    await this.#wish(jobId, 'pause');
  }

  /** Goes on with a paused job, or starts again what was interrupted, failed or cancelled: what it had done stays done.
   *  @throws AppError "not-found", "conflict" where it is done */
  async resume(jobId: JobId): Promise<void> {
    await this.#wish(jobId, 'run');
  }

  /** Ends a job of this process, or gives up one that an earlier process left. Answered, it outlives a kill.
   *  @throws AppError "not-found" where it has ended */
  async cancel(jobId: JobId): Promise<void> {
    await this.#wish(jobId, 'cancel');
  }

  /** Waits until a job of this process has ended.
   *  @throws what kept its record from being written */
  async waitFor(jobId: JobId): Promise<JobSnapshot> {
    while (this.#find(jobId) !== undefined) {
      await new Promise<void>((resolve) => {
        const stop = this.jobs.on((snapshot) => {
          if (snapshot.id !== jobId || this.#find(jobId) !== undefined) return;
          stop();
          resolve();
        });
      });
    }
    await this.#writes;
    if (this.#writeFailure) throw this.#writeFailure;
    return this.#requireRecord(jobId);
  }

  /** Stops what runs, leaving it to be continued by a later process. */
  async close(): Promise<void> {
    this.#advance({ kind: 'closing' });
    await this.#requests.catch(() => undefined);
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    await this.#writes;
  }

  async #queueRequest(request: () => Promise<JobId>): Promise<JobId> {
    const answer = this.#requests.catch(() => undefined).then(request);
    this.#requests = answer;
    return await answer;
  }

  async #create(task: JobTask): Promise<JobId> {
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
    this.#records.set(record.id, record);
    this.jobs.emit(record);
    this.#advance({ kind: 'asked', jobId: record.id, jobKind: record.kind });
    await this.#writes;
    return record.id;
  }

  /** Takes effect at once; waits until it is on record. */
  async #wish(jobId: JobId, wish: JobWish): Promise<void> {
    const record = this.#requireRecord(jobId);
    if (this.#find(jobId) !== undefined) this.#advance({ kind: 'wished', jobId, wish });
    else if (wish === 'run') this.#takeUp(record);
    else this.#putDown(record, wish);
    await this.#writes;
  }

  #takeUp(record: JobRecord): void {
    if (record.state === 'done') throw new AppError('conflict', `Expected a job that can go on but job ${record.id} is done`);
    this.#change(record.id, { state: 'queued', progress: continueProgress(record), error: null });
    this.#advance({ kind: 'asked', jobId: record.id, jobKind: record.kind });
  }

  /** What an earlier process has left, and nobody has taken up. */
  #putDown({ id, state }: JobRecord, wish: 'pause' | 'cancel'): void {
    if (state !== 'interrupted' && state !== 'paused') {
      throw new AppError('not-found', `Expected the id of a job that has not ended but received ${id}, which is ${state}`);
    }
    this.#change(id, { state: wish === 'pause' ? 'paused' : 'cancelled' });
  }

  #find(jobId: JobId): ScheduledJob | undefined {
    return this.#schedule.jobs.find(({ id }) => id === jobId);
  }

  #requireRecord(jobId: JobId): JobRecord {
    const record = this.#records.get(jobId);
    if (record === undefined) throw new AppError('not-found', `Expected the id of a job but received ${jobId}`);
    return record;
  }

  /** Does what follows from an event; what happens in the meantime comes after it. */
  #advance(event: ScheduleEvent): void {
    if (this.#events !== null) return void this.#events.push(event);
    this.#events = [event];
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const { schedule, steps } = advanceSchedule(this.#schedule, next);
        this.#schedule = schedule;
        for (const step of steps) this.#perform(step);
        for (const job of schedule.jobs) {
          const state = describeScheduled(job, schedule);
          if (this.#requireRecord(job.id).state !== state) this.#change(job.id, { state });
        }
      }
    } finally {
      this.#events = null;
    }
  }

  #perform(step: ScheduleStep): void {
    const control = this.#runs.get(step.jobId)?.control;
    switch (step.kind) {
      case 'begin':
        return this.#begin(step.jobId);
      case 'hold':
        return control?.pause();
      case 'go-on':
        return control?.resume();
      case 'stop':
        return control?.stop();
      case 'leave':
        this.#change(step.jobId, { state: step.state });
        return this.#forgetEnded();
    }
  }

  /** Those that ended longest ago. */
  #forgetEnded(): void {
    const surplus = [...this.#endOrder].slice(0, Math.max(0, this.#endOrder.size - keptEndedJobs));
    if (surplus.length === 0) return;
    for (const jobId of surplus) {
      this.#endOrder.delete(jobId);
      this.#records.delete(jobId);
    }
    this.#writes = this.#writes
      .then(() => this.#database.forgetJobs(surplus))
      .catch((error: unknown) => this.#noteWriteFailure(error));
  }

  #begin(jobId: JobId): void {
    const control = new JobControl(() => this.#advance({ kind: 'stood', jobId }));
    this.#change(jobId, { state: 'running', progress: continueProgress(this.#requireRecord(jobId)), error: null });
    // In a later turn: what is told of the job's beginning comes before what its work says.
    const ended = Promise.resolve().then(() => this.#run(jobId, control));
    this.#runs.set(jobId, { control, ended, lastReportMs: this.#now(), reportTimer: null });
  }

  async #run(jobId: JobId, control: JobControl): Promise<void> {
    let result: Partial<Pick<JobRecord, 'summary' | 'progress' | 'error'>>;
    let outcome: 'done' | 'failed';
    try {
      await control.checkpoint();
      const record = this.#requireRecord(jobId);
      // One kind's work gets that kind's jobs.
      const work = this.#works[record.kind] as (job: JobRecord, context: JobContext) => Promise<JobRecord['summary']>;
      const summary = await work(record, { control, report: (progress) => this.#report(jobId, control, progress) });
      const { progress } = this.#requireRecord(jobId);
      result = { summary, progress: { ...progress, stage: 'finished', secondsLeft: 0 } };
      outcome = 'done';
    } catch (error) {
      // Of work that was told to stop, it says nothing.
      result = control.signal.aborted ? {} : { error: serializeError(error) };
      outcome = 'failed';
    }
    const timer = this.#runs.get(jobId)?.reportTimer;
    if (timer) clearTimeout(timer);
    this.#runs.delete(jobId);
    this.#records.set(jobId, { ...this.#requireRecord(jobId), ...result } as JobRecord);
    this.#advance({ kind: 'ended', jobId, outcome });
  }

  #change(jobId: JobId, changes: Partial<JobFields>): void {
    const record: JobRecord = { ...this.#requireRecord(jobId), ...changes };
    this.#records.set(jobId, record);
    this.#endOrder.delete(jobId);
    if (isEnded(record.state)) this.#endOrder.add(jobId);
    const run = this.#runs.get(jobId);
    if (run) run.lastReportMs = this.#now();
    this.#writeRecord(record);
    this.jobs.emit(record);
  }

  #report(jobId: JobId, control: JobControl, progress: Partial<JobProgress>): void {
    const run = this.#runs.get(jobId);
    // Of a run that is over, nothing more is told.
    if (run?.control !== control) return;
    const record = this.#requireRecord(jobId);
    this.#records.set(jobId, { ...record, progress: { ...record.progress, ...progress } });
    if (run.reportTimer) return;
    const waitMs = Math.max(0, run.lastReportMs + reportEveryMs - this.#now());
    run.reportTimer = setTimeout(() => {
      run.reportTimer = null;
      this.#change(jobId, {});
    }, waitMs);
  }

  #noteWriteFailure(error: unknown): void {
    this.#writeFailure ??= error instanceof Error ? error : new Error(String(error));
  }

  #writeRecord(record: JobRecord): void {
    this.#writes = this.#writes
      .then(() => this.#database.updateJob(record))
      .catch((error: unknown) => this.#noteWriteFailure(error));
  }
}
