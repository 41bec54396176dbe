import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../../electron/cli/command-line.ts';
import type { CliEnvironment } from '../../../../electron/cli/environment.ts';
import { resolveHostFolders } from '../../../../electron/engine/host-folders.ts';
import { addLabCommands } from '../../../../native-models/lab/cli/add-lab-commands.ts';
import { createStream, notUsed } from '../../../support/run-kindred.ts';

const labCommands = ['explain', 'evaluate', 'networks', 'train-hog', 'study', 'train'];

async function run(args: readonly string[]): Promise<{ isLabLoaded: boolean; stdout: string; stderr: string }> {
  const [stdout, stderr] = [createStream(), createStream()];
  const environment: CliEnvironment = {
    stdout,
    stderr,
    variables: {},
    currentFolder: '/',
    version: '1.2.3',
    resolveFolders: (libraryFolder) => resolveHostFolders({}, libraryFolder),
    openEngine: notUsed,
    openPacks: notUsed,
    findInstance: async () => null,
    connectInstance: notUsed,
    openBrowser: notUsed,
    diagnose: async () => ({ isReady: true, findings: [], runtimes: { measuredAt: '2026-01-02T03:04:05.678Z', workers: 2, runtimes: [] } }),
    onInterrupt: () => () => {},
    quit: notUsed,
  };
  let isLabLoaded = false;
  await runCommandLine(args, environment, async () => {
    isLabLoaded = true;
    return addLabCommands;
  });
  return { isLabLoaded, stdout: stdout.text, stderr: stderr.text };
}

describe("the lab's commands", () => {
  it('are those that the command line loads the lab for', async () => {
    const program = new Command();
    addLabCommands(program, { environment: {} as CliEnvironment, run: notUsed, runWithLibrary: notUsed });
    expect(program.commands.map((command) => command.name())).toEqual(labCommands);
    for (const name of labCommands) {
      expect((await run([name, '--help'])).stdout).toContain(`Usage: kindred ${name}`);
      expect((await run(['--library', 'people', name, '--help'])).stdout).toContain(`Usage: kindred ${name}`);
      expect((await run(['help', name])).stdout).toContain(`Usage: kindred ${name}`);
    }
  });

  it.each([['status'], ['people', '--json'], ['doctor'], ['--library', 'elsewhere', 'merge', '--help'], ['help', 'import'], ['import']])(
    'are not loaded by kindred %s %s',
    async (...args) => {
      expect((await run(args)).isLabLoaded).toBe(false);
    },
  );

  it('are in the help, and in the word about a command that does not exist', async () => {
    const help = await run(['--help']);
    for (const name of labCommands) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect((await run(['evaluat'])).stderr).toContain('Did you mean evaluate?');
  });
});
