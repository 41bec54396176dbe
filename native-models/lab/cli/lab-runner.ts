/** What commands of the lab get beyond what all commands get: analyzers of photos without a library. */

import type { Command } from 'commander';
import type { CommandContext, CommandRunner, LibraryContext } from '../../../electron/cli/command-runner.ts';
import type { AnalyzerChoice, PackAnalyzers } from './open-pack-analyzers.ts';

export type OpenAnalyzers = (choice: AnalyzerChoice) => Promise<PackAnalyzers>;

export interface LabContext extends CommandContext {
  readonly openAnalyzers: OpenAnalyzers;
}

export interface LabRunner extends CommandRunner {
  run(command: Command, body: (context: LabContext) => Promise<number | void>): Promise<void>;
  runWithLibrary(command: Command, body: (context: LabContext & LibraryContext) => Promise<number | void>): Promise<void>;
}

export function createLabRunner(runner: CommandRunner, openAnalyzers: OpenAnalyzers): LabRunner {
  return {
    environment: runner.environment,
    run: (command, body) => runner.run(command, (context) => body({ ...context, openAnalyzers })),
    runWithLibrary: (command, body) => runner.runWithLibrary(command, (context) => body({ ...context, openAnalyzers })),
  };
}
