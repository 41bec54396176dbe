/** kindred reject: takes faces out of the person they are with, for good. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { parseFaceIds } from '../find-people.ts';
import { countOf } from '../../terminal/terminal.ts';

export function addRejectCommand(program: Command, runner: CommandRunner): void {
  program
    .command('reject')
    .description('say that faces do not show the person they are with')
    .argument('<face...>', 'ids of faces')
    .action((faces: string[], _options: unknown, command: Command) => {
      const faceIds = parseFaceIds(faces);
      return runner.runWithLibrary(command, async ({ api, output }) => {
        await api.call('faces.reject', { faceIds });
        if (output.isJson) await output.printJson({ faces: faceIds });
        else await output.print(`Took ${countOf(faceIds.length, 'face')} out.`);
      });
    });
}
