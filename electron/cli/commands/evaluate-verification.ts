/** kindred evaluate verification: measures how well faces are told apart, every one with every other. */

import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { VerificationEvaluation } from '../../../native-models/evaluation/evaluate-verification.ts';
import type { PackManifest } from '../../../native-models/packs/manifest.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandContext, CommandRunner } from '../command-runner.ts';
import type { Output } from '../output.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import {
  addAnalyzerOptions,
  formatPercent,
  printFailures,
  resolveDataFolder,
  runEvaluation,
  type AnalyzerOptions,
} from '../run-evaluation.ts';

interface VerificationCommandOptions extends AnalyzerOptions {
  readonly data: string;
  readonly mostPhotos: number;
  readonly far: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

const largestCount = 1_000_000;
const mostRounds = 10_000;
const farDefaults = [1e-3, 1e-4, 1e-5];

export function addEvaluateVerificationCommand(evaluate: Command, runner: CommandRunner): void {
  addAnalyzerOptions(evaluate.command('verification'))
    .description('measure how well faces are told apart: VAL at given FARs over all pairs of main faces')
    .requiredOption('--data <folder>', 'a folder of photos for each person')
    .option('--most-photos <n>', 'photos that count of each person, the first by name', parseWholeNumber(2, largestCount), 6)
    .option('--far <shares>', 'shares of impostor pairs accepted, separated by commas', parseShares, farDefaults)
    .option('--bootstrap <rounds>', 'resamples of the people, for standard errors', parseWholeNumber(0, mostRounds), 200)
    .option('--seed <n>', 'of the resamples', parseWholeNumber(0, 2 ** 32 - 1), 1)
    .action((options: VerificationCommandOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: CommandContext, options: VerificationCommandOptions): Promise<void> {
  const folder = await resolveDataFolder(context.environment, options.data);
  const { output } = context;
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const { evaluateVerification } = await import('../../../native-models/evaluation/evaluate-verification.ts');
  await runEvaluation(context, options, async ({ pool, pack }, shared) => {
    const result = await evaluateVerification(pool, folder, {
      ...shared,
      mostPhotos: options.mostPhotos,
      verification: {
        metric: metricOf(pack),
        falseAcceptRates: options.far,
        bootstrapRounds: options.bootstrap,
        seed: options.seed,
      },
    });
    const { effort, detector, seed, bootstrap: rounds } = options;
    const setting = { pack: pack.name, effort, detector, runtime: pool.runtimeDescription, data: folder, seed, rounds };
    await (output.isJson ? output.printJson(toRecord(setting, result)) : print(output, folder, result));
  });
}

function metricOf({ embedder }: PackManifest): 'cosine' | 'euclidean' {
  return embedder.normalised ? 'cosine' : 'euclidean';
}

function toRecord(setting: object, { scores, ...result }: VerificationEvaluation) {
  return {
    ...setting,
    photos: result.photos,
    missed: result.missed,
    faces: scores.faces,
    people: scores.people,
    genuinePairs: scores.genuinePairs,
    impostorPairs: scores.impostorPairs,
    rates: scores.rates,
    equalError: scores.equalError,
    roc: scores.roc,
    failed: result.failed,
    seconds: result.seconds,
  };
}

async function print(output: Output, folder: string, { scores, ...result }: VerificationEvaluation): Promise<void> {
  await output.print(
    `${countOf(scores.faces, 'main face')} of ${countOf(scores.people, 'person', 'people')} in ${countOf(result.photos, 'photo')}, ` +
      `${result.missed.length} missed: ${countOf(scores.genuinePairs, 'genuine pair')}, ${countOf(scores.impostorPairs, 'impostor pair')}.`,
  );
  for (const { far, val, standardError, threshold, impostorsAccepted } of scores.rates) {
    const error = standardError === null ? '' : ` +- ${formatPercent(standardError)}`;
    await output.print(
      `VAL ${formatPercent(val)}${error} at FAR ${far.toExponential()}, ` +
        `distance ${threshold.toFixed(3)}, ${countOf(impostorsAccepted, 'impostor pair')} accepted`,
    );
  }
  await output.print(`EER ${formatPercent(scores.equalError.rate)} at distance ${scores.equalError.threshold.toFixed(3)}`);
  for (const photo of result.missed) await output.print(`missed  ${path.relative(folder, photo)}`);
  await printFailures(output, result.failed);
}

function parseShares(text: string): number[] {
  return text.split(',').map((part) => {
    const share = Number(part);
    if (part.trim() === '' || !(share > 0 && share < 1)) {
      throw new InvalidArgumentError('Expected shares between 0 and 1, such as 1e-3,1e-4.');
    }
    return share;
  });
}
