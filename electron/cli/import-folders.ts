/** Imports folders for the commands that do: with progress, Ctrl-C and a report at the end. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DetectionEffort, ImportSummary } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import { giveConsentNotice } from '../terminal/consent-notice.ts';
import { followImport } from '../terminal/follow-job.ts';
import { describeImport, peopleInReport } from '../terminal/import-report.ts';
import type { LibraryContext } from './command-runner.ts';
import type { CliEnvironment } from './environment.ts';
import { followWithProgress } from './follow-with-progress.ts';
import { switchPack } from './switch-pack.ts';

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
  /** Switched to first where the library uses another. */
  readonly pack?: string | undefined;
  readonly effort?: DetectionEffort | undefined;
}

/** Reports to the terminal, and to stdout where no JSON is wanted.
 *  @throws AppError "cancelled" after Ctrl-C */
export async function importFolders(
  context: Pick<LibraryContext, 'api' | 'session' | 'output' | 'environment'>,
  folders: string[],
  { isInterruptible, pack, effort }: ImportOptions = {},
): Promise<ImportSummary> {
  const { api, output } = context;
  if (pack !== undefined) await switchPack(context, pack);
  await giveConsentNotice(api, output.tell);
  const summary = await followWithProgress(
    context,
    (options) => followImport(api, folders, { ...options, effort: effort ?? null }),
    { isInterruptible },
  );
  if (!output.isJson) {
    const { people } = await api.call('people.list', { limit: peopleInReport });
    for (const line of describeImport(summary, people)) await output.print(line);
  }
  return summary;
}
