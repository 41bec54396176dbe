/** The engine: opens a library and joins database, jobs, packs and thumbnails to what answers KindredApi. */

import type { EventName, EventPayload, KindredApi, MethodHandlers } from '../api/contract.ts';
import { createInProcessApi } from '../api/in-process-api.ts';
import type { EventSource } from '../api/serve-api.ts';
import { analysisLimits, learningDefaults, learningRules } from './config.ts';
import { findLibraryPart } from '../database/file/library-file.ts';
import { createHandlers } from './handlers/create-handlers.ts';
import type { EngineOptions } from './engine-options.ts';
import { ownThreads, type EngineThreads } from './engine-threads.ts';
import { ChangeNotifier } from '../jobs/change-notifier.ts';
import { LibraryClusterer } from '../jobs/cluster-library.ts';
import { createDownloadWork } from '../jobs/download-pack.ts';
import { createImportWork } from '../jobs/import-photos.ts';
import { isEnded, JobRunner } from '../jobs/job-runner.ts';
import { createLearnWork } from '../jobs/learn-from-user.ts';
import { createSwitchWork } from '../jobs/switch-pack.ts';
import { Learner } from './learner.ts';
import { createMediaSource, type MediaSource } from './media.ts';
import { PackSwitcher } from './pack-switcher.ts';
import { Recognition } from './recognition.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';

export interface Engine {
  readonly api: KindredApi;
  readonly handlers: MethodHandlers;
  readonly events: EventSource;
  readonly media: MediaSource;
  /** Ends what runs, so that a later start continues it, and closes the library. */
  close(): Promise<void>;
}

/** @throws AppError "library-in-use", "library-too-new", "library-damaged", "not-a-library", or what the disk refuses */
export async function openEngine(options: EngineOptions, threads: EngineThreads = ownThreads): Promise<Engine> {
  const now = options.now ?? Date.now;
  const database = await threads.openDatabase({ libraryFolder: options.libraryFolder });
  await database.interruptStaleJobs();

  const packs = createPackStore({ packsFolder: options.packsFolder });
  const notifier = new ChangeNotifier();
  const recognition = new Recognition({ database, packs, engine: options });
  const { analyzers } = recognition;
  const comparisons = threads.openClusterer({ neighboursFolder: findLibraryPart(options.libraryFolder, 'neighbours') });
  const clusterer = new LibraryClusterer({ database, clusterer: comparisons, now });
  const describeRuntime = async (): Promise<string> => (await recognition.readLastRuntime()) ?? 'none';
  const onLibraryChange = (): void => notifier.notify('people', 'faces', 'photos', 'failures', 'status', 'packs');
  const looking = { database, analyzers, clusterer, describeRuntime, now, onLibraryChange };
  const runner = new JobRunner({
    database,
    now,
    works: {
      import: createImportWork({ ...looking, plan: (effort) => recognition.planActive(effort) }),
      'switch-pack': createSwitchWork({ ...looking, planPack: (pack) => recognition.planPack(pack) }),
      learn: createLearnWork({
        database,
        clusterer,
        options: learningDefaults,
        plan: () => recognition.planActive(),
        onProjectionChange: () => recognition.forgetProjections(),
        onLibraryChange: () => notifier.notify('people', 'faces', 'status'),
      }),
      'download-pack': createDownloadWork({ packs, now, onPackChange: () => notifier.notify('packs') }),
    },
  });
  const switcher = new PackSwitcher({ database, packs, recognition, runner });
  if (options.continuesSwitch ?? true) await switcher.continueInterrupted();

  const learner = new Learner({ database, recognition, runner, clusterer, rules: learningRules });
  runner.jobs.on(({ kind, state }) => {
    if (kind === 'learn' && isEnded(state)) notifier.notify('learning');
    else if (kind !== 'learn' && isEnded(state)) learner.noteChange();
  });
  const handlers = createHandlers({ options, database, packs, recognition, switcher, runner, notifier, clusterer, learner });
  const events: EventSource = {
    on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) {
      const source = event === 'job' ? runner.jobs : notifier.changes;
      return source.on(listener as (payload: EventPayload<EventName>) => void);
    },
  };
  const api = createInProcessApi(handlers, events);
  const media = createMediaSource({
    database,
    thumbnailsFolder: findLibraryPart(options.libraryFolder, 'thumbnails'),
    maxPixels: analysisLimits.maxPixels,
  });

  async function close(): Promise<void> {
    learner.close();
    await runner.close();
    notifier.flush();
    api.close();
    await analyzers.close();
    await clusterer.close();
    await database.close();
  }
  let closed: Promise<void> | null = null;

  return {
    api,
    handlers,
    events,
    media,
    close: () => (closed ??= close()),
  };
}
