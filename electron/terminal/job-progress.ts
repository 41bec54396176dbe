/** Shows how far a job is: a bar on a terminal, a line now and then elsewhere. */

import { SingleBar } from 'cli-progress';
import type { JobProgress, JobSnapshot } from '../api/schemas.ts';
import { countOf } from './terminal.ts';
import type { TextStream } from './terminal.ts';

export type ShownJob = Pick<JobSnapshot, 'kind' | 'state' | 'progress'>;

export interface JobProgressView {
  show(job: ShownJob): void;
  /** Clears the way for other output. */
  stop(): void;
}

const stageNames: Readonly<Record<JobProgress['stage'], string>> = {
  preparing: 'Preparing',
  walking: 'Looking for photos',
  downloading: 'Downloading',
  analyzing: 'Finding faces',
  learning: 'Learning',
  clustering: 'Grouping people',
  finished: 'Finished',
};

/** Without a bar, a line whenever this share more is done. */
const lineEveryShare = 0.1;

export function createJobProgress(stream: TextStream): JobProgressView {
  return stream.isTTY ? createBar(stream) : createLines(stream);
}

function createBar(stream: TextStream): JobProgressView {
  const bar = new SingleBar({
    format: '{stage} [{bar}] {done} {details}',
    stream: stream as unknown as NodeJS.WritableStream,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    // Signals are the command's to handle: the import is cancelled, not the bar.
    gracefulExit: false,
    emptyOnZero: true,
  });
  let isStarted = false;
  return {
    show: (job) => {
      const { progress } = job;
      const stage = nameStage(job).padEnd(18);
      const done = describeDone(job);
      const payload = { stage, done, details: describeDetails(progress) };
      // The bar wants a length even while the walk still counts.
      const total = progress.total ?? Math.max(progress.done, 1);
      const value = progress.total === null ? 0 : progress.done;
      if (isStarted) {
        bar.setTotal(total);
        bar.update(value, payload);
      } else {
        bar.start(total, value, payload);
        isStarted = true;
      }
    },
    stop: () => {
      if (isStarted) bar.stop();
      isStarted = false;
    },
  };
}

function createLines(stream: TextStream): JobProgressView {
  let lastStage: string | null = null;
  let lastShare = 0;
  return {
    show: (job) => {
      const { progress } = job;
      const share = progress.total ? progress.done / progress.total : 0;
      if (progress.stage === 'preparing' || progress.stage === 'finished') return;
      if (progress.stage === lastStage && share < lastShare + lineEveryShare) return;
      lastStage = progress.stage;
      lastShare = share;
      const done = progress.total === null ? '' : ` ${describeDone(job)}`;
      const details = describeDetails(progress);
      stream.write(`${nameStage(job)}${done}${details === '' ? '' : `, ${details}`}\n`);
    },
    stop: () => {},
  };
}

function nameStage({ kind, state, progress }: ShownJob): string {
  if (state === 'paused') return 'Paused';
  if (state === 'pausing') return 'Pausing';
  if (state === 'cancelling') return 'Cancelling';
  if (kind === 'switch-pack' && progress.stage === 'analyzing') return 'Looking again';
  return stageNames[progress.stage];
}

function describeDone({ progress: { stage, done, total } }: ShownJob): string {
  const format = stage === 'downloading' ? formatBytes : String;
  return total === null ? format(done) : `${format(done)}/${format(total)}`;
}

/** @returns such as "38.9 MB" */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function describeDetails({ faces, failed, photosPerSecond, secondsLeft }: JobProgress): string {
  const parts = [];
  if (faces > 0) parts.push(countOf(faces, 'face'));
  if (failed > 0) parts.push(`${failed} failed`);
  if (photosPerSecond !== null) parts.push(`${photosPerSecond.toFixed(1)} photos/s`);
  if (secondsLeft !== null && secondsLeft > 0) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join(', ');
}

/** @returns such as "42 s", "3 min 20 s", "1 h 5 min" */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
