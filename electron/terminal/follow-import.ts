/** Starts an import and follows it to its end, for hosts that have a terminal. */

import type { KindredApi } from '../api/contract.ts';
import type { ImportSummary, JobSnapshot } from '../api/schemas.ts';
import { AppError, deserializeError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';

export interface FollowOptions {
  /** Told of every step. */
  readonly onProgress?: (job: JobSnapshot) => void;
  /** Cancels the import; what is done stays done. */
  readonly signal?: AbortSignal;
  /** Where the connection may end under the import. */
  readonly onClose?: (listener: () => void) => () => void;
}

/** @param folders absolute paths
 *  @throws AppError "cancelled" once a cancelled import has stopped, "disconnected", or what the import failed of */
export async function followImport(
  api: KindredApi,
  folders: readonly string[],
  options: FollowOptions = {},
): Promise<ImportSummary> {
  const { onProgress, signal } = options;
  const ended = createDeferred<JobSnapshot>();
  const latest = new Map<JobId, JobSnapshot>();
  let jobId: JobId | null = null;

  const receive = (job: JobSnapshot): void => {
    // Steps may arrive before the answer that names the job.
    latest.set(job.id, job);
    if (job.id !== jobId) return;
    onProgress?.(job);
    if (hasEnded(job)) ended.resolve(job);
  };
  const stopListening = api.on('job', receive);
  const stopWatching = options.onClose?.(() => {
    ended.reject(new AppError('disconnected', 'Expected the import to go on but the connection ended'));
  });
  // A rejection before anybody waits is not unhandled: it is waited for below.
  ended.promise.catch(() => {});
  try {
    jobId = (await api.call('import.start', { folders: [...folders] })).jobId;
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
      return takeSummary(await ended.promise);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  } finally {
    stopListening();
    stopWatching?.();
  }
}

function hasEnded(job: JobSnapshot): boolean {
  return job.state !== 'queued' && job.state !== 'running' && job.state !== 'paused';
}

function takeSummary(job: JobSnapshot): ImportSummary {
  if (job.state === 'done' && job.summary !== null) return job.summary;
  if (job.error !== null) throw deserializeError(job.error);
  throw new AppError('cancelled', `The import ended as ${job.state}`);
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
