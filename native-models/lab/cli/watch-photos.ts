/** Shows how far a command is that looks at many photos, and stops it at Ctrl-C. */

import { ProgressMeter } from '../../../electron/jobs/progress-meter.ts';
import { createJobProgress } from '../../../electron/terminal/job-progress.ts';
import type { EvaluationProgress } from '../evaluation/analyze-photos.ts';
import type { LabContext } from './lab-runner.ts';

export interface PhotoWatch {
  /** Aborted by the first Ctrl-C; the second ends the process. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EvaluationProgress) => void;
  /** Clears the way for other output, and leaves Ctrl-C alone again. */
  close(): void;
}

export function watchPhotos({ environment, output }: Pick<LabContext, 'environment' | 'output'>): PhotoWatch {
  const controller = new AbortController();
  const progress = output.isJson && !output.stderr.isTTY ? null : createJobProgress(output.stderr);
  const stopListening = environment.onInterrupt(() => {
    if (controller.signal.aborted) environment.quit();
    progress?.stop();
    output.tell('Stopping. Ctrl-C again quits at once.');
    controller.abort();
  });
  const meter = new ProgressMeter(Date.now);
  return {
    signal: controller.signal,
    onProgress: ({ done, total, faces, failed }) => {
      if (controller.signal.aborted) return;
      meter.record(done);
      const speed = { photosPerSecond: meter.perSecond, secondsLeft: meter.secondsLeft(total - done) };
      progress?.show({ kind: 'import', state: 'running', progress: { stage: 'analyzing', done, total, faces, failed, ...speed } });
      // What is computed from the faces shows no progress of its own.
      if (done === total) progress?.stop();
    },
    close: () => {
      progress?.stop();
      stopListening();
    },
  };
}
