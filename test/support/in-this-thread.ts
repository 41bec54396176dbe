/** The engine's own database and clusterer, run in the test's thread: a test that opens a library does not wait for threads to start. */

import { openConnection } from '../../electron/database/file/connection.ts';
import { describeStorageError } from '../../electron/database/file/sqlite-errors.ts';
import type { LibraryDatabase } from '../../electron/database/library-database.ts';
import { createLibraryStore } from '../../electron/database/store.ts';
import { createRemoteObject } from '../../electron/base/remote-object.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { Clusterer } from '../../electron/clustering/create-clusterer.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import type { Answer, Inquiry } from '../../electron/clustering/suggestions/answer.ts';
import type { SuggestionOptions } from '../../electron/clustering/suggestions/types.ts';
import type { ClusteringOptions } from '../../electron/clustering/types.ts';
import type { ClusteringInput } from '../../electron/terms/clustering-input.ts';
import type { EngineThreads } from '../../electron/engine/engine-threads.ts';

export const inThisThread: EngineThreads = {
  openDatabase: async ({ libraryFolder }) => openDatabase(libraryFolder),
  openClusterer: () => openClusterer(),
};

function openDatabase(libraryFolder: string): LibraryDatabase {
  const connection = openConnection({ libraryFolder });
  const store = createLibraryStore(connection);
  let isClosed = false;
  return createRemoteObject<LibraryDatabase>(async (method, args) => {
    if (isClosed) throw new AppError('internal', `Expected an open library but received ${method} after its end`);
    isClosed = method === 'close';
    try {
      const run = store[method as keyof typeof store] as (...args: readonly unknown[]) => unknown;
      // As between threads, nothing of an answer is shared.
      return structuredClone(run(...args));
    } catch (error) {
      throw describeStorageError(error, connection.path);
    }
  });
}

function openClusterer(): Clusterer {
  const clustering = new LibraryClustering();
  return {
    listMissing: async (rows, embeddingLength, options) => clustering.listMissing(rows, embeddingLength, options),
    cluster: async (input, options) => clustering.run(input, options, { scope: 'settled' }),
    foldIn: async (input, options) => clustering.run(input, options, { scope: 'everybody' }),
    ask: async <Kind extends Inquiry['kind']>(
      input: ClusteringInput,
      { suggestions, ...options }: ClusteringOptions & { readonly suggestions: SuggestionOptions },
      inquiry: Extract<Inquiry, { kind: Kind }>,
    ) => clustering.ask(input, options, { suggestions, inquiry }) as Answer<Kind>,
    dispose: async () => undefined,
  };
}
