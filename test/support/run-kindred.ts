/** Runs the command line inside a test: what it prints is caught, and what the test gives it no answer for it must leave alone. */

import { runCommandLine } from '../../electron/cli/command-line.ts';
import type { CliEnvironment } from '../../electron/cli/environment.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { addLabCommands } from '../../native-models/lab/cli/add-lab-commands.ts';
import type { OpenAnalyzers } from '../../native-models/lab/cli/lab-runner.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends Partial<CliEnvironment> {
  readonly currentFolder: string;
  readonly openAnalyzers?: OpenAnalyzers;
  /** Whether both streams are terminals. */
  readonly isTTY?: boolean;
}

/** Collects what is written to it. */
export function createStream(isTTY = false) {
  let text = '';
  return {
    isTTY,
    columns: 100,
    write: (more: string) => {
      text += more;
      return true;
    },
    once: () => undefined,
    // What cli-progress asks of a terminal.
    cursorTo: () => true,
    clearLine: () => true,
    get text() {
      return text;
    },
  };
}

export function notUsed(): never {
  throw new Error('Expected this to be left alone');
}

export async function runKindred(args: readonly string[], { isTTY = false, openAnalyzers = notUsed, ...changes }: RunOptions): Promise<CommandRun> {
  const [stdout, stderr] = [createStream(isTTY), createStream(isTTY)];
  const environment: CliEnvironment = {
    stdout,
    stderr,
    variables: {},
    version: '1.2.3',
    resolveFolders: (libraryFolder) => resolveHostFolders(process.env, libraryFolder),
    openEngine: notUsed,
    openPacks: notUsed,
    findInstance: notUsed,
    connectInstance: notUsed,
    openBrowser: notUsed,
    diagnose: notUsed,
    onInterrupt: () => () => {},
    quit: notUsed,
    ...changes,
  };
  const code = await runCommandLine(args, environment, async () => (program, runner) => addLabCommands(program, runner, openAnalyzers));
  return { code, stdout: stdout.text, stderr: stderr.text };
}
