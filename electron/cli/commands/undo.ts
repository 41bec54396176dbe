/** kindred undo: takes back the last actions. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { printJournal } from '../print-journal.ts';

export function addUndoCommand(program: Command, runner: CommandRunner): void {
  program
    .command('undo')
    .description('take back the last actions')
    .argument('[n]', 'how many', parseWholeNumber(1, 10_000), 1)
    .action((count: number, _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const { entries } = await api.call('journal.undo', { count });
        await printJournal(output, entries);
      }),
    );
}
