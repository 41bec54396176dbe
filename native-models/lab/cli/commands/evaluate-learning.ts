/** kindred evaluate learning: counts what a user has left to do in a library that has learnt from them, and in one that has not. */

import { Option, type Command } from 'commander';
import type { Course, LearningOfLibrary, Vals } from '../../evaluation/effort/evaluate-learning.ts';
import type { Effort } from '../../evaluation/effort/simulate-user.ts';
import type { Goal } from '../../evaluation/effort/truth.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { addLabeledFacesOptions, gatherLabeledFaces, type LabeledFacesOptions } from '../gather-labeled-faces.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';
import { formatPercent, printFailures } from '../run-evaluation.ts';

interface LearningCommandOptions extends LabeledFacesOptions {
  readonly goal: Goal;
  readonly family: number;
  readonly candidates: number;
  readonly strangers: number;
  readonly libraries: number;
  readonly alike: boolean;
}

const largestCount = 100_000;
/** See evaluate-effort.ts. */
const costs = { joinByName: 2 };

export function addEvaluateLearningCommand(evaluate: Command, runner: LabRunner): void {
  const count = parseWholeNumber(1, largestCount);
  addLabeledFacesOptions(evaluate.command('learning'))
    .description('count the questions and actions that are left in a library which has learnt from its user, and in one which has not')
    .addOption(
      new Option('--goal <name>', 'whether strangers have to be set aside, or may be left in people of their own')
        .choices(['settled', 'tolerant'])
        .default('tolerant'),
    )
    .option('--family <n>', 'people with names in a library', count, 20)
    .option('--candidates <n>', 'the family is drawn from so many people with most photos', count, 40)
    .option('--strangers <n>', 'people seen once or twice in a library', count, 300)
    .option('--libraries <n>', 'libraries drawn', count, 3)
    .option('--alike', 'draw families of people who look alike, as relatives do', false)
    .action((options: LearningCommandOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: LearningCommandOptions): Promise<void> {
  const { output } = context;
  const { folder, pack, photos, failed } = await gatherLabeledFaces(context, options, Number.POSITIVE_INFINITY);
  const { evaluateLearning } = await import('../../evaluation/effort/evaluate-learning.ts');
  const { openSimulatedLibrary } = await import('../simulated-library.ts');
  const { goal, family, candidates, strangers, effort } = options;
  const sizes = { family, candidates, strangers, isFamilyAlike: options.alike };
  const libraries = await evaluateLearning(photos, {
    sizes,
    goal,
    seeds: Array.from({ length: options.libraries }, (_, index) => index + 1),
    costs,
    openLibrary: (drawn) => openSimulatedLibrary(context, { manifest: pack, effort }, drawn),
    onLibrary: (done, total) => {
      if (!output.isJson) output.tell(`Labelling library ${done + 1} of ${total}.`);
    },
  });
  if (output.isJson) return await output.printJson({ pack: pack.name, effort, data: folder, goal, sizes, libraries, failed });
  await print(output, libraries);
  await printFailures(output, failed);
}

async function print(output: Output, libraries: readonly LearningOfLibrary[]): Promise<void> {
  const sides = ['without', 'with'] as const;
  const total = (side: 'without' | 'with', of: (course: Course) => number): string =>
    String(libraries.reduce((sum, library) => sum + of(library[side]), 0));
  await printTable(output, [
    ['library', 'faces', 'learnt', 'questions', 'learning', 'actions', 'learning', 'F', 'learning', 'VAL of new faces', 'VAL of strangers'],
    ...libraries.map((library) => [
      String(library.seed),
      String(library.faces),
      library.refusal ?? `${library.seconds.toFixed(0)} s`,
      ...sides.map((side) => String(library[side].questionsLeft)),
      ...sides.map((side) => describeEffort(library[side].effort)),
      ...sides.map((side) => library[side].fBeforeUser.toFixed(4)),
      describeVals(library.valOfNewFaces),
      describeVals(library.valOfStrangers),
    ]),
    ['all', '', '', ...sides.map((side) => total(side, ({ questionsLeft }) => questionsLeft)), ...sides.map((side) => total(side, ({ effort }) => effort.actions)), '', '', '', ''],
  ]);
}

function describeEffort({ actions, standing }: Effort): string {
  return standing.isFinished ? String(actions) : `${actions}, unfinished`;
}

/** @returns such as "98.1 % → 98.9 %, 93.0 % → 95.2 %", at FAR 1e-3 and 1e-4 */
function describeVals(vals: readonly Vals[] | null): string {
  return vals === null ? '' : vals.map(({ before, after }) => `${formatPercent(before)} → ${formatPercent(after)}`).join(', ');
}
