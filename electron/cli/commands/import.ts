/** kindred import: brings folders of photos into the library. */

import { Option, type Command } from 'commander';
import { detectionEfforts, type DetectionEffort } from '../../api/schemas.ts';
import type { CommandRunner } from '../command-runner.ts';
import { importFolders, resolveFolderArguments } from '../import-folders.ts';
import { toImportRecord } from '../records.ts';

interface ImportCommandOptions {
  readonly pack?: string;
  readonly effort?: DetectionEffort;
}

export function addImportCommand(program: Command, runner: CommandRunner): void {
  program
    .command('import')
    .description('find the faces in folders of photos and group them into people')
    .argument('<folder...>', 'folders, read with all that lies in them')
    .option('--pack <name>', 'the model pack; where the library uses another, its photos are looked at again first')
    .addOption(new Option('--effort <name>', 'how thoroughly to look for faces, this time').choices(detectionEfforts))
    .action(async (folders: string[], options: ImportCommandOptions, command: Command) => {
      // Checked before a library is opened, or made, for nothing.
      const absolute = await resolveFolderArguments(runner.environment, folders);
      await runner.runWithLibrary(command, async (context) => {
        const summary = await importFolders(context, absolute, options);
        if (context.output.isJson) await context.output.printJson(toImportRecord(summary));
      });
    });
}
