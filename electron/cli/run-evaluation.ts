/** Runs an evaluation for the commands that do: analyzers opened and closed, with progress and Ctrl-C. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/errors.ts';
import { analysisDefaults } from '../config.ts';
import { ProgressMeter } from '../jobs/progress-meter.ts';
import { createImportProgress } from '../terminal/import-progress.ts';
import { describeReason } from '../terminal/messages.ts';
import type { EvaluationOptions, PhotoFailure } from '../../native-models/evaluation/analyze-photos.ts';
import type { CommandContext } from './command-runner.ts';
import type { CliEnvironment } from './environment.ts';
import type { Analyzers } from './open-analyzers.ts';
import type { Output } from './output.ts';

/** @returns absolute
 *  @throws AppError "not-found" for what is no folder */
export async function resolveDataFolder(environment: CliEnvironment, folder: string): Promise<string> {
  const absolute = path.resolve(environment.currentFolder, folder);
  const found = await stat(absolute).catch(() => null);
  if (found?.isDirectory() !== true) {
    throw new AppError('not-found', `Expected a folder but received ${folder}`, {
      parameters: { kind: 'folder', path: folder },
    });
  }
  return absolute;
}

/** @param evaluate gets the analyzers, and what every evaluation is told
 *  @throws AppError "cancelled" after Ctrl-C */
export async function runEvaluation<Result>(
  { environment, output, folders, runtime }: CommandContext,
  evaluate: (analyzers: Analyzers, options: Omit<EvaluationOptions, 'change'>) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const progress = output.isJson && !output.stderr.isTTY ? null : createImportProgress(output.stderr);
  const stopListening = environment.onInterrupt(() => {
    if (controller.signal.aborted) environment.quit();
    progress?.stop();
    output.tell('Stopping. Ctrl-C again quits at once.');
    controller.abort();
  });
  let analyzers: Analyzers | null = null;
  try {
    analyzers = await environment.openAnalyzers({ packsFolder: folders.packsFolder, runtime });
    const meter = new ProgressMeter(Date.now);
    return await evaluate(analyzers, {
      maxPixels: analysisDefaults.maxPixels,
      signal: controller.signal,
      now: Date.now,
      onProgress: ({ done, total, faces, failed }) => {
        if (controller.signal.aborted) return;
        meter.record(done);
        const speed = { photosPerSecond: meter.perSecond, secondsLeft: meter.secondsLeft(total - done) };
        progress?.show({ state: 'running', progress: { stage: 'analyzing', done, total, faces, failed, ...speed } });
        // What is computed from the faces shows no progress of its own.
        if (done === total) progress?.stop();
      },
    });
  } finally {
    progress?.stop();
    await analyzers?.pool.dispose();
    stopListening();
  }
}

/** Photos that could not be read, one a line. */
export async function printFailures(output: Output, failed: readonly PhotoFailure[]): Promise<void> {
  for (const { photo, reason, detail } of failed) await output.print(`${photo}: ${describeReason(reason, detail)}`);
}

/** @param share 0 to 1 */
export function formatPercent(share: number, digits: number = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}
