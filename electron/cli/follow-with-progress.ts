/** Follows a job with a progress bar, and ends it at Ctrl-C. */

import type { FollowOptions } from '../terminal/follow-job.ts';
import { createJobProgress } from '../terminal/job-progress.ts';
import type { LibraryContext } from './command-runner.ts';

/** @param follow follows the job with the options it is given
 *  @param isInterruptible whether Ctrl-C cancels the job; by default it does */
export async function followWithProgress<Value>(
  { session, output, environment }: Pick<LibraryContext, 'session' | 'output' | 'environment'>,
  follow: (options: FollowOptions) => Promise<Value>,
  { isInterruptible = true }: { isInterruptible?: boolean | undefined } = {},
): Promise<Value> {
  const isTerminal = output.stderr.isTTY ?? false;
  const progress = output.isJson && !isTerminal ? null : createJobProgress(output.stderr);
  const controller = new AbortController();
  const stopListening = isInterruptible
    ? environment.onInterrupt(() => {
        if (controller.signal.aborted) environment.quit();
        progress?.stop();
        output.tell('Stopping. What is done is kept: run the same command again to go on. Ctrl-C again quits at once.');
        controller.abort();
      })
    : null;
  try {
    return await follow({
      signal: controller.signal,
      onClose: session.onClose,
      onProgress: (job) => {
        if (!controller.signal.aborted) progress?.show(job);
      },
    });
  } finally {
    progress?.stop();
    stopListening?.();
  }
}
