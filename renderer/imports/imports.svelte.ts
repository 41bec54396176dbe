/** The imports and other jobs under way, as the bar at the foot of the window shows them, and how one is started. */

import type { KindredApi } from '../../electron/api/contract.ts';
import { isEnded } from '../../electron/api/job-states.ts';
import type { JobSnapshot } from '../../electron/api/schemas.ts';
import type { JobId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';

export function isOpenJob(job: JobSnapshot): boolean {
  return job.state === 'interrupted' || !isEnded(job.state);
}

export class Imports {
  /** In the order in which they were started. */
  jobs = $state.raw<readonly JobSnapshot[]>([]);
  isStarting = $state(false);
  /** The job whose pause, resume or cancel has not been answered yet. */
  busyJobId = $state<JobId | null>(null);
  /** Finished jobs are shown only if they ran before this window's eyes. */
  readonly #seenOpen = new Set<JobId>();
  #dismissed = $state.raw<ReadonlySet<JobId>>(new Set());
  readonly #api: KindredApi;
  readonly #actions: Actions;

  constructor(api: KindredApi, actions: Actions) {
    this.#api = api;
    this.#actions = actions;
  }

  /** The one job the bar shows: what runs, else what waits for the user, else what has just ended. */
  get shown(): JobSnapshot | null {
    // What is learnt in between asks nothing of the user: once it runs no more, the settings tell of it.
    const isTold = ({ kind, state }: JobSnapshot): boolean => kind !== 'learn' || state === 'running' || state === 'failed';
    const visible = this.jobs.filter((job) => isTold(job) && !this.#dismissed.has(job.id));
    const newestOf = (...states: JobSnapshot['state'][]): JobSnapshot | undefined =>
      visible.findLast((job) => states.includes(job.state));
    return (
      newestOf('running', 'pausing', 'cancelling') ??
      newestOf('paused') ??
      newestOf('queued') ??
      newestOf('interrupted') ??
      visible.findLast((job) => this.#seenOpen.has(job.id)) ??
      null
    );
  }

  get isActive(): boolean {
    return this.jobs.some((job) => job.kind !== 'download-pack' && job.kind !== 'learn' && !isEnded(job.state) && job.state !== 'paused');
  }

  get waiting(): number {
    return this.jobs.filter((job) => job.state === 'queued').length;
  }

  /** All jobs, as the engine lists them. */
  replaceAll(jobs: readonly JobSnapshot[]): void {
    for (const job of jobs) this.#note(job);
    this.jobs = [...jobs].sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  receive(job: JobSnapshot): void {
    this.#note(job);
    const index = this.jobs.findIndex((known) => known.id === job.id);
    this.jobs = index < 0 ? [...this.jobs, job] : this.jobs.with(index, job);
  }

  async start(folders: readonly string[]): Promise<boolean> {
    return this.#start(async () => {
      const { jobId } = await this.#api.call('import.start', { folders: [...folders] });
      return jobId;
    });
  }

  async startSamples(): Promise<boolean> {
    return this.#start(async () => {
      const { jobId } = await this.#api.call('import.startSamples', {});
      return jobId;
    });
  }

  /** Of packs, from the newest on: what is being done for one. */
  findOpenFor(pack: string): JobSnapshot | null {
    return this.jobs.findLast((job) => job.kind !== 'import' && job.kind !== 'learn' && job.pack === pack && isOpenJob(job)) ?? null;
  }

  /** A job that something else has started: how it ends is shown, too. */
  follow(jobId: JobId): void {
    this.#seenOpen.add(jobId);
  }

  pause(jobId: JobId): Promise<void> {
    return this.#control('jobs.pause', jobId);
  }

  resume(jobId: JobId): Promise<void> {
    return this.#control('jobs.resume', jobId);
  }

  cancel(jobId: JobId): Promise<void> {
    return this.#control('jobs.cancel', jobId);
  }

  /** Puts a job out of sight, and leaves it be. */
  dismiss(jobId: JobId): void {
    this.#dismissed = new Set([...this.#dismissed, jobId]);
  }

  #note(job: JobSnapshot): void {
    if (!isOpenJob(job)) return;
    this.#seenOpen.add(job.id);
    // Continued after it had been dismissed: it is news again.
    const before = this.jobs.find(({ id }) => id === job.id);
    if (job.state === 'running' && before?.state !== 'running' && this.#dismissed.has(job.id)) {
      this.#dismissed = new Set([...this.#dismissed].filter((id) => id !== job.id));
    }
  }

  async #start(begin: () => Promise<JobId>): Promise<boolean> {
    if (this.isStarting) return false;
    this.isStarting = true;
    try {
      // Remembered, so that an import over before its first event still shows how it ended.
      this.#seenOpen.add(await begin());
      return true;
    } catch (error) {
      this.#actions.reportError(error);
      return false;
    } finally {
      this.isStarting = false;
    }
  }

  async #control(method: 'jobs.pause' | 'jobs.resume' | 'jobs.cancel', jobId: JobId): Promise<void> {
    this.busyJobId = jobId;
    try {
      await this.#api.call(method, { jobId });
    } catch (error) {
      this.#actions.reportError(error);
    } finally {
      this.busyJobId = null;
    }
  }
}
