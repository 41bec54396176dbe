/** kindred name: says who a person is. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import { printPerson } from '../print-person.ts';

export function addNameCommand(program: Command, runner: CommandRunner): void {
  program
    .command('name')
    .description('give a person a name; an empty name takes it away')
    .argument('<person>', 'id, beginning of an id, or name')
    .argument('<name>')
    .action((text: string, name: string, _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const { id } = await findPerson(api, text);
        const { person } = await api.call('people.name', { personId: id, name: name.trim() === '' ? null : name });
        await printPerson(output, person);
      }),
    );
}
