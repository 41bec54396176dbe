/** kindred move: takes faces to another person or to a new one. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson, parseFaceIds } from '../find-people.ts';
import { printPerson } from '../print-person.ts';
import { UsageError } from '../usage-error.ts';

interface MoveOptions {
  readonly to?: string;
  readonly new?: boolean;
}

export function addMoveCommand(program: Command, runner: CommandRunner): void {
  program
    .command('move')
    .description('take faces to another person')
    .argument('<face...>', 'ids of faces')
    .option('--to <person>', 'to this person: id, beginning of an id, or name')
    .option('--new', 'to a new person')
    .action((faces: string[], options: MoveOptions, command: Command) => {
      const isNew = options.new ?? false;
      if (isNew === (options.to !== undefined)) throw new UsageError('Expected either --to <person> or --new');
      const faceIds = parseFaceIds(faces);
      return runner.runWithLibrary(command, async ({ api, output }) => {
        const personId = options.to === undefined ? null : (await findPerson(api, options.to)).id;
        const { person } = await api.call('faces.move', { faceIds, personId });
        await printPerson(output, person);
      });
    });
}
