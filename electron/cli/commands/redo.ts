/** kindred redo: does again what was taken back. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { addJournalCommand } from '../journal-steps.ts';

export function addRedoCommand(program: Command, runner: CommandRunner): void {
  addJournalCommand(program, runner, 'redo', 'do again what was taken back');
}
