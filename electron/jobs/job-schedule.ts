/** Decides which jobs begin, stand still, stop and end: a pure function of what was asked for and of what has happened.
 *
 *  [Note: wishes] A job carries the last wish of whoever asked, and how far its work is. What is said of it follows from
 *  the two. A wish that comes while its opposite winds down waits until that has happened, and is fulfilled then: a job
 *  resumed while it is being cancelled begins anew once its work has stopped. */

import type { JobKind, JobState } from '../api/schemas.ts';
import type { JobId } from '../base/ids.ts';

export type JobWish = 'run' | 'pause' | 'cancel';

/** under-way: called, and not at a checkpoint of a pause. standing: waits at one. stopping: told to stop, not stopped yet. */
type WorkState = 'none' | 'under-way' | 'standing' | 'stopping';

/** Jobs of one lane wait for each other. */
const lanes = { import: 'library', 'switch-pack': 'library', learn: 'library', 'download-pack': 'download' } as const satisfies Record<
  JobKind,
  string
>;
export type JobLane = (typeof lanes)[JobKind];

export interface ScheduledJob {
  readonly id: JobId;
  readonly lane: JobLane;
  readonly wish: JobWish;
  readonly work: WorkState;
}

export interface JobSchedule {
  /** Nothing begins any more, and what runs is left for a later process. */
  readonly isClosing: boolean;
  /** In the order in which they begin. */
  readonly jobs: readonly ScheduledJob[];
}

export type ScheduleEvent =
  | { readonly kind: 'asked'; readonly jobId: JobId; readonly jobKind: JobKind }
  | { readonly kind: 'wished'; readonly jobId: JobId; readonly wish: JobWish }
  /** The work waits at a checkpoint because of a pause. */
  | { readonly kind: 'stood'; readonly jobId: JobId }
  | { readonly kind: 'ended'; readonly jobId: JobId; readonly outcome: 'done' | 'failed' }
  | { readonly kind: 'closing' };

/** What is to be done about a job's work, or what is said of a job that leaves the schedule. */
export type ScheduleStep =
  | { readonly kind: 'begin' | 'hold' | 'go-on' | 'stop'; readonly jobId: JobId }
  | { readonly kind: 'leave'; readonly jobId: JobId; readonly state: 'done' | 'failed' | 'cancelled' | 'interrupted' | 'paused' };

/** How a schedule is afterwards, and what follows from that, to be done in this order. */
export interface Advance {
  readonly schedule: JobSchedule;
  readonly steps: readonly ScheduleStep[];
}

export const emptySchedule: JobSchedule = { isClosing: false, jobs: [] };

/** An event of a job that is not in the schedule changes nothing. */
export function advanceSchedule(schedule: JobSchedule, event: ScheduleEvent): Advance {
  if (event.kind === 'closing') return close(schedule);
  if (event.kind === 'asked') return ask(schedule, { id: event.jobId, lane: lanes[event.jobKind], wish: 'run', work: 'none' });
  const job = schedule.jobs.find(({ id }) => id === event.jobId);
  if (job === undefined) return { schedule, steps: [] };
  switch (event.kind) {
    case 'wished':
      return fulfil(schedule, job, event.wish);
    case 'stood':
      return job.work === 'under-way' && job.wish === 'pause' ? keep(schedule, { ...job, work: 'standing' }) : { schedule, steps: [] };
    case 'ended':
      return end(schedule, job, event.outcome);
  }
}

/** What is said of a job in the schedule. */
export function describeScheduled({ wish, work }: ScheduledJob, { isClosing }: JobSchedule): JobState {
  if (wish === 'cancel') return 'cancelling';
  if (work === 'none' || (work === 'stopping' && !isClosing)) return wish === 'run' ? 'queued' : 'paused';
  if (wish === 'run') return 'running';
  return work === 'under-way' ? 'pausing' : 'paused';
}

/** What a process that ended without a word has left. */
export function recoverState(state: JobState): JobState {
  if (state === 'queued' || state === 'running') return 'interrupted';
  if (state === 'pausing') return 'paused';
  return state === 'cancelling' ? 'cancelled' : state;
}

/** @returns whether a job of the lane is under way, or about to be */
export function isBusy({ jobs }: JobSchedule, lane: JobLane | null): boolean {
  return jobs.some((job) => (lane === null || job.lane === lane) && (job.wish === 'run' || job.work !== 'none'));
}

function ask(schedule: JobSchedule, job: ScheduledJob): Advance {
  if (schedule.jobs.some(({ id }) => id === job.id)) return { schedule, steps: [] };
  if (schedule.isClosing) return { schedule, steps: [{ kind: 'leave', jobId: job.id, state: 'interrupted' }] };
  return fillLanes({ ...schedule, jobs: [...schedule.jobs, job] });
}

function fulfil(schedule: JobSchedule, job: ScheduledJob, wish: JobWish): Advance {
  const wished: ScheduledJob = { ...job, wish };
  switch (job.work) {
    case 'none':
      return wish === 'cancel' ? leave(schedule, job, 'cancelled') : fillLanes(replace(schedule, wished));
    case 'stopping':
      return keep(schedule, wished);
    case 'under-way':
    case 'standing':
      if (wish === 'cancel') return keep(schedule, { ...wished, work: 'stopping' }, 'stop');
      if (wish === 'run') return keep(schedule, { ...wished, work: 'under-way' }, 'go-on');
      return keep(schedule, wished, 'hold');
  }
}

function end(schedule: JobSchedule, job: ScheduledJob, outcome: 'done' | 'failed'): Advance {
  // Whatever work says that was told to stop, it has stopped; unless it was through by then.
  if (outcome === 'done' || job.work !== 'stopping') return leave(schedule, job, outcome);
  if (job.wish === 'cancel') return leave(schedule, job, 'cancelled');
  if (schedule.isClosing) return leave(schedule, job, job.wish === 'run' ? 'interrupted' : 'paused');
  return fillLanes(replace(schedule, { ...job, work: 'none' }));
}

function close(schedule: JobSchedule): Advance {
  const jobs: ScheduledJob[] = [];
  const steps: ScheduleStep[] = [];
  for (const job of schedule.jobs) {
    if (job.work === 'none') {
      steps.push({ kind: 'leave', jobId: job.id, state: job.wish === 'run' ? 'interrupted' : 'paused' });
      continue;
    }
    if (job.work !== 'stopping') steps.push({ kind: 'stop', jobId: job.id });
    jobs.push({ ...job, work: 'stopping' });
  }
  return { schedule: { isClosing: true, jobs }, steps };
}

/** Whoever is next in a lane where nothing is under way begins. */
function fillLanes(schedule: JobSchedule): Advance {
  const steps: ScheduleStep[] = [];
  if (schedule.isClosing) return { schedule, steps };
  const taken = new Set(schedule.jobs.filter(({ work }) => work !== 'none').map(({ lane }) => lane));
  const jobs = schedule.jobs.map((job): ScheduledJob => {
    if (job.wish !== 'run' || job.work !== 'none' || taken.has(job.lane)) return job;
    taken.add(job.lane);
    steps.push({ kind: 'begin', jobId: job.id });
    return { ...job, work: 'under-way' };
  });
  return { schedule: { ...schedule, jobs }, steps };
}

function leave(schedule: JobSchedule, job: ScheduledJob, state: Extract<ScheduleStep, { kind: 'leave' }>['state']): Advance {
  const rest = fillLanes({ ...schedule, jobs: schedule.jobs.filter(({ id }) => id !== job.id) });
  return { ...rest, steps: [{ kind: 'leave', jobId: job.id, state }, ...rest.steps] };
}

function keep(schedule: JobSchedule, job: ScheduledJob, step?: 'hold' | 'go-on' | 'stop'): Advance {
  return { schedule: replace(schedule, job), steps: step === undefined ? [] : [{ kind: step, jobId: job.id }] };
}

function replace(schedule: JobSchedule, job: ScheduledJob): JobSchedule {
  return { ...schedule, jobs: schedule.jobs.map((known) => (known.id === job.id ? job : known)) };
}
