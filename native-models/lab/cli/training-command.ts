/** What kindred train and the studies that train share: options, chips, a backend, progress and Ctrl-C. */

import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultPack } from '../../../electron/engine/config.ts';
import { pipelineVersion } from '../../../electron/pipeline/pipeline-version.ts';
import { analysisLimits, defaultEffort } from '../../../electron/engine/config.ts';
import { fingerprintPack } from '../../packs/fingerprint-pack.ts';
import type { ChipShape } from '../training/chips/chip-shape.ts';
import type { TrainingChip } from '../training/chips/training-chip.ts';
import type { TrainingBackend } from '../training/open-training-backend.ts';
import type { TrainingProgress } from '../training/runs/train-network.ts';
import type { TrainingOptions } from '../training/runs/training-options.ts';
import { countOf } from '../../../electron/terminal/terminal.ts';
import type { LabContext } from './lab-runner.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../electron/cli/parse-whole-number.ts';
import { formatPercent, printFailures, resolveDataFolder, runEvaluation } from './run-evaluation.ts';

export interface TrainingCommandOptions {
  readonly data: string;
  readonly dims: number;
  readonly normalisation: 'batch' | 'local-response';
  readonly margin: number;
  readonly people: number;
  readonly faces: number;
  readonly batch: number;
  readonly slice: number;
  readonly negatives: TrainingOptions['negatives'];
  readonly positives: TrainingOptions['positives'];
  readonly optimizer: TrainingOptions['optimiser'];
  readonly learningRate: number;
  readonly lowerAt: readonly number[];
  readonly augment: 'none' | 'light' | 'strong';
  readonly steps: number;
  readonly minutes?: number;
  readonly checkEvery: number;
  readonly patience: number;
  readonly seed: number;
  readonly splitSeed: number;
  readonly cache?: string;
  readonly threads: number;
}

const largest = 100_000_000;
const validationShare = 0.15;
const testShare = 0.15;

export function addTrainingOptions(command: Command, defaults: { readonly steps: number; readonly out: string }): Command {
  return command
    .requiredOption('--data <folder>', 'a folder of photos for each person')
    .option('--dims <n>', 'length of an embedding', parseWholeNumber(2, 4096), 128)
    .addOption(
      new Option('--normalisation <kind>', "inside FaceNet's networks; local-response is as published, batch learns more easily")
        .choices(['batch', 'local-response'])
        .default('batch'),
    )
    .option('--margin <distance>', 'between squared distances', parsePositive, 0.2)
    .option('--people <n>', 'people with several photos in a batch', parseWholeNumber(1, largest), 40)
    .option('--faces <n>', 'photos of each of them, at most', parseWholeNumber(2, largest), 40)
    .option('--batch <n>', 'faces in a batch; those that people leave free are filled with others as negatives', parseWholeNumber(2, largest), 200)
    .option('--slice <n>', 'faces that the network sees at a time; fewer need less memory', parseWholeNumber(1, largest), 100)
    .addOption(new Option('--negatives <rule>', 'which negative an anchor and a positive get').choices(['semi-hard', 'hard', 'random']).default('semi-hard'))
    .addOption(new Option('--positives <rule>', 'which positives an anchor gets').choices(['all', 'hard']).default('all'))
    .addOption(new Option('--optimizer <name>', 'what changes the weights').choices(['adagrad', 'adam', 'momentum', 'sgd']).default('adagrad'))
    .option('--learning-rate <number>', 'at the start', parsePositive, 0.05)
    .option('--lower-at <shares>', 'of the training, where the learning rate is divided by ten', parseShares, [0.6, 0.85])
    .addOption(new Option('--augment <how>', 'how chips are changed each time').choices(['none', 'light', 'strong']).default('light'))
    .option('--steps <n>', 'batches to learn from', parseWholeNumber(1, largest), defaults.steps)
    .option('--minutes <n>', 'ends before that many steps', parsePositive)
    .option('--check-every <n>', 'steps between looks at people never learnt from', parseWholeNumber(1, largest), 100)
    .option('--patience <n>', 'looks without a better one after which training ends', parseWholeNumber(1, largest), 10)
    .option('--seed <n>', 'of first weights, batches and augmentation', parseWholeNumber(0, 2 ** 32 - 1), 1)
    .option('--split-seed <n>', 'of who is learnt from, stopped by and tested on', parseWholeNumber(0, 2 ** 32 - 1), 1)
    .option('--cache <file>', 'keeps the chips, so that the next training need not look at the photos again')
    .option('--threads <n>', 'inside one operation, on a processor', parseWholeNumber(1, 1024), 1)
    .option('--out <folder>', 'takes network, checkpoint, curves and results', defaults.out);
}

export async function readTrainingOptions(options: TrainingCommandOptions): Promise<TrainingOptions> {
  const { lightAugmentation, noAugmentation, strongAugmentation } = await import('../training/batches/augment-chip.ts');
  const { seed, margin, negatives, positives, people, faces, batch, slice, learningRate, lowerAt, steps, checkEvery, patience } = options;
  return {
    ...{ seed, margin, negatives, positives, people, faces, batch, slice, learningRate, lowerAt, steps, checkEvery, patience },
    optimiser: options.optimizer,
    augmentation: { none: noAugmentation, light: lightAugmentation, strong: strongAugmentation }[options.augment],
    minutes: options.minutes ?? Number.POSITIVE_INFINITY,
  };
}

/** @returns chips of every photo's main face, as the default pack finds it */
export async function gatherTrainingChips(context: LabContext, options: TrainingCommandOptions, shape: ChipShape): Promise<TrainingChip[]> {
  const { environment, output } = context;
  const folder = await resolveDataFolder(environment, options.data);
  const manifest = await (await environment.openPacks(context.folders)).readManifest(defaultPack);
  const { gatherChips } = await import('../training/chips/gather-chips.ts');
  const { chips, missed, failed } = await gatherChips({
    folder,
    shape,
    key: { pack: manifest.name, packFingerprint: fingerprintPack(manifest), pipelineVersion, effort: defaultEffort },
    cacheFile: options.cache === undefined ? null : path.resolve(environment.currentFolder, options.cache),
    maxPixels: analysisLimits.maxPixels,
    // Faces are found by whatever is fastest, whatever trains.
    analyze: (look) => runEvaluation({ ...context, runtime: undefined }, { effort: defaultEffort, detector: 'network' }, ({ pool }, shared) => look(pool, shared)),
  });
  output.tell(`${countOf(chips.length, 'face')} of ${countOf(new Set(chips.map(({ person }) => person)).size, 'person', 'people')}, ${missed} missed.`);
  await printFailures({ ...output, print: async (line) => output.tell(line) }, failed);
  return [...chips];
}

/** @param share of the people to train on, 0 to 1 */
export async function splitForTraining(chips: readonly TrainingChip[], splitSeed: number, share: number) {
  const { splitPeople } = await import('../training/batches/split-people.ts');
  const people = [...new Set(chips.map(({ person }) => person))];
  return splitPeople(people, { seed: splitSeed, validationShare, testShare, trainingShare: share });
}

export async function openBackend(context: LabContext, threads: number): Promise<TrainingBackend> {
  const { openTrainingBackend } = await import('../training/open-training-backend.ts');
  const backend = await openTrainingBackend(context.runtime ?? 'auto', threads);
  context.output.tell(`Training on ${backend.description}.`);
  return backend;
}

/** @param work is told when the user wants it to stop */
export async function withInterrupt<Result>(context: LabContext, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stopListening = context.environment.onInterrupt(() => {
    if (controller.signal.aborted) context.environment.quit();
    context.output.tell('Stopping after this step. Ctrl-C again quits at once.');
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}

/** A line for each look at the hold-out. */
export function tellProgress(output: Output, { step, steps, check, secondsLeft }: TrainingProgress): void {
  if (check === null) return;
  const { loss, activeShare, val1e3, val1e4 } = check;
  output.tell(
    `step ${step} of ${steps}  loss ${loss.toFixed(4)}  active ${formatPercent(activeShare, 1)}  ` +
      `VAL ${formatPercent(val1e3)} at 1e-3, ${formatPercent(val1e4)} at 1e-4  ${formatMinutes(secondsLeft)} left`,
  );
}

function formatMinutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

function parseShares(text: string): number[] {
  if (text === 'never') return [];
  return text.split(',').map((part) => {
    const share = Number(part);
    if (part.trim() === '' || !(share > 0 && share <= 1)) throw new InvalidArgumentError('Expected never, or shares such as 0.6,0.85.');
    return share;
  });
}
