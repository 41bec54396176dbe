/** Starts a job and follows it to its end, for hosts that have a terminal. */

import type { KindredApi } from '../api/contract.ts';
import { isEnded } from '../api/job-states.ts';
import type { DetectionEffort, ImportSummary, JobSnapshot, SwitchSummary } from '../api/schemas.ts';
import { AppError, deserializeError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';

export interface FollowOptions {
  /** Called with every step. */
  readonly onProgress?: (job: JobSnapshot) => void;
  /** Cancels the job; what is done stays done. */
  readonly signal?: AbortSignal;
  /** Where the connection may end under the job. */
  readonly onClose?: (listener: () => void) => () => void;
}

/** @param folders absolute paths
 *  @throws AppError "cancelled" once a cancelled import has stopped, "disconnected", or what the import failed of */
export async function followImport(
  api: KindredApi,
  folders: readonly string[],
  { effort = null, ...options }: FollowOptions & { readonly effort?: DetectionEffort | null } = {},
): Promise<ImportSummary> {
  const job = await followJob(api, async () => (await api.call('import.start', { folders: [...folders], effort })).jobId, options);
  if (job?.kind === 'import' && job.summary !== null) return await withAllFailures(api, job.id, job.summary);
  throw new AppError('internal', 'Expected the summary of an import but the job has none');
}

/** @param start null where there turns out to be nothing to do
 *  @returns the job once it is done
 *  @throws AppError "cancelled" once a cancelled job has stopped, "disconnected", or what the job failed of */
export async function followJob(
  api: KindredApi,
  start: () => Promise<JobId | null>,
  options: FollowOptions = {},
): Promise<JobSnapshot | null> {
  const { onProgress, signal } = options;
  const ended = createDeferred<JobSnapshot>();
  const latest = new Map<JobId, JobSnapshot>();
  let jobId: JobId | null = null;

  const receive = (job: JobSnapshot): void => {
    // Steps may arrive before the answer that names the job.
    latest.set(job.id, job);
    if (job.id !== jobId) return;
    onProgress?.(job);
    if (isEnded(job.state)) ended.resolve(job);
  };
  const stopListening = api.on('job', receive);
  const stopWatching = options.onClose?.(() => {
    ended.reject(new AppError('disconnected', 'Expected the job to go on but the connection ended'));
  });
  // A rejection before anybody waits is not unhandled: it is waited for below.
  ended.promise.catch(() => {});
  try {
    jobId = await start();
    if (jobId === null) return null;
    const startedJobId = jobId;
    const early = latest.get(startedJobId);
    if (early !== undefined) receive(early);
    const cancel = (): void => {
      // Where the job has ended meanwhile there is nothing to cancel, and the end is reported anyway.
      api.call('jobs.cancel', { jobId: startedJobId }).catch(() => {});
    };
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return requireDone(await ended.promise);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  } finally {
    stopListening();
    stopWatching?.();
  }
}

/** A summary holds the first failures alone: whoever reads it at a terminal is told all. */
export async function withAllFailures<Summary extends ImportSummary | SwitchSummary>(api: KindredApi, jobId: JobId, summary: Summary): Promise<Summary> {
  const failed = [...summary.failed];
  while (failed.length < summary.failedCount) {
    const { failures } = await api.call('jobs.failures', { jobId, offset: failed.length, limit: 1000 });
    if (failures.length === 0) break;
    failed.push(...failures);
  }
  return { ...summary, failed };
}

function requireDone(job: JobSnapshot): JobSnapshot {
  if (job.state === 'done') return job;
  if (job.error !== null) throw deserializeError(job.error);
  throw new AppError('cancelled', `Expected the job to be done but it ended as ${job.state}`);
}

/** Promise.withResolvers, which Node 20 does not have. */
function createDeferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}
