/** What is asked about the library as a whole, and the folders of this machine. */

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
      return { libraryFolder: options.libraryFolder, ...counts, pack, packProblem, runtime, isConsentGiven, jobs: runner.list() };
    },
    'library.giveConsent': async () => {
      await database.writeSetting(consentSetting, { at: new Date((options.now ?? Date.now)()).toISOString() });
      notifier.notify('status');
      return {};
    },
    'folders.browse': ({ path: folder }) => browseFolders(folder),
  };
}
