/** kindred study dims, training-size and mining: small networks trained for real, beside what FaceNet's authors found. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { MeanWithError } from '../../../../electron/learning/verification/spread.ts';
import type { MiningSummary } from '../../studies/training/mining-arms.ts';
import type { PublishedArm } from '../../studies/training/published-arms.ts';
import type { StudiedArm, StudyArm } from '../../studies/training/training-study.ts';
import type { TrainingOptions } from '../../training/runs/training-options.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';
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

interface StudyCommandOptions extends TrainingCommandOptions {
  readonly network: string;
  readonly out: string;
}

interface MiningCommandOptions extends StudyCommandOptions {
  readonly seeds: number;
}

export function addTrainingStudies(study: Command, runner: LabRunner): void {
  addStudy(study, 'dims', 'embeddings of 64, 128, 256 and 512 numbers: a network is trained for each').action(
    (options: StudyCommandOptions, command: Command) => runner.run(command, (context) => studyDims(context, options)),
  );
  addStudy(study, 'training-size', '1, 10, 20 and 100 % of the people to learn from: a network is trained for each').action(
    (options: StudyCommandOptions, command: Command) => runner.run(command, (context) => studyTrainingSize(context, options)),
  );
  addStudy(study, 'mining', 'semi-hard, hard and random negatives, all and only hard positives: a network is trained for each, several times')
    .option('--seeds <n>', 'trainings of each, counted up from --seed', parseWholeNumber(2, 100), 3)
    .action((options: MiningCommandOptions, command: Command) => runner.run(command, (context) => studyMining(context, options)));
}

function addStudy(study: Command, name: string, description: string): Command {
  return addTrainingOptions(study.command(name), { steps: 400, out: `kindred-study-${name}` })
    .description(`${description}, within --steps or --minutes`)
    .option('--network <name>', 'to train', 'small');
}

async function studyDims(context: LabContext, options: StudyCommandOptions): Promise<void> {
  const { listDimsArms } = await import('../../studies/training/published-arms.ts');
  await studyPublished(context, options, { name: 'dims', label: 'numbers in an embedding', reference: 128, listArms: listDimsArms });
}

async function studyTrainingSize(context: LabContext, options: StudyCommandOptions): Promise<void> {
  const { listTrainingSizeArms } = await import('../../studies/training/published-arms.ts');
  const listArms = (training: TrainingOptions): PublishedArm[] => listTrainingSizeArms(options.dims, training);
  await studyPublished(context, options, { name: 'training-size', label: '% of the people', reference: 100, listArms });
}

interface PublishedStudy {
  readonly name: string;
  readonly label: string;
  /** Value of the arm that the chart's figures are shares of. */
  readonly reference: number;
  readonly listArms: (training: TrainingOptions) => PublishedArm[];
}

async function studyPublished(context: LabContext, options: StudyCommandOptions, { name, label, reference, listArms }: PublishedStudy): Promise<void> {
  const { output } = context;
  const { drawBesidePublished } = await import('../../studies/training/published-arms.ts');
  const training = await readTrainingOptions(options);
  const { folder, studied } = await trainArms(context, options, listArms(training));
  const title = `${name} (${options.network}, ${options.steps} steps)`;
  await writeFile(path.join(folder, `${name}.svg`), drawBesidePublished({ title, label, reference }, studied));
  if (output.isJson) return await output.printJson({ study: name, network: options.network, options: training, arms: studied });
  await printTable(output, [[label, 'published VAL', 'VAL at 1e-3', '+-', 'VAL at 1e-2', 'equal error', 'steps', 'seconds'], ...studied.map(toRow)]);
  await output.print(`${countOf(options.steps, 'step')} each at most; curves and ${name}.svg are in ${folder}.`);
}

function toRow({ arm, report }: StudiedArm<PublishedArm>): string[] {
  const [loose, strict] = report.trained.rates;
  const last = report.checks.at(-1)!;
  return [
    arm.name,
    formatWithError(arm.published, arm.publishedError, 1),
    formatPercent(strict!.val),
    strict!.standardError === null ? '' : formatPercent(strict!.standardError),
    formatPercent(loose!.val),
    formatPercent(report.trained.equalError.rate),
    String(last.step),
    last.seconds.toFixed(0),
  ];
}

async function studyMining(context: LabContext, options: MiningCommandOptions): Promise<void> {
  const { output } = context;
  const { drawMining, listMiningArms, summariseMining } = await import('../../studies/training/mining-arms.ts');
  const training = await readTrainingOptions(options);
  const { folder, studied } = await trainArms(context, options, listMiningArms(options.dims, options.seeds, training));
  const charts = drawMining(`${options.network.toUpperCase()}, ${options.seeds} seeds`, studied);
  for (const [name, svg] of Object.entries(charts)) await writeFile(path.join(folder, name), svg);
  const rules = summariseMining(studied);
  if (output.isJson) return await output.printJson({ study: 'mining', network: options.network, options: training, rules, arms: studied });
  const rates = rules[0]!.rates.map(({ far }) => `VAL at ${far.toExponential()}`);
  await printTable(output, [['triplets', 'loss', 'active', ...rates, 'equal error'], toUntrainedRow(rules[0]!), ...rules.map(toMiningRow)]);
  await output.print(`Means and standard errors over ${options.seeds} seeds of ${countOf(options.steps, 'step')} at most; curves are in ${folder}.`);
}

function toMiningRow({ rule, loss, activeShare, rates, equalError }: MiningSummary): string[] {
  const figures = [...rates, equalError].map(({ trained }) => formatMean(trained));
  return [rule, loss.mean.toFixed(4), formatPercent(activeShare.mean, 1), ...figures];
}

/** The same for every rule: what it begins with is drawn by the seed. */
function toUntrainedRow({ rates, equalError }: MiningSummary): string[] {
  return ['untrained', '', '', ...[...rates, equalError].map(({ untrained }) => formatMean(untrained))];
}

function formatMean({ mean, standardError }: MeanWithError): string {
  return formatWithError(mean, standardError);
}

async function trainArms<Arm extends StudyArm>(
  context: LabContext,
  options: StudyCommandOptions,
  arms: readonly Arm[],
): Promise<{ folder: string; studied: StudiedArm<Arm>[] }> {
  const { output } = context;
  const folder = path.resolve(context.environment.currentFolder, options.out);
  const { runTrainingStudy } = await import('../../studies/training/training-study.ts');
  const backend = await openBackend(context, options.threads);
  const { buildTrainingNetwork } = await import('../../training/training-networks.ts');
  const { createModelNetwork } = await import('../../training/model-network.ts');
  const { shapeFaceChip } = await import('../../training/chips/chip-shape.ts');
  const { initialiseOnPeople } = await import('../../training/initialise-weights.ts');
  const { trainAndTest } = await import('../../training/runs/train-and-test.ts');
  const { network: name, normalisation } = options;
  const sizing = createModelNetwork(buildTrainingNetwork({ name, dims: options.dims, seed: options.seed, normalisation }));
  const shape = shapeFaceChip(sizing.inputWidth, sizing.inputHeight);
  sizing.dispose();
  const chips = await gatherTrainingChips(context, options, shape);
  const studied = await withInterrupt(context, (signal) =>
    runTrainingStudy(arms, folder, async (arm, armFolder) => {
      output.tell(arm.name);
      const split = await splitForTraining(chips, options.splitSeed, arm.share);
      const model = buildTrainingNetwork({ name, dims: arm.dims, seed: arm.options.seed, normalisation });
      await initialiseOnPeople(model, { chips, people: split.training, shape });
      const network = createModelNetwork(model);
      try {
        return await trainAndTest({
          ...{ folder: armFolder, network, chips, shape, split, options: arm.options, signal },
          title: `${name.toUpperCase()}, ${arm.name}`,
          resumes: true,
          now: Date.now,
          facts: { runtime: backend.description, share: arm.share, dims: arm.dims },
          onProgress: (progress) => tellProgress(output, progress),
        });
      } finally {
        network.dispose();
      }
    }),
  );
  return { folder, studied };
}
