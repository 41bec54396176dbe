/** The engine: opens a library and answers KindredApi with database, jobs, pipeline and thumbnails behind it. */

import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { EventName, EventPayload, KindredApi, MethodHandlers } from './api/contract.ts';
import { createInProcessApi } from './api/in-process-api.ts';
import type { EventSource } from './api/serve-api.ts';
import { AppError } from './base/errors.ts';
import { analysisDefaults, fitClusteringTo, workerCountDefault } from './config.ts';
import type { LibraryDatabase } from './database/library-database.ts';
import { openLibraryDatabase } from './database/open-library-database.ts';
import type { EngineOptions } from './engine-options.ts';
import { AnalyzerLease } from './jobs/analyzer-lease.ts';
import { ChangeNotifier } from './jobs/change-notifier.ts';
import { LibraryClusterer } from './jobs/cluster-library.ts';
import { createImportWork } from './jobs/import-photos.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { browseFolders } from './library/browse-folders.ts';
import { isPhotoFileName } from './library/file-types.ts';
import { createMediaSource, type MediaSource } from './media.ts';
import { comparePhotos } from './pipeline/compare-photos.ts';
import { openAnalyzers } from './pipeline/open-analyzers.ts';
import { pipelineVersion } from './pipeline/types.ts';
import type { AnalyzerPool } from './pipeline/worker-pool.ts';
import { fingerprintPack } from '../native-models/packs/fingerprint-pack.ts';
import { loadPack } from '../native-models/packs/load-pack.ts';
import { readSameDistance } from '../native-models/packs/manifest.ts';
import { readStandardManifest } from '../native-models/packs/standard-pack.ts';

export interface Engine {
  readonly api: KindredApi;
  readonly handlers: MethodHandlers;
  readonly events: EventSource;
  readonly media: MediaSource;
  /** Ends what runs, so that a later start continues it, and closes the library. */
  close(): Promise<void>;
}

const lastRuntimeSetting = 'runtime.lastUsed';
const consentSetting = 'consent.biometricData';

/** @throws AppError "library-in-use", "library-too-new", "library-damaged" */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const now = options.now ?? Date.now;
  const manifest = readStandardManifest();
  await mkdir(options.libraryFolder, { recursive: true, mode: 0o700 });
  const database = await openLibraryDatabase({ libraryFolder: options.libraryFolder });
  const packId = await database.registerPack({
    name: manifest.name,
    version: manifest.version,
    manifestSha256: fingerprintPack(manifest),
    embeddingLength: manifest.embedder.length,
  });
  await database.interruptStaleJobs();

  const notifier = new ChangeNotifier();
  const analyzers = new AnalyzerLease(async () => {
    const pool = await openAnalyzers({
      pack: await loadPack(manifest, path.join(options.packsFolder, manifest.name)),
      runtime: options.runtime,
      cacheFolder: options.cacheFolder,
      workers: options.workers ?? workerCountDefault(),
      ...analysisDefaults,
    });
    await database.writeSetting(lastRuntimeSetting, pool.runtimeDescription);
    return pool;
  });
  const clusterer = new LibraryClusterer({ database, packId, clustering: fitClusteringTo(readSameDistance(manifest)), now });
  const runner = new JobRunner({
    database,
    now,
    work: createImportWork({
      database,
      analyzers,
      describeRuntime: async () => (await readLastRuntime(database)) ?? options.runtime,
      clusterer,
      analysis: { packId, pipelineVersion },
      now,
      onLibraryChange: () => notifier.notify('people', 'faces', 'photos', 'failures', 'status'),
    }),
  });

  const handlers = createHandlers({ options, database, analyzers, runner, notifier, threshold: readSameDistance(manifest) });
  const events: EventSource = {
    on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) {
      const source = event === 'job' ? runner.jobs : notifier.changes;
      return source.on(listener as (payload: EventPayload<EventName>) => void);
    },
  };
  const api = createInProcessApi(handlers, events);
  const media = createMediaSource({
    database,
    thumbnailsFolder: path.join(options.libraryFolder, 'thumbnails'),
    maxPixels: analysisDefaults.maxPixels,
  });

  async function close(): Promise<void> {
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

interface HandlerParts {
  readonly options: EngineOptions;
  readonly database: LibraryDatabase;
  readonly analyzers: AnalyzerLease;
  readonly runner: JobRunner;
  readonly notifier: ChangeNotifier;
  /** Euclidean distance of unit embeddings. */
  readonly threshold: number;
}

function createHandlers({ options, database, analyzers, runner, notifier, threshold }: HandlerParts): MethodHandlers {
  /** What every action of the user has in common: it is told once it is stored. */
  async function act<Value>(action: Promise<Value>): Promise<Value> {
    const value = await action;
    notifier.notify('people', 'faces', 'journal', 'status');
    return value;
  }
  const nothing = {};

  return {
    'library.status': async () => {
      const [counts, jobs, consent, runtime] = await Promise.all([
        database.countLibrary(),
        runner.list(),
        database.readSetting(consentSetting),
        readLastRuntime(database),
      ]);
      const pack = readStandardManifest().name;
      const isConsentGiven = consent !== null && consent !== undefined;
      return { libraryFolder: options.libraryFolder, ...counts, pack, runtime, isConsentGiven, jobs };
    },
    'library.giveConsent': async () => {
      await database.writeSetting(consentSetting, { at: new Date((options.now ?? Date.now)()).toISOString() });
      notifier.notify('status');
      return nothing;
    },

    'folders.browse': ({ path: folder }) => browseFolders(folder),

    'import.start': async ({ folders }) => ({ jobId: await runner.start(folders.map((folder) => path.resolve(folder))) }),
    'import.startSamples': async () => ({ jobId: await runner.start(await listSamples(options.samplesFolder)) }),
    'jobs.list': async () => ({ jobs: await runner.list() }),
    'jobs.pause': async ({ jobId }) => {
      runner.pause(jobId);
      return nothing;
    },
    'jobs.resume': async ({ jobId }) => {
      await runner.resume(jobId);
      return nothing;
    },
    'jobs.cancel': async ({ jobId }) => {
      runner.cancel(jobId);
      return nothing;
    },
    'failures.list': (params) => database.listFailures(params),

    'people.list': (params) => database.listPeople(params),
    'people.get': (params) => database.getPerson(params),
    'people.search': (params) => database.searchPeople(params),
    'people.name': (params) => act(database.namePerson(params)),
    'people.merge': (params) => act(database.mergePeople(params)),
    'people.chooseCover': (params) => act(database.chooseCover(params)),
    'people.ignore': (params) => act(database.ignorePerson(params).then(() => nothing)),
    'people.restore': (params) => act(database.restorePerson(params).then(() => nothing)),

    'faces.list': (params) => database.listFaces(params),
    'faces.export': (params) => database.exportFaces(params),
    'faces.move': (params) => act(database.moveFaces(params)),
    'faces.confirm': (params) => act(database.confirmFaces(params).then(() => nothing)),
    'faces.reject': (params) => act(database.rejectFaces(params).then(() => nothing)),
    'faces.ignore': (params) => act(database.ignoreFaces(params).then(() => nothing)),
    'faces.restore': (params) => act(database.restoreFaces(params).then(() => nothing)),

    'photos.get': (params) => database.getPhoto(params),
    'photos.list': (params) => database.listPhotos(params),
    'photos.compare': ({ firstPath, secondPath }, { signal }) =>
      analyzers.use((pool: AnalyzerPool) => comparePhotos(pool, { firstPath, secondPath, threshold, signal })),

    'journal.list': (params) => database.listJournal(params),
    'journal.undo': async ({ count }) => ({ entries: await act(database.undo(count)) }),
    'journal.redo': async ({ count }) => ({ entries: await act(database.redo(count)) }),
  };
}

async function readLastRuntime(database: LibraryDatabase): Promise<string | null> {
  const stored = await database.readSetting(lastRuntimeSetting);
  return typeof stored === 'string' ? stored : null;
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
