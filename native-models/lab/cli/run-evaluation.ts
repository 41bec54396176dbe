/** Runs an evaluation for the commands that do: analyzers opened and closed, with progress and Ctrl-C. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { AppError } from '../../../electron/base/errors.ts';
import { analysisLimits, detectionEfforts, type DetectionEffort } from '../../../electron/engine/config.ts';
import { describeReason } from '../../../electron/terminal/messages.ts';
import type { EvaluationOptions, PhotoFailure } from '../evaluation/analyze-photos.ts';
import type { LabContext } from './lab-runner.ts';
import type { CliEnvironment } from '../../../electron/cli/environment.ts';
import { detectorNames, type Alignment, type DetectorName } from '../analysis/part-names.ts';
import type { PackAnalyzers } from './open-pack-analyzers.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { watchPhotos } from './watch-photos.ts';

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

/** Options that say with what photos are analyzed; every evaluation has them. */
export interface AnalyzerOptions {
  readonly effort: DetectionEffort;
  readonly pack?: string;
  readonly detector: DetectorName;
  readonly align?: Alignment;
}

/** @param usualPack for people, what is taken without `--pack` */
export function addAnalyzerOptions(command: Command, usualPack: string = 'standard'): Command {
  return command
    .option('--pack <name>', `the model pack (default: ${usualPack})`)
    .addOption(new Option('--effort <name>', 'how much is done to find small, blurred and turned faces').choices(detectionEfforts).default('balanced'))
    .addOption(
      new Option('--detector <name>', "what finds the faces: the pack's network, or HOG (upright faces only)").choices(detectorNames).default('network'),
    );
}

/** @param evaluate gets the analyzers, and what every evaluation is told
 *  @throws AppError "cancelled" after Ctrl-C */
export async function runEvaluation<Result>(
  context: LabContext,
  { effort, pack, detector, align }: AnalyzerOptions,
  evaluate: (analyzers: PackAnalyzers, options: Omit<EvaluationOptions, 'change'>) => Promise<Result>,
): Promise<Result> {
  const { openAnalyzers, runtime } = context;
  const { packsFolder, cacheFolder } = context.folders;
  const watch = watchPhotos(context);
  let analyzers: PackAnalyzers | null = null;
  try {
    analyzers = await openAnalyzers({ packsFolder, cacheFolder, runtime: runtime ?? 'auto', pack, effort, detector, align });
    const { signal, onProgress } = watch;
    return await evaluate(analyzers, { maxPixels: analysisLimits.maxPixels, signal, now: Date.now, onProgress });
  } finally {
    await analyzers?.pool.dispose();
    watch.close();
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

/** @param share 0 to 1 @param standardError of it; null where there is none */
export function formatWithError(share: number, standardError: number | null, digits: number = 2): string {
  return formatPercent(share, digits) + (standardError === null ? '' : ` +- ${formatPercent(standardError, digits)}`);
}
