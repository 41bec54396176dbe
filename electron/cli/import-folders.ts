/** Imports folders for the commands that do: with progress, Ctrl-C and a report at the end. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportSummary } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import { giveConsentNotice } from '../terminal/consent-notice.ts';
import { followImport } from '../terminal/follow-import.ts';
import { createImportProgress } from '../terminal/import-progress.ts';
import { describeImport, peopleInReport } from '../terminal/import-report.ts';
import type { LibraryContext } from './command-runner.ts';
import type { CliEnvironment } from './environment.ts';

/** @returns absolute paths
 *  @throws AppError "not-found" for what is neither a folder nor a file */
export async function resolveFolderArguments(environment: CliEnvironment, folders: string[]): Promise<string[]> {
  return await Promise.all(
    folders.map(async (folder) => {
      const absolute = path.resolve(environment.currentFolder, folder);
      try {
        await stat(absolute);
      } catch (error) {
        throw new AppError('not-found', `Expected a folder but received ${folder}`, {
          cause: error,
          parameters: { kind: 'folder', path: folder },
        });
      }
      return absolute;
    }),
  );
}

export interface ImportOptions {
  /** Whether Ctrl-C cancels the import; by default it does. */
  readonly isInterruptible?: boolean;
}

/** Reports to the terminal, and to stdout where no JSON is wanted.
 *  @throws AppError "cancelled" after Ctrl-C */
export async function importFolders(
  { api, session, output, environment }: Pick<LibraryContext, 'api' | 'session' | 'output' | 'environment'>,
  folders: string[],
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const isTerminal = output.stderr.isTTY ?? false;
  const progress = output.isJson && !isTerminal ? null : createImportProgress(output.stderr);
  const controller = new AbortController();
  const stopListening =
    options.isInterruptible === false
      ? null
      : environment.onInterrupt(() => {
          if (controller.signal.aborted) environment.quit();
          progress?.stop();
          output.tell('Stopping. What is done is kept: run the same command again to go on. Ctrl-C again quits at once.');
          controller.abort();
        });
  let summary: ImportSummary;
  try {
    await giveConsentNotice(api, output.tell);
    summary = await followImport(api, folders, {
      signal: controller.signal,
      onClose: session.onClose,
      onProgress: (job) => {
        if (!controller.signal.aborted) progress?.show(job);
      },
    });
  } finally {
    progress?.stop();
    stopListening?.();
  }
  if (!output.isJson) {
    const { people } = await api.call('people.list', { limit: peopleInReport });
    for (const line of describeImport(summary, people)) await output.print(line);
  }
  return summary;
}
