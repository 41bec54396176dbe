/** kindred evaluate library: says how far recognition can be trusted, on the faces that the user has confirmed. */

import type { Command } from 'commander';
import type { TrustReport, TrustScores } from '../../../../electron/api/schemas.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { printTable } from '../print-table.ts';
import { toPersonRecord } from '../../../../electron/cli/records.ts';
import { formatPercent, formatWithError } from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';

export function addEvaluateLibraryCommand(evaluate: Command, runner: LabRunner): void {
  evaluate
    .command('library')
    .description('say how far recognition can be trusted in this library, measured on its confirmed faces')
    .option('--svg <folder>', 'draw the ROC curve and the distances into this folder')
    .action(({ svg }: { svg?: string }, command: Command) =>
      runner.runWithLibrary(command, async (context) => {
        const { api, output } = context;
        const report = await api.call('library.measureTrust', {});
        if (svg !== undefined && report.scores !== null) {
          const { drawVerification } = await import('../../evaluation/draw-verification.ts');
          const name = `${countOf(report.scores.faces, 'confirmed face')}, ${report.pack} pack`;
          const charts = drawVerification(name, report.scores, report.scores.threshold);
          await saveCharts(context, svg, { 'roc.svg': charts.roc, 'distances.svg': charts.distances });
        }
        await (output.isJson ? output.printJson(toRecord(report)) : print(output, report));
      }),
    );
}

function toRecord({ scores, ...counts }: TrustReport) {
  if (scores === null) return { ...counts, scores: null };
  const nearest = scores.nearest.map((pair) => ({ ...pair, first: toPersonRecord(pair.first), second: toPersonRecord(pair.second) }));
  return { ...counts, scores: { ...scores, nearest } };
}

async function print(output: Output, { pack, confirmedFaces, confirmedPeople, scores }: TrustReport): Promise<void> {
  const counts = `${countOf(confirmedFaces, 'confirmed face')} of ${countOf(confirmedPeople, 'person', 'people')}`;
  if (scores === null) {
    output.tell(`There are ${counts}: too few to measure anything. It takes two people with two confirmed faces each.`);
    return;
  }
  await output.print(`${counts}, pack ${pack}${scores.faces < confirmedFaces ? `; ${scores.faces} of them drawn to be measured` : ''}.`);
  await printFaces(output, scores);
  await printTable(output, [
    ['people whose faces come nearest', 'distance', 'pairs too near', 'of'],
    ...scores.nearest.map(({ first, second, distance, pairs, pairsWithin }) => [
      `${first.name ?? first.id} and ${second.name ?? second.id}`,
      distance.toFixed(3),
      String(pairsWithin),
      String(pairs),
    ]),
  ]);
}

async function printFaces(output: Output, scores: TrustScores): Promise<void> {
  const { right, mistaken, unsure } = scores.toldApart;
  await output.print(
    `${right} of ${countOf(right + mistaken + unsure, 'face')} are nearest to their own person within the distance in use, ` +
      `${scores.threshold.toFixed(3)}; ${mistaken} to somebody else, ${unsure} near nobody.`,
  );
  await output.print(
    `VAL ${formatPercent(scores.genuineWithin / scores.genuinePairs)}: ${scores.genuineWithin} of ${countOf(scores.genuinePairs, 'pair')} of one person are within it.`,
  );
  await output.print(
    `FAR ${formatPercent(scores.impostorsWithin / scores.impostorPairs, 4)}: ${scores.impostorsWithin} of ${countOf(scores.impostorPairs, 'pair')} of two people are, too.`,
  );
  for (const { far, val, standardError, threshold } of scores.rates) {
    await output.print(`VAL ${formatWithError(val, standardError)} at FAR ${far.toExponential()}, distance ${threshold.toFixed(3)}`);
  }
}
