/** What an engine runs in threads of their own. Tests that open many libraries hand in what runs in theirs. */

import { createClusterer } from '../clustering/create-clusterer.ts';
import { openLibraryDatabase } from '../database/thread/open-library-database.ts';

export interface EngineThreads {
  readonly openDatabase: typeof openLibraryDatabase;
  readonly openClusterer: typeof createClusterer;
}

export const ownThreads: EngineThreads = { openDatabase: openLibraryDatabase, openClusterer: createClusterer };
