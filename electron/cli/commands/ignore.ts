/** kindred ignore: puts people or faces out of sight. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPeopleAndFaces } from '../find-people.ts';
import { countOf } from '../../terminal/terminal.ts';

export function addIgnoreCommand(program: Command, runner: CommandRunner): void {
  program
    .command('ignore')
    .description('put people or faces out of sight')
    .argument('<person|face...>', 'ids, beginnings of ids of people, or names')
    .action((texts: string[], _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const { people, faceIds } = await findPeopleAndFaces(api, texts);
        if (people.length > 0) await api.call('people.ignore', { personIds: people.map((person) => person.id) });
        if (faceIds.length > 0) await api.call('faces.ignore', { faceIds });
        if (output.isJson) return await output.printJson({ people: people.map((person) => person.id), faces: faceIds });
        const counts = [
          ...(people.length > 0 ? [countOf(people.length, 'person', 'people')] : []),
          ...(faceIds.length > 0 ? [countOf(faceIds.length, 'face')] : []),
        ];
        await output.print(`Ignored ${counts.join(' and ')}.`);
      }),
    );
}
