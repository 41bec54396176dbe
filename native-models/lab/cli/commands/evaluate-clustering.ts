/** kindred evaluate clustering: measures how right the clusters are, and compares ways to make them. */

import { InvalidArgumentError, Option, type Command } from 'commander';
import { fitClusteringTo } from '../../../../electron/engine/config.ts';
import { clusteringMethods, type ClusteringMethodName } from '../../evaluation/clustering-methods.ts';
import type { MainFace, MethodFigures, TestedHalf } from '../../evaluation/evaluate-clustering.ts';
import type { LabeledFaces } from '../../evaluation/labeled-faces.ts';
import { readSameDistance } from '../../../packs/manifest.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { addLabeledFacesOptions, gatherLabeledFaces, parsePhotoCount, type LabeledFacesOptions } from '../gather-labeled-faces.ts';
import { describePackFacts } from '../pack-facts.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printFailures } from '../run-evaluation.ts';
import { printTable } from '../print-table.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';

interface ClusteringCommandOptions extends LabeledFacesOptions {
  readonly method: ClusteringMethodName | 'all';
  readonly half: TestedHalf | 'both';
  readonly threshold?: number;
  readonly mostPhotos: number;
  readonly seed: number;
}

export function addEvaluateClusteringCommand(evaluate: Command, runner: LabRunner): void {
  addLabeledFacesOptions(evaluate.command('clustering'))
    .description('measure how right the clusters of main faces are, with parameters tuned on other people')
    .addOption(new Option('--method <name>', 'how to cluster').choices([...clusteringMethods, 'all']).default('average-linkage'))
    .addOption(
      new Option('--half <name>', 'the half of the people to test on; parameters are tuned on the other')
        .choices(['tune', 'test', 'both'])
        .default('both'),
    )
    .option('--threshold <distance>', 'Euclidean distance of unit vectors to take instead of tuning', parseDistance)
    .option('--most-photos <n|all>', 'photos that count of each person, the first by name', parsePhotoCount, 6)
    .option('--seed <n>', 'of the halves, and of what a method draws', parseWholeNumber(0, 2 ** 32 - 1), 1)
    .action((options: ClusteringCommandOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: ClusteringCommandOptions): Promise<void> {
  const { output } = context;
  const { folder, pack, photos, failed } = await gatherLabeledFaces(context, options, options.mostPhotos);
  const { evaluateClustering } = await import('../../evaluation/evaluate-clustering.ts');
  const result = evaluateClustering(photos.map(toMainFace), {
    methods: options.method === 'all' ? clusteringMethods : [options.method],
    testedHalves: options.half === 'both' ? ['tune', 'test'] : [options.half],
    pack: describePackFacts(pack, fitClusteringTo(readSameDistance(pack))),
    distance: options.threshold ?? null,
    seed: options.seed,
    now: Date.now,
    onMethod: (name) => {
      if (!output.isJson) output.tell(`Trying ${name}.`);
    },
  });
  const { effort, seed, half } = options;
  if (output.isJson) return await output.printJson({ pack: pack.name, effort, data: folder, seed, half, ...result, failed });
  await output.print(
    `${countOf(result.photos, 'photo')} of ${countOf(result.people, 'person', 'people')}, ${result.missed} without a main face.`,
  );
  await printTable(output, [
    ['method', 'tested', 'distance', 'pairs P', 'R', 'F', 'B-cubed P', 'R', 'F', 'purity', 'clusters', 'singletons', 'seconds'],
    ...result.figures.map(toRow),
    ...result.everybody.map((figures) => [figures.method, 'everybody', ...toRow(figures).slice(2)]),
  ]);
  await printFailures(output, failed);
}

function toMainFace({ person, faces }: LabeledFaces): MainFace {
  const main = faces.find(({ isMain }) => isMain);
  return { person, embedding: main?.embedding ?? null, quality: main?.quality ?? 0 };
}

function toRow({ method, tested, settings, scores, seconds }: MethodFigures): string[] {
  const { pairwise, bCubed, purity, clusters, singletons } = scores;
  const distances = settings.map(
    ({ distance, minFaces }) => `${distance.toFixed(distance < 1 ? 4 : 3)}${minFaces > 0 ? ` (${minFaces})` : ''}`,
  );
  const shares = [pairwise.precision, pairwise.recall, pairwise.f, bCubed.precision, bCubed.recall, bCubed.f, purity];
  return [
    method,
    tested,
    [...new Set(distances)].join(' / '),
    ...shares.map((share) => share.toFixed(4)),
    String(clusters),
    String(singletons),
    seconds.toFixed(1),
  ];
}

function parseDistance(text: string): number {
  const distance = Number(text);
  if (text.trim() === '' || !(distance > 0 && distance < Math.SQRT2)) {
    throw new InvalidArgumentError('Expected a distance above 0 and below 1.414.');
  }
  return distance;
}
