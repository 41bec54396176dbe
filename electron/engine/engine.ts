/** The engine: opens a library and joins database, jobs, packs and thumbnails to what answers KindredApi. */

import { existsSync } from 'node:fs';
import type { EventName, EventPayload, KindredApi, MethodHandlers } from '../api/contract.ts';
import { createInProcessApi } from '../api/in-process-api.ts';
import { isEnded } from '../api/job-states.ts';
import type { EventSource } from '../api/serve-api.ts';
import type { AppError } from '../base/errors.ts';
import { createSteadyClock } from '../base/steady-clock.ts';
import { analysisLimits, learningDefaults, learningRules } from './config.ts';
import { findLibraryPart } from '../database/file/library-file.ts';
import { createHandlers } from './handlers/create-handlers.ts';
import { createJobNotes, noteFailures, noteMediaFailures, noteStart, noteWorkFailures, openEngineLog } from './engine-log.ts';
import type { EngineOptions } from './engine-options.ts';
import { ownThreads, type EngineThreads } from './engine-threads.ts';
import { LibraryPack } from './active-pack.ts';
import { AnalysisPlanner } from './analysis-planner.ts';
import { AnalyzerLease } from '../jobs/analyzer-lease.ts';
import { ChangeNotifier } from '../jobs/change-notifier.ts';
import { LibraryClusterer } from '../jobs/cluster-library.ts';
import { createDownloadWork } from '../jobs/download-pack.ts';
import { createImportWork } from '../jobs/import-photos.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { createLearnWork } from '../jobs/learn-from-user.ts';
import { createSwitchWork } from '../jobs/switch-pack.ts';
import type { Log } from '../log/open-log.ts';
import { Learner } from './learner.ts';
import { openPictureRenderer } from '../pipeline/open-picture-renderer.ts';
import { KeptPictures } from '../imaging/kept-pictures.ts';
import { createMediaSource, type MediaSource } from './media.ts';
import { PackSwitcher } from './pack-switcher.ts';
import { openLibraryAnalyzers } from './open-library-analyzers.ts';
import { SettingsOfRecognition } from './recognition-settings.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';

export interface Engine {
  readonly api: KindredApi;
  readonly handlers: MethodHandlers;
  readonly events: EventSource;
  readonly media: MediaSource;
  /** In the library's folder; hosts note in it what goes wrong on their side. */
  readonly log: Pick<Log, 'noteError'>;
  /** Ends what runs, so that a later start continues it, and closes the library. */
  close(): Promise<void>;
}

/** @throws AppError "library-in-use", "library-too-new", "library-damaged", "not-a-library", or what the disk refuses */
export async function openEngine(options: EngineOptions, threads: EngineThreads = ownThreads): Promise<Engine> {
  const now = options.now ?? createSteadyClock();
  const log = openEngineLog(options);
  const database = await threads.openDatabase({ libraryFolder: options.libraryFolder }).catch((error: unknown) => {
    // A folder that is no library's gets none of a library's files.
    if (existsSync(findLibraryPart(options.libraryFolder, 'logs'))) log.noteError(error, 'opening the library');
    throw error;
  });
  noteStart(log);

  const packs = createPackStore({ packsFolder: options.packsFolder });
  const notifier = new ChangeNotifier();
  const pictures = new KeptPictures(findLibraryPart(options.libraryFolder, 'thumbnails'));
  await pictures.sweepUnfinished();
  // Nobody waits for it, and what it does not get at now it takes at the next start.
  const swept = pictures.sweepFormer().catch((error: unknown) => log.noteError(error, 'sweeping the thumbnails'));
  const renderer = openPictureRenderer({ picturesFolder: pictures.folder, maxPixels: analysisLimits.maxPixels });
  const settings = new SettingsOfRecognition(database, options.runtime);
  const libraryPack = new LibraryPack(database, packs);
  const planner = new AnalysisPlanner({ database, packs, libraryPack, settings });
  const onWorkerEnd = (error: AppError): void => log.noteError(error, 'a worker that analyzes photos');
  const analyzers = new AnalyzerLease((setup) => {
    return openLibraryAnalyzers(setup, { packs, settings, engine: options, picturesFolder: pictures.folder, onWorkerEnd });
  });
  const comparisons = threads.openClusterer({ neighboursFolder: findLibraryPart(options.libraryFolder, 'neighbours') });
  const clusterer = new LibraryClusterer({ database, clusterer: comparisons, now });
  const describeRuntime = async (): Promise<string> => (await settings.readLastRuntime()) ?? 'none';
  const onLibraryChange = (): void => notifier.notify('people', 'faces', 'photos', 'failures', 'status', 'packs');
  const looking = { database, analyzers, clusterer, describeRuntime, now, onLibraryChange };
  const runner = await JobRunner.open({
    database,
    now,
    works: noteWorkFailures({
      import: createImportWork({ ...looking, plan: (effort) => planner.planActive(effort) }),
      'switch-pack': createSwitchWork({ ...looking, planPack: (pack) => planner.planPack(pack) }),
      learn: createLearnWork({
        database,
        clusterer,
        options: learningDefaults,
        plan: () => planner.planActive(),
        onProjectionChange: () => planner.forgetProjections(),
        onLibraryChange: () => notifier.notify('people', 'faces', 'status'),
      }),
      'download-pack': createDownloadWork({ packs, now, onPackChange: () => notifier.notify('packs', 'status') }),
    }, log),
  });
  runner.jobs.on(createJobNotes(log));
  const switcher = new PackSwitcher({ database, packs, libraryPack, planner, runner });
  // What is wrong with a pack is told by the status, in the window that opens: it is where it can be mended.
  const continueSwitch = (): Promise<void> => switcher.continueInterrupted().catch((error: unknown) => log.noteError(error, 'going on with a switch'));
  if (options.continuesSwitch ?? true) await continueSwitch();

  const learner = new Learner({ database, libraryPack, planner, runner, clusterer, rules: learningRules });
  runner.jobs.on(({ kind, state }) => {
    if (kind === 'download-pack' && state === 'done' && (options.continuesSwitch ?? true)) void continueSwitch();
    if (kind === 'learn' && isEnded(state)) notifier.notify('learning');
    else if (kind !== 'learn' && isEnded(state)) learner.noteChange();
  });
  const handlers = noteFailures(createHandlers({ options, database, packs, settings, libraryPack, planner, analyzers, switcher, runner, notifier, clusterer, learner }), log);
  const events: EventSource = {
    on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) {
      const source = event === 'job' ? runner.jobs : notifier.changes;
      return source.on(listener as (payload: EventPayload<EventName>) => void);
    },
  };
  const api = createInProcessApi(handlers, events);
  const media = noteMediaFailures(createMediaSource({ database, pictures, renderer }), log);

  const noteCrash = (error: unknown): void => log.noteError(error, 'the process, which ends');
  process.on('uncaughtExceptionMonitor', noteCrash);

  async function close(): Promise<void> {
    learner.close();
    await runner.close();
    notifier.flush();
    api.close();
    await analyzers.close();
    await renderer.close();
    await swept;
    await clusterer.close();
    await database.close();
    log.note('end');
    process.off('uncaughtExceptionMonitor', noteCrash);
  }
  let closed: Promise<void> | null = null;

  return {
    api,
    handlers,
    events,
    media,
    log,
    close: () => (closed ??= close()),
  };
}
