/** kindred confirm: settles that faces show the person they are with. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { parseFaceIds } from '../find-people.ts';
import { countOf } from '../../terminal/terminal.ts';

export function addConfirmCommand(program: Command, runner: CommandRunner): void {
  program
    .command('confirm')
    .description('settle that faces show the person they are with')
    .argument('<face...>', 'ids of faces')
    .action((faces: string[], _options: unknown, command: Command) => {
      const faceIds = parseFaceIds(faces);
      return runner.runWithLibrary(command, async ({ api, output }) => {
        await api.call('faces.confirm', { faceIds });
        if (output.isJson) await output.printJson({ faces: faceIds });
        else await output.print(`Confirmed ${countOf(faceIds.length, 'face')}.`);
      });
    });
}
