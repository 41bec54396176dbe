/** What commands get, and how they are run. */

import type { Command } from 'commander';
import type { KindredApi } from '../api/contract.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import type { HostFolders } from '../engine/host-folders.ts';
import type { CliEnvironment } from './environment.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** What a command gets that needs no library. */
export interface CommandContext {
  readonly environment: CliEnvironment;
  readonly output: Output;
  readonly folders: HostFolders;
  /** Undefined for what the library's settings say. */
  readonly runtime: RuntimeName | 'auto' | undefined;
}

export interface LibraryContext extends CommandContext {
  readonly api: KindredApi;
  readonly session: Session;
}

/** How commands run; each returns nothing, or its exit code. */
export interface CommandRunner {
  readonly environment: CliEnvironment;
  run(command: Command, body: (context: CommandContext) => Promise<number | void>): Promise<void>;
  runWithLibrary(command: Command, body: (context: LibraryContext) => Promise<number | void>): Promise<void>;
}

/** Adds commands to the program, or a command's own to it. */
export type AddCommands = (program: Command, runner: CommandRunner) => void;
