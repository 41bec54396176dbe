/** kindred undo: takes back the last actions, or one by its id. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { addJournalCommand } from '../journal-steps.ts';

export function addUndoCommand(program: Command, runner: CommandRunner): void {
  addJournalCommand(program, runner, 'undo', 'take back the last action, or any other');
}
