/** Imports, jobs, and the files that could not be read. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { DetectionEffort } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import type { JobId } from '../../base/ids.ts';
import { isPhotoFileName } from '../../library/file-types.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

type JobHandlers = HandlersOf<'import'> & HandlersOf<'jobs'> & HandlersOf<'failures'>;

export function createJobHandlers({ options, database, switcher, runner }: HandlerParts): JobHandlers {
  async function startImport(folders: readonly string[], effort: DetectionEffort | null): Promise<{ jobId: JobId }> {
    await switcher.bringUpToDate();
    return { jobId: await runner.start({ kind: 'import', folders: [...folders], effort }) };
  }

  return {
    'import.start': ({ folders, effort }) => startImport(folders.map((folder) => path.resolve(folder)), effort),
    'import.startSamples': async () => startImport(await listSamples(options.samplesFolder), null),
    'jobs.list': async () => ({ jobs: runner.list() }),
    'jobs.pause': async ({ jobId }) => {
      await runner.pause(jobId);
      return {};
    },
    'jobs.resume': async ({ jobId }) => {
      await runner.resume(jobId);
      return {};
    },
    'jobs.cancel': async ({ jobId }) => {
      await runner.cancel(jobId);
      return {};
    },
    'jobs.failures': (params) => database.listJobFailures(params),
    'failures.list': (params) => database.listFailures(params),
  };
}

/** The sample photos one by one: other pictures lie beside them. */
async function listSamples(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^sample\d+\.jpg$/.test(name) && isPhotoFileName(name));
  if (names.length === 0) {
    throw new AppError('not-found', `Expected the sample photos in ${folder} but found none`, {
      parameters: { path: folder },
    });
  }
  return names.sort().map((name) => path.join(folder, name));
}
