/** kindred train: teaches a network to tell people apart by triplets of photos, from nothing or from where a pack is. */

import { writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { ChipShape } from '../../training/chips/chip-shape.ts';
import type { TrainingChip } from '../../training/chips/training-chip.ts';
import type { TrainingReport } from '../../training/runs/train-and-test.ts';
import type { TrainableNetwork } from '../../training/trainable-network.ts';
import { defaultPack } from '../../../../electron/engine/config.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { formatPercent, formatWithError } from '../run-evaluation.ts';
import {
  addTrainingOptions,
  gatherTrainingChips,
  openBackend,
  readTrainingOptions,
  splitForTraining,
  tellProgress,
  withInterrupt,
  type TrainingCommandOptions,
} from '../training-command.ts';
import { openModel, openPackNetwork, type SubjectOptions } from '../training-subject.ts';
import { UsageError } from '../../../../electron/cli/usage-error.ts';

interface TrainCommandOptions extends TrainingCommandOptions, SubjectOptions {
  readonly from?: string;
  readonly share: number;
  readonly resume: boolean;
  readonly explainStep: boolean;
}

export function addTrainCommand(program: Command, runner: LabRunner): void {
  addTrainingOptions(program.command('train'), { steps: 2000, out: 'kindred-training' })
    .description('teach a network to tell people apart by triplets of photos')
    .option('--network <name>', 'to train from nothing')
    .option('--from <pack>', "to train that pack's embedder further")
    .option('--frozen <n>', "of a pack's layers that stay as they are, from the front", parseWholeNumber(0, 10_000), 0)
    .option('--share <percent>', 'of the people to learn from', parseWholeNumber(1, 100), 100)
    .option('--resume', 'go on where the training in that folder was stopped', false)
    .option('--explain-step', 'make one step of one triplet and show it: three photos, distances before and after', false)
    .action((options: TrainCommandOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: TrainCommandOptions): Promise<void> {
  if ((options.network === undefined) === (options.from === undefined)) throw new UsageError('Expected either --network or --from.');
  const folder = path.resolve(context.environment.currentFolder, options.out);
  const training = await readTrainingOptions(options);
  const packs = await context.environment.openPacks(context.folders);
  const pack = options.from === undefined ? null : await packs.load(options.from);
  const backend = await openBackend(context, options.threads);
  const subject = pack === null ? await openModel(await packs.readManifest(defaultPack), options) : await openPackNetwork(pack, options);
  const { network, shape } = subject;
  const chips = await gatherTrainingChips(context, options, shape);
  const split = await splitForTraining(chips, options.splitSeed, options.share / 100);
  await subject.prepare(chips, split.training);
  const title = options.network?.toUpperCase() ?? `${options.from} trained further`;
  if (options.explainStep) return await explain(context, options, { network, shape, chips, people: split.training });
  await withInterrupt(context, async (signal) => {
    const { trainAndTest } = await import('../../training/runs/train-and-test.ts');
    const report = await trainAndTest({
      folder,
      network,
      chips,
      shape,
      split,
      options: training,
      title,
      resumes: options.resume,
      signal,
      now: Date.now,
      facts: { runtime: backend.description, share: options.share, splitSeed: options.splitSeed, chips: chips.length },
      onProgress: (progress) => tellProgress(context.output, progress),
    });
    await subject.write(path.join(folder, 'network'), report);
    await print(context, folder, report);
  });
}

async function explain(
  { environment, output }: LabContext,
  options: TrainCommandOptions,
  data: { network: TrainableNetwork; shape: ChipShape; chips: readonly TrainingChip[]; people: readonly string[] },
): Promise<void> {
  const { explainStep, drawExplainedStep } = await import('../../training/explain-step.ts');
  const { drawStep, groupByPerson } = await import('../../training/runs/train-network.ts');
  const facesByPerson = groupByPerson(data.chips, data.people);
  const { margin, negatives, positives, optimizer: optimiser, learningRate, slice, people, faces, batch: size } = options;
  const rules = { margin, negatives, positives, optimiser, learningRate, slice, people, faces, size };
  const step = await explainStep(data.network, { ...data, facesByPerson }, rules, drawStep(options.seed, 0));
  const { before, after, anchor, positive, negative } = step;
  if (output.isJson) {
    const nameOf = ({ photo, person }: typeof anchor) => ({ photo, person });
    return await output.printJson({ ...step, anchor: nameOf(anchor), positive: nameOf(positive), negative: nameOf(negative) });
  }
  await output.print(`anchor    ${anchor.photo}`);
  await output.print(`positive  ${positive.photo}`);
  await output.print(`negative  ${negative.photo}`);
  await output.print(`before    D(a, p) ${before.toPositive.toFixed(4)}  D(a, n) ${before.toNegative.toFixed(4)}`);
  await output.print(`after     D(a, p) ${after.toPositive.toFixed(4)}  D(a, n) ${after.toNegative.toFixed(4)}`);
  const folder = path.resolve(environment.currentFolder, options.out);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'step.html');
  await writeFile(file, await drawExplainedStep(step));
  await output.print(`of ${step.triplets} triplets of ${step.faces} faces the one with the greatest loss; drawn in ${file}`);
}

async function print({ output }: LabContext, folder: string, report: TrainingReport): Promise<void> {
  if (output.isJson) return await output.printJson({ folder, ...report });
  const { best, end, untrained, trained } = report;
  await output.print(`Ended by ${end}; best at step ${best.step}. ${trained.faces} faces of ${trained.people} people never learnt from:`);
  for (const [index, { far, val, standardError }] of trained.rates.entries()) {
    await output.print(`VAL ${formatWithError(val, standardError)} at FAR ${far.toExponential()}, untrained ${formatPercent(untrained.rates[index]!.val)}`);
  }
  await output.print(`Network, curves and results are in ${folder}.`);
  await output.print(`As a pack: kindred packs add ${path.join(folder, 'network')}`);
}
