/** kindred outliers: lists a person's faces, those that fit the others least first. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import { formatProbability } from '../format-probability.ts';
import { listOutliers } from '../pages.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';

export function addOutliersCommand(program: Command, runner: CommandRunner): void {
  program
    .command('outliers')
    .description("list a person's faces with how well they fit the others, the least first")
    .argument('<person>', 'id, beginning of an id, or name')
    .option('--limit <n>', 'at most so many', parseWholeNumber(1, 1_000_000), 20)
    .action((text: string, { limit }: { limit: number }, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const faces = await listOutliers(api, (await findPerson(api, text)).id, limit);
        if (output.isJson) {
          return await output.printJson(faces.map(({ face, fit }) => ({ face: face.id, fit, confirmed: face.isConfirmed })));
        }
        for (const { face, fit } of faces) {
          await output.print(`${formatProbability(fit).padStart(5)}  ${face.id}${face.isConfirmed ? '  (confirmed)' : ''}`);
        }
      }),
    );
}
