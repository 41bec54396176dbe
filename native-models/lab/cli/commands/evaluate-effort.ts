/** kindred evaluate effort: counts what a user has to do until a library is right, here and after others' rules. */

import { Option, type Command } from 'commander';
import { baselines } from '../../evaluation/effort/baselines.ts';
import type { EffortEvaluation, LibraryEffort } from '../../evaluation/effort/evaluate-effort.ts';
import { actionKinds } from '../../evaluation/effort/offer.ts';
import type { Effort } from '../../evaluation/effort/simulate-user.ts';
import type { Goal } from '../../evaluation/effort/truth.ts';
import { readSameDistance } from '../../../packs/manifest.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { addLabeledFacesOptions, gatherLabeledFaces, type LabeledFacesOptions } from '../gather-labeled-faces.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';
import { formatPercent, printFailures } from '../run-evaluation.ts';

interface EffortCommandOptions extends LabeledFacesOptions {
  readonly goal: Goal;
  readonly family: number;
  readonly candidates: number;
  readonly strangers: number;
  readonly libraries: number;
}

const largestCount = 100_000;

/** In Kindred's interface: the name, and "yes" to whether it is that person. */
const costs = { joinByName: 2 };

export function addEvaluateEffortCommand(evaluate: Command, runner: LabRunner): void {
  const count = parseWholeNumber(1, largestCount);
  addLabeledFacesOptions(evaluate.command('effort'))
    .description('count the clicks, keys and names it takes until 99 % of the faces are right, here and by hand after others’ rules')
    .addOption(
      new Option('--goal <name>', 'whether strangers have to be set aside, or may be left in people of their own')
        .choices(['settled', 'tolerant'])
        .default('settled'),
    )
    .option('--family <n>', 'people with names in a library', count, 8)
    .option('--candidates <n>', 'the family is drawn from so many people with most photos', count, 12)
    .option('--strangers <n>', 'people seen once or twice in a library', count, 600)
    .option('--libraries <n>', 'libraries drawn from each half of the people', count, 3)
    .action((options: EffortCommandOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: EffortCommandOptions): Promise<void> {
  const { output } = context;
  const { folder, pack, photos, failed } = await gatherLabeledFaces(context, options, Number.POSITIVE_INFINITY);
  const { evaluateEffort } = await import('../../evaluation/effort/evaluate-effort.ts');
  const { openSimulatedLibrary } = await import('../simulated-library.ts');
  const { goal, family, candidates, strangers, effort } = options;
  const sizes = { family, candidates, strangers };
  const result = await evaluateEffort(photos, {
    sizes,
    goal,
    seeds: Array.from({ length: options.libraries }, (_, index) => index + 1),
    sameDistance: readSameDistance(pack),
    costs,
    openLibrary: (drawn) => openSimulatedLibrary(context, { manifest: pack, effort }, drawn),
    onLibrary: (done, total) => {
      if (!output.isJson) output.tell(`Labelling library ${done + 1} of ${total}.`);
    },
  });
  if (output.isJson) return await output.printJson({ pack: pack.name, effort, data: folder, goal, sizes, ...result, failed });
  await print(output, result);
  await printFailures(output, failed);
}

async function print(output: Output, { libraries, actions, best, ratio }: EffortEvaluation): Promise<void> {
  await printTable(output, [
    ['library', 'photos', 'faces', 'known', 'kindred', ...baselines, 'right', 'precision', 'what Kindred’s user did'],
    ...libraries.map(toRow),
    ['all', '', '', '', String(actions.kindred), ...baselines.map((name) => String(actions[name])), '', '', ''],
  ]);
  await output.print(`${countOf(actions.kindred, 'action')}: ${ratio.toFixed(3)} of the best baseline's, ${best}.`);
}

function toRow({ half, seed, photos, faces, knownFaces, kindred, ...library }: LibraryEffort): string[] {
  const { standing } = kindred;
  const kinds = actionKinds.filter((kind) => kindred.byKind[kind] > 0).map((kind) => `${kind} ${kindred.byKind[kind]}`);
  return [
    `${half} ${seed}`,
    ...[photos, faces, knownFaces].map(String),
    describeEffort(kindred),
    ...baselines.map((name) => `${describeEffort(library.baselines[name])} (${library.baselines[name].distance.toFixed(3)})`),
    formatPercent(standing.right / standing.faces),
    formatPercent(standing.inNamed === 0 ? 1 : 1 - standing.wrongInNamed / standing.inNamed),
    kinds.join(', '),
  ];
}

function describeEffort({ actions, standing }: Effort): string {
  return standing.isFinished ? String(actions) : `${actions}, unfinished`;
}
