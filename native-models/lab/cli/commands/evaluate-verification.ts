/** kindred evaluate verification: measures how well faces are told apart, every one with every other or in given pairs. */

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../../electron/base/errors.ts';
import type { VerificationEvaluation } from '../../evaluation/evaluate-verification.ts';
import type { PairScores } from '../../evaluation/pairs/pair-protocol.ts';
import type { SplitScores } from '../../evaluation/verification-splits.ts';
import type { PackManifest } from '../../../packs/manifest.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { addEmbeddingOptions, gatherFaces, type GatheredFaces } from '../gather-labeled-faces.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { addRateOptions, type RateOptions } from '../rate-options.ts';
import { addAnalyzerOptions, formatPercent, formatWithError, printFailures, resolveDataFolder, type AnalyzerOptions } from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';
import { UsageError } from '../../../../electron/cli/usage-error.ts';

interface VerificationCommandOptions extends AnalyzerOptions, RateOptions {
  readonly data: string;
  readonly mostPhotos: number;
  readonly splits: number;
  readonly pairs?: string;
  readonly makePairs?: string;
  readonly pairsPerFold: number;
  readonly cache?: string;
  readonly svg?: string;
}

interface Measured {
  readonly folder: string;
  readonly photos: number;
  /** Paths. */
  readonly missed: readonly string[];
  readonly gathered: GatheredFaces;
}

const largestCount = 1_000_000;
const mostSplits = 100;
/** As Labeled Faces in the Wild has. */
const pairFolds = 10;

export function addEvaluateVerificationCommand(evaluate: Command, runner: LabRunner): void {
  const command = addEmbeddingOptions(addAnalyzerOptions(evaluate.command('verification')))
    .description('measure how well faces are told apart: VAL at given FARs over all pairs of main faces, or accuracy on given pairs')
    .requiredOption('--data <folder>', 'a folder of photos for each person')
    .option('--most-photos <n>', 'photos that count of each person, the first by name', parseWholeNumber(2, largestCount), 6)
    .option('--splits <n>', 'parts that the people are dealt into for a mean and its standard error', parseWholeNumber(2, mostSplits), 5)
    .option('--pairs <file>', 'measure on these pairs instead, in the format of pairs.txt of Labeled Faces in the Wild')
    .option('--make-pairs <file>', `draw such pairs in ${pairFolds} folds by the seed, write them, and do nothing else`)
    .option('--pairs-per-fold <n>', 'pairs of each kind in a fold, for --make-pairs', parseWholeNumber(1, largestCount), 300)
    .option('--svg <folder>', 'draw the ROC curve and the distances into this folder');
  addRateOptions(command).action((options: VerificationCommandOptions) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: VerificationCommandOptions): Promise<void> {
  if (options.makePairs !== undefined) return await makePairs(context, options, options.makePairs);
  if (options.pairs !== undefined) return await runPairs(context, options, options.pairs);
  const { output } = context;
  const folder = await resolveDataFolder(context.environment, options.data);
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const { evaluateVerification, listMissed } = await import('../../evaluation/evaluate-verification.ts');
  const { capPhotos, listLabeledPhotos } = await import('../../evaluation/people-folder.ts');
  const photos = capPhotos(await listLabeledPhotos(folder), options.mostPhotos);
  const gathered = await gatherFaces(context, options, folder, photos);
  const { far, bootstrap: rounds, seed, splits } = options;
  const result = evaluateVerification(gathered.photos, {
    metric: metricOf(gathered.pack),
    falseAcceptRates: far,
    bootstrapRounds: rounds,
    seed,
    splits,
  });
  if (options.svg !== undefined) {
    const { drawVerification } = await import('../../evaluation/draw-verification.ts');
    const charts = drawVerification(`${gathered.pack.name} pack`, result.scores);
    await saveCharts(context, options.svg, { 'roc.svg': charts.roc, 'distances.svg': charts.distances });
  }
  const measured = { folder, photos: photos.length, missed: listMissed(folder, photos, gathered.photos), gathered };
  if (!output.isJson) return await print(output, measured, result, splits);
  await output.printJson({ ...describeSetting(options, measured), rounds, seed, ...result.scores, splits: result.splits });
}

async function makePairs({ environment, output }: LabContext, options: VerificationCommandOptions, file: string): Promise<void> {
  if (options.pairs !== undefined) throw new UsageError('--make-pairs draws pairs and --pairs measures on them: one at a time');
  const folder = await resolveDataFolder(environment, options.data);
  const { listLabeledPhotos } = await import('../../evaluation/people-folder.ts');
  const { drawPairs } = await import('../../evaluation/pairs/pair-photos.ts');
  const { formatPairs } = await import('../../evaluation/pairs/pairs-file.ts');
  const { pairsPerFold, seed } = options;
  const folds = drawPairs(await listLabeledPhotos(folder), { folds: pairFolds, pairsPerFold, seed });
  const target = path.resolve(environment.currentFolder, file);
  await writeFile(target, formatPairs(folds));
  const count = folds.flat().length;
  if (output.isJson) return await output.printJson({ file: target, folds: pairFolds, pairsPerFold, pairs: count, seed });
  await output.print(`${countOf(count, 'pair')} in ${pairFolds} folds written to ${target}.`);
}

async function runPairs(context: LabContext, options: VerificationCommandOptions, file: string): Promise<void> {
  if (options.svg !== undefined) throw new UsageError('--svg is for all pairs, without --pairs');
  const { environment, output } = context;
  const folder = await resolveDataFolder(environment, options.data);
  const { evaluatePairs, listMissed, listPairPhotos } = await import('../../evaluation/evaluate-verification.ts');
  const { listLabeledPhotos } = await import('../../evaluation/people-folder.ts');
  const { indexPairPhotos } = await import('../../evaluation/pairs/pair-photos.ts');
  const { parsePairs } = await import('../../evaluation/pairs/pairs-file.ts');
  const text = await readFile(path.resolve(environment.currentFolder, file), 'utf8').catch((cause: unknown) => {
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause, parameters: { path: file } });
  });
  const folds = parsePairs(text, file);
  const find = indexPairPhotos(await listLabeledPhotos(folder));
  const photos = listPairPhotos(folds, find, file);
  const gathered = await gatherFaces(context, options, folder, photos);
  const scores = evaluatePairs(folds, find, gathered.photos, { folder, metric: metricOf(gathered.pack) });
  const measured = { folder, photos: photos.length, missed: listMissed(folder, photos, gathered.photos), gathered };
  if (!output.isJson) return await printPairs(output, measured, scores);
  await output.printJson({ ...describeSetting(options, measured), protocol: 'pairs', file, ...scores });
}

function metricOf({ embedder }: PackManifest): 'cosine' | 'euclidean' {
  return embedder.normalised ? 'cosine' : 'euclidean';
}

function describeSetting({ effort, detector, align }: VerificationCommandOptions, { folder, photos, missed, gathered }: Measured) {
  const { pack, runtime, failed, seconds } = gathered;
  return { pack: pack.name, effort, detector, align, runtime, data: folder, photos, missed, failed, seconds };
}

async function print(output: Output, measured: Measured, { scores, splits }: VerificationEvaluation, splitCount: number): Promise<void> {
  await output.print(
    `${countOf(scores.faces, 'main face')} of ${countOf(scores.people, 'person', 'people')} in ${countOf(measured.photos, 'photo')}, ` +
      `${measured.missed.length} missed: ${countOf(scores.genuinePairs, 'genuine pair')}, ${countOf(scores.impostorPairs, 'impostor pair')}.`,
  );
  for (const { far, val, standardError, threshold, impostorsAccepted } of scores.rates) {
    await output.print(
      `VAL ${formatWithError(val, standardError)} at FAR ${far.toExponential()}, ` +
        `distance ${threshold.toFixed(3)} (squared ${(threshold ** 2).toFixed(3)}), ${countOf(impostorsAccepted, 'impostor pair')} accepted`,
    );
  }
  await output.print(`EER ${formatPercent(scores.equalError.rate)} at distance ${scores.equalError.threshold.toFixed(3)}`);
  if (splits === null) await output.print(`Too few people for means over ${splitCount} splits.`);
  else await printSplits(output, splits);
  await printMissed(output, measured);
}

async function printSplits(output: Output, { parts, rates }: SplitScores): Promise<void> {
  const fewest = Math.min(...parts.map(({ impostorPairs }) => impostorPairs));
  await output.print(
    `${parts.length} splits of the people, ${Math.min(...parts.map(({ people }) => people))} or more in each, ` +
      `${countOf(fewest, 'impostor pair')} or more: mean and standard error over the splits.`,
  );
  for (const { far, val, standardError } of rates) {
    await output.print(
      val === null
        ? `FAR ${far.toExponential()}: a split has too few impostor pairs; the figure over all pairs above counts`
        : `VAL ${formatWithError(val, standardError)} at FAR ${far.toExponential()}`,
    );
  }
}

async function printPairs(output: Output, measured: Measured, { pairs, undecided, accuracy, standardError, folds }: PairScores): Promise<void> {
  await output.print(
    `${countOf(pairs, 'pair')} of ${countOf(measured.photos, 'photo')} in ${folds.length} folds: accuracy ${formatWithError(accuracy, standardError)}.`,
  );
  await output.print(
    `${countOf(measured.missed.length, 'photo')} without a main face: ${countOf(undecided, 'pair')} counted as wrong for it.`,
  );
  for (const [fold, { accuracy: own, threshold }] of folds.entries()) {
    await output.print(`fold ${fold + 1}: ${formatPercent(own)} at distance ${threshold.toFixed(3)}`);
  }
  await printMissed(output, measured);
}

async function printMissed(output: Output, { folder, missed, gathered }: Measured): Promise<void> {
  for (const photo of missed) await output.print(`missed  ${path.relative(folder, photo)}`);
  await printFailures(output, gathered.failed);
}
