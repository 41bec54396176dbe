/** kindred confirm: settles that faces show the person they are with. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPeopleAndFaces } from '../find-people.ts';
import { countOf } from '../../terminal/terminal.ts';

export function addConfirmCommand(program: Command, runner: CommandRunner): void {
  program
    .command('confirm')
    .description('settle that faces show the person they are with')
    .argument('<person|face...>', 'ids, beginnings of ids of people, or names: all faces of a person')
    .action((texts: string[], _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const { people, faceIds } = await findPeopleAndFaces(api, texts);
        if (people.length > 0) await api.call('people.confirm', { personIds: people.map((person) => person.id) });
        if (faceIds.length > 0) await api.call('faces.confirm', { faceIds });
        if (output.isJson) return await output.printJson({ people: people.map((person) => person.id), faces: faceIds });
        const counts = [
          ...(people.length > 0 ? [`all faces of ${countOf(people.length, 'person', 'people')}`] : []),
          ...(faceIds.length > 0 ? [countOf(faceIds.length, 'face')] : []),
        ];
        await output.print(`Confirmed ${counts.join(' and ')}.`);
      }),
    );
}
