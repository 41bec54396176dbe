/** kindred mixed: lists people among whose faces there seems to be more than one person. */

import type { Command } from 'commander';
import { describePerson } from '../../terminal/import-report.ts';
import type { CommandRunner } from '../command-runner.ts';
import { formatProbability } from '../format-probability.ts';
import { listMixed } from '../pages.ts';
import { toPersonRecord } from '../records.ts';

export function addMixedCommand(program: Command, runner: CommandRunner): void {
  program
    .command('mixed')
    .description('list people who seem to be more than one, the surest first')
    .action((_options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const people = await listMixed(api);
        if (output.isJson) {
          return await output.printJson(people.map(({ person, probability }) => ({ ...toPersonRecord(person), probability })));
        }
        for (const { person, probability } of people) {
          await output.print(`${formatProbability(probability).padStart(5)}  ${describePerson(person)}`);
        }
        if (people.length === 0) output.tell('Everybody seems to be one person.');
      }),
    );
}
