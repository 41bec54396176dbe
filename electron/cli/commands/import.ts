/** kindred import: brings folders of photos into the library. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { importFolders, resolveFolderArguments } from '../import-folders.ts';
import { toImportRecord } from '../records.ts';

export function addImportCommand(program: Command, runner: CommandRunner): void {
  program
    .command('import')
    .description('find the faces in folders of photos and group them into people')
    .argument('<folder...>', 'folders, read with all that lies in them')
    .action(async (folders: string[], _options: unknown, command: Command) => {
      // Checked before a library is opened, or made, for nothing.
      const absolute = await resolveFolderArguments(runner.environment, folders);
      await runner.runWithLibrary(command, async (context) => {
        const summary = await importFolders(context, absolute);
        if (context.output.isJson) await context.output.printJson(toImportRecord(summary));
      });
    });
}
