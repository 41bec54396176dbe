/** kindred study dims and kindred study training-size: small networks trained for real, beside the published figures. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { StudiedArm, StudyArm } from '../../../native-models/studies/training/training-study.ts';
import type { CommandContext, CommandRunner } from '../command-runner.ts';
import { printTable } from '../print-table.ts';
import { formatPercent } from '../run-evaluation.ts';
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

interface StudyDescription {
  readonly name: 'dims' | 'training-size';
  readonly description: string;
  readonly label: string;
}

const studies: readonly StudyDescription[] = [
  { name: 'dims', description: 'embeddings of 64, 128, 256 and 512 numbers', label: 'numbers in an embedding' },
  { name: 'training-size', description: '1, 10, 20 and 100 % of the people to learn from', label: '% of the people' },
];
const settlingChips = 64;

export function addTrainingStudies(study: Command, runner: CommandRunner): void {
  for (const described of studies) {
    addTrainingOptions(study.command(described.name), { steps: 400, out: `kindred-study-${described.name}` })
      .description(`${described.description}: a network is trained for each, within --steps or --minutes`)
      .option('--network <name>', 'to train', 'small')
      .action((options: StudyCommandOptions, command: Command) => runner.run(command, (context) => run(context, options, described)));
  }
}

async function run(context: CommandContext, options: StudyCommandOptions, described: StudyDescription): Promise<void> {
  const { output } = context;
  const folder = path.resolve(context.environment.currentFolder, options.out);
  const training = await readTrainingOptions(options);
  const { dimsArms, drawTrainingStudy, listTrainingSizeArms, runTrainingStudy } = await import('../../../native-models/studies/training/training-study.ts');
  const backend = await openBackend(context, options.threads);
  const { buildTrainingNetwork } = await import('../../../native-models/training/training-networks.ts');
  const { createModelNetwork } = await import('../../../native-models/training/model-network.ts');
  const { shapeFaceChip } = await import('../../../native-models/training/chips/chip-shape.ts');
  const { settleOnChips } = await import('../../../native-models/training/settle-weights.ts');
  const { trainAndTest } = await import('../../../native-models/training/runs/train-and-test.ts');
  const { network: name, seed, normalisation } = options;
  const sizing = createModelNetwork(buildTrainingNetwork({ name, dims: options.dims, seed, normalisation }));
  const shape = shapeFaceChip(sizing.inputWidth, sizing.inputHeight);
  sizing.dispose();
  const chips = await gatherTrainingChips(context, options, shape);
  const studied = await withInterrupt(context, (signal) =>
    runTrainingStudy(described.name === 'dims' ? dimsArms : listTrainingSizeArms(options.dims), { folder, options: training }, async (arm, armFolder) => {
      output.tell(`${described.label}: ${arm.name}`);
      const split = await splitForTraining(chips, options.splitSeed, arm.share);
      const learnt = new Set(split.training);
      const model = buildTrainingNetwork({ name, dims: arm.dims, seed, normalisation });
      await settleOnChips(model, chips.filter(({ person }) => learnt.has(person)).slice(0, settlingChips), shape);
      const network = createModelNetwork(model);
      try {
        return await trainAndTest({
          ...{ folder: armFolder, network, chips, shape, split, options: training, signal },
          title: `${name.toUpperCase()}, ${described.label}: ${arm.name}`,
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
  await writeFile(path.join(folder, `${described.name}.svg`), drawTrainingStudy(`${described.name} (${name}, ${options.steps} steps)`, described.label, studied));
  if (output.isJson) return await output.printJson({ study: described.name, network: name, options: training, arms: studied });
  await printTable(output, [[described.label, 'published VAL', 'VAL at 1e-3', '+-', 'VAL at 1e-2', 'steps', 'seconds'], ...studied.map(toRow)]);
  await output.print(`Small networks, ${options.steps} steps each at most; curves and ${described.name}.svg are in ${folder}.`);
}

function toRow({ arm, report }: StudiedArm): string[] {
  const [loose, strict] = report.trained.rates;
  const last = report.checks.at(-1)!;
  return [
    arm.name,
    formatPublished(arm),
    formatPercent(strict!.val),
    strict!.standardError === null ? '' : formatPercent(strict!.standardError),
    formatPercent(loose!.val),
    String(last.step),
    last.seconds.toFixed(0),
  ];
}

function formatPublished({ published, publishedError }: StudyArm): string {
  return publishedError === null ? formatPercent(published, 1) : `${formatPercent(published, 1)} +- ${formatPercent(publishedError, 1)}`;
}
