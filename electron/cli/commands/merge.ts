/** kindred merge: makes several people one. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPeople } from '../find-people.ts';
import { printPerson } from '../print-person.ts';
import { UsageError } from '../usage-error.ts';

export function addMergeCommand(program: Command, runner: CommandRunner): void {
  program
    .command('merge')
    .description('make several people one: all faces go to the first')
    .argument('<person>', 'id, beginning of an id, or name')
    .argument('<others...>', 'who is the same person')
    .action((first: string, others: string[], _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const [target, ...rest] = await findPeople(api, [first, ...others]);
        const sources = [...new Set(rest.map((person) => person.id))];
        if (target === undefined || sources.includes(target.id)) {
          throw new UsageError('Expected different people to merge but received the same one twice');
        }
        const { person } = await api.call('people.merge', { target: target.id, sources });
        await printPerson(output, person);
      }),
    );
}
