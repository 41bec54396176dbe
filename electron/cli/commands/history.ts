/** kindred history: lists what was done to the library, newest first. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { listJournal } from '../pages.ts';
import { printJournal } from '../print-journal.ts';

const mostEntries = 1_000_000;

export function addHistoryCommand(program: Command, runner: CommandRunner): void {
  program
    .command('history')
    .description('list what was done, newest first')
    .option('--limit <n>', 'at most so many', parseWholeNumber(1, mostEntries), mostEntries)
    .action((options: { limit: number }, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        await printJournal(output, await listJournal(api, options.limit));
      }),
    );
}
