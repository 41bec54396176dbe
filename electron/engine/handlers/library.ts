/** What is asked about the library as a whole, and the folders of this machine. */

import type { JobSnapshot } from '../../api/schemas.ts';
import { browseFolders } from '../../library/browse-folders.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

const consentSetting = 'consent.biometricData';

type LibraryHandlers = Pick<HandlersOf<'library'>, 'library.status' | 'library.giveConsent'> & HandlersOf<'folders'>;

export function createLibraryHandlers({ options, database, settings, libraryPack, runner, notifier }: HandlerParts): LibraryHandlers {
  return {
    'library.status': async () => {
      const [counts, packProblem, consent, runtime, { name: pack }] = await Promise.all([
        database.countLibrary(),
        libraryPack.findProblem(),
        database.readSetting(consentSetting),
        settings.readLastRuntime(),
        libraryPack.readActive(),
      ]);
      const isConsentGiven = consent !== null && consent !== undefined;
      return { libraryFolder: options.libraryFolder, ...counts, pack, packProblem, runtime, isConsentGiven, jobs: runner.list().map(withoutFailures) };
    },
    'library.giveConsent': async () => {
      await database.writeSetting(consentSetting, { at: new Date((options.now ?? Date.now)()).toISOString() });
      notifier.notify('status');
      return {};
    },
    'folders.browse': ({ path: folder }) => browseFolders(folder),
  };
}

function withoutFailures(job: JobSnapshot): JobSnapshot {
  // One by one, as TypeScript holds a spread of several kinds for none of them.
  if (job.kind === 'import' && job.summary !== null) return { ...job, summary: { ...job.summary, failed: [] } };
  if (job.kind === 'switch-pack' && job.summary !== null) return { ...job, summary: { ...job.summary, failed: [] } };
  return job;
}
