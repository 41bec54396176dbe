/** The lab's commands: what measures, explains and trains. The command line loads this file alone, and only when it is asked for one of them. */

import type { Command } from 'commander';
import type { CommandRunner } from '../../../electron/cli/command-runner.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addNetworksCommand } from './commands/networks.ts';
import { addStudyCommand } from './commands/study.ts';
import { addTrainHogCommand } from './commands/train-hog.ts';
import { addTrainCommand } from './commands/train.ts';
import { createLabRunner, type OpenAnalyzers } from './lab-runner.ts';

const commands = [addExplainCommand, addEvaluateCommand, addNetworksCommand, addTrainHogCommand, addStudyCommand, addTrainCommand];

/** @param openAnalyzers tests bring their own */
export function addLabCommands(program: Command, runner: CommandRunner, openAnalyzers: OpenAnalyzers = openLazily): void {
  const labRunner = createLabRunner(runner, openAnalyzers);
  for (const addCommand of commands) addCommand(program, labRunner);
}

/** The pipeline takes a while to load: help and wrong usage do without. */
const openLazily: OpenAnalyzers = async (choice) => (await import('./open-pack-analyzers.ts')).openPackAnalyzers(choice);
