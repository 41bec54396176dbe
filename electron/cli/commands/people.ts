/** kindred people: lists everyone in the library. */

import type { Command } from 'commander';
import { describePerson } from '../../terminal/import-report.ts';
import type { CommandRunner } from '../command-runner.ts';
import { listPeople } from '../pages.ts';
import { toPersonRecord } from '../records.ts';

export function addPeopleCommand(program: Command, runner: CommandRunner): void {
  program
    .command('people')
    .description('list everyone, those with the most faces first')
    .action((_options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const people = await listPeople(api);
        if (output.isJson) return await output.printJson(people.map(toPersonRecord));
        for (const person of people) await output.print(describePerson(person));
        if (people.length === 0) output.tell('Nobody yet. "kindred import <folder>" brings photos in.');
      }),
    );
}
