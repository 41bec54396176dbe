/** kindred redo: does again what was taken back. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { printJournal } from '../print-journal.ts';

export function addRedoCommand(program: Command, runner: CommandRunner): void {
  program
    .command('redo')
    .description('do again what was taken back')
    .argument('[n]', 'how many', parseWholeNumber(1, 10_000), 1)
    .action((count: number, _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const { entries } = await api.call('journal.redo', { count });
        await printJournal(output, entries);
      }),
    );
}
