/** kindred serve: opens Kindred in the browser, and imports folders meanwhile. */

import type { Command } from 'commander';
import { serverLimits } from '../../api/limits.ts';
import { isAppError } from '../../base/errors.ts';
import { requestTicketUrl } from '../../server/connect-instance.ts';
import { startLocalServer } from '../../server/local-server.ts';
import type { LocalServer } from '../../server/local-server.ts';
import { publishInstance } from '../../server/instance.ts';
import { ensureLibraryKey } from '../../server/library-key.ts';
import type { Instance } from '../../server/instance.ts';
import { describeError } from '../../terminal/messages.ts';
import type { CommandContext, CommandRunner } from '../command-runner.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { importFolders, resolveFolderArguments } from '../import-folders.ts';
import { toImportRecord } from '../records.ts';

const ticketMinutes = serverLimits.ticketMs / 60_000;

interface ServeOptions {
  readonly port?: number;
  readonly open: boolean;
}

export function addServeCommand(program: Command, runner: CommandRunner): void {
  program
    .command('serve')
    .description('open Kindred in the browser, served on this machine alone')
    .argument('[folders...]', 'folders to import meanwhile')
    .option('--port <n>', 'this port and no other; 0 for any', parseWholeNumber(0, 65_535))
    .option('--no-open', 'print the address, open no browser')
    .action((folders: string[], options: ServeOptions, command: Command) =>
      runner.run(command, async (context) => {
        const absolute = await resolveFolderArguments(context.environment, folders);
        const instance = await context.environment.findInstance(context.folders.libraryFolder);
        if (instance !== null) return await joinServer(context, options, absolute, instance);
        await serve(context, options, absolute);
      }),
    );
}

async function serve(context: CommandContext, options: ServeOptions, folders: string[]): Promise<void> {
  const { environment, output } = context;
  const engine = await environment.openEngine({ ...context.folders, runtime: context.runtime });
  let server: LocalServer | null = null;
  let unpublish: (() => Promise<void>) | null = null;
  try {
    server = await startLocalServer({
      engine,
      rendererFolder: context.folders.rendererFolder,
      port: options.port,
      libraryKey: await ensureLibraryKey(context.folders.libraryFolder),
      onBug: (error, where) => {
        engine.log.noteError(error, where);
        output.tell(`${where}: ${describeError(error)}`);
        if (environment.variables.KINDRED_DEBUG && error instanceof Error) output.tell(error.stack ?? '');
      },
    });
    unpublish = await publishInstance(context.folders.libraryFolder, server);
    const { createTicketUrl } = server;
    const interrupt = waitForInterrupt(context);
    await announce(context, options, async () => createTicketUrl());
    if (folders.length > 0) {
      const session = { isShared: false, onClose: () => () => {}, noteError: engine.log.noteError, api: engine.api, close: async () => {} };
      // The server goes on whatever becomes of the import; an interrupt ends both.
      await Promise.race([importAndReport({ ...context, session, api: engine.api }, folders), interrupt]);
    }
    await interrupt;
    output.tell('Closing Kindred.');
  } finally {
    await unpublish?.();
    await server?.close();
    await engine.close();
  }
}

/** The library is served already: open that server, and leave the import to it. */
async function joinServer(
  context: CommandContext,
  options: ServeOptions,
  folders: string[],
  instance: Instance,
): Promise<void> {
  context.output.tell('Kindred already has this library open.');
  await announce(context, options, () => requestTicketUrl(instance));
  if (folders.length === 0) return;
  const api = await context.environment.connectInstance(instance);
  try {
    const session = { api, isShared: true, noteError: () => {}, onClose: api.onClose, close: async () => api.close() };
    const summary = await importFolders({ ...context, session, api }, folders);
    if (context.output.isJson) await context.output.printJson(toImportRecord(summary));
  } finally {
    api.close();
  }
}

/** @param createTicketUrl each address opens one browser: one is printed, another opened */
async function announce(
  { environment, output }: CommandContext,
  options: ServeOptions,
  createTicketUrl: () => Promise<string>,
): Promise<void> {
  const url = await createTicketUrl();
  if (output.isJson) await output.printJson({ url });
  else await output.print(`Kindred is at ${url}`);
  output.tell(`The address opens one browser, once, within ${ticketMinutes} minutes; "kindred serve" prints another.`);
  if (!options.open) return;
  const isOpened = await environment.openBrowser(await createTicketUrl());
  if (!isOpened) output.tell('No browser could be opened: open the address yourself.');
}

async function importAndReport(context: Parameters<typeof importFolders>[0], folders: string[]): Promise<void> {
  try {
    const summary = await importFolders(context, folders, { isInterruptible: false });
    if (context.output.isJson) await context.output.printJson(toImportRecord(summary));
  } catch (error) {
    if (!isAppError(error)) throw error;
    context.output.tell(describeError(error));
  }
}

/** Resolves at the first Ctrl-C; the second ends the process at once. */
function waitForInterrupt({ environment }: CommandContext): Promise<void> {
  return new Promise((resolve) => {
    let isAskedBefore = false;
    environment.onInterrupt(() => {
      if (isAskedBefore) environment.quit();
      isAskedBefore = true;
      resolve();
    });
  });
}
