/** kindred compare: measures how alike the faces of two photos are. */

import path from 'node:path';
import type { Command } from 'commander';
import type { Comparison } from '../../api/schemas.ts';
import type { CommandRunner } from '../command-runner.ts';
import { toComparisonRecord } from '../records.ts';

type Box = Comparison['pairs'][number]['firstBox'];

export function addCompareCommand(program: Command, runner: CommandRunner): void {
  program
    .command('compare')
    .description('measure how alike the faces of two photos are; the photos need not be in the library')
    .argument('<photo>')
    .argument('<other>')
    .action((first: string, second: string, _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output, environment }) => {
        const comparison = await api.call('photos.compare', {
          firstPath: path.resolve(environment.currentFolder, first),
          secondPath: path.resolve(environment.currentFolder, second),
        });
        if (output.isJson) return await output.printJson(toComparisonRecord(comparison));
        for (const pair of comparison.pairs) {
          const verdict = pair.isSamePerson ? 'same person' : 'not the same';
          const boxes = `${describeBox(pair.firstBox)}  ${describeBox(pair.secondBox)}`;
          await output.print(`${pair.distance.toFixed(3)}  ${verdict.padEnd(12)}  ${boxes}`);
        }
        output.tell(
          comparison.pairs.length === 0
            ? 'One of the photos shows no face.'
            : `The same person up to a distance of ${comparison.threshold}.`,
        );
      }),
    );
}

function describeBox({ x, y, width, height }: Box): string {
  return `${Math.round(width)}x${Math.round(height)}+${Math.round(x)}+${Math.round(y)}`.padEnd(20);
}
