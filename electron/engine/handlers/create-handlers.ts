/** KindredApi's answers: what each method does with database, jobs and packs. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { MethodHandlers } from '../../api/contract.ts';
import type { DetectionEffort, Pack } from '../../api/schemas.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import type { JobId } from '../../base/ids.ts';
import type { LibraryDatabase } from '../../database/library-database.ts';
import type { EngineOptions } from '../engine-options.ts';
import { placeHead } from '../../geometry/frontal-view.ts';
import type { HeadAngles } from '../../geometry/rotation.ts';
import type { ChangeNotifier } from '../../jobs/change-notifier.ts';
import type { LibraryClusterer } from '../../jobs/cluster-library.ts';
import { isEnded, type JobRunner } from '../../jobs/job-runner.ts';
import type { Learner } from '../learner.ts';
import { browseFolders } from '../../library/browse-folders.ts';
import { isPhotoFileName } from '../../library/file-types.ts';
import { describePack } from '../pack-records.ts';
import type { PackSwitcher } from '../pack-switcher.ts';
import { comparePhotos } from '../../pipeline/compare-photos.ts';
import type { Recognition } from '../recognition.ts';
import { createSuggestionHandlers } from './suggestions.ts';
import { createTrustHandlers } from './trust.ts';
import type { PackState, PackStore } from '../../../native-models/packs/pack-store.ts';

const consentSetting = 'consent.biometricData';

export interface HandlerParts {
  readonly options: EngineOptions;
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly recognition: Recognition;
  readonly switcher: PackSwitcher;
  readonly runner: JobRunner;
  readonly notifier: ChangeNotifier;
  readonly clusterer: LibraryClusterer;
  readonly learner: Learner;
}

function readPose(landmarks: Float32Array | null): HeadAngles | null {
  if (landmarks === null) return null;
  try {
    const { yaw, pitch, roll } = placeHead(landmarks).pose;
    return { yaw, pitch, roll };
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}

export function createHandlers(parts: HandlerParts): MethodHandlers {
  const { options, database, recognition, switcher, runner, notifier, learner } = parts;

  /** What every action of the user has in common: it is told once it is stored. */
  async function act<Value>(action: Promise<Value>): Promise<Value> {
    const value = await action;
    notifier.notify('people', 'faces', 'journal', 'status');
    learner.noteChange();
    return value;
  }
  const nothing = {};

  async function startImport(folders: readonly string[], effort: DetectionEffort | null): Promise<{ jobId: JobId }> {
    await switcher.bringUpToDate();
    return { jobId: await runner.start({ kind: 'import', folders: [...folders], effort }) };
  }

  return {
    ...createPackHandlers(parts),
    ...createSuggestionHandlers(parts),
    ...createTrustHandlers(parts),
    ...createLearningHandlers(parts),
    'library.status': async () => {
      const [counts, jobs, consent, runtime, { name: pack }] = await Promise.all([
        database.countLibrary(),
        runner.list(),
        database.readSetting(consentSetting),
        recognition.readLastRuntime(),
        recognition.readActivePack(),
      ]);
      const isConsentGiven = consent !== null && consent !== undefined;
      return { libraryFolder: options.libraryFolder, ...counts, pack, runtime, isConsentGiven, jobs };
    },
    'library.giveConsent': async () => {
      await database.writeSetting(consentSetting, { at: new Date((options.now ?? Date.now)()).toISOString() });
      notifier.notify('status');
      return nothing;
    },

    'folders.browse': ({ path: folder }) => browseFolders(folder),

    'import.start': ({ folders, effort }) => startImport(folders.map((folder) => path.resolve(folder)), effort),
    'import.startSamples': async () => startImport(await listSamples(options.samplesFolder), null),
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
      await runner.cancel(jobId);
      return nothing;
    },
    'failures.list': (params) => database.listFailures(params),

    'people.list': (params) => database.listPeople(params),
    'people.get': (params) => database.getPerson(params),
    'people.search': (params) => database.searchPeople(params),
    'people.name': (params) => act(database.namePerson(params)),
    'people.merge': (params) => act(database.mergePeople(params)),
    'people.chooseCover': (params) => act(database.chooseCover(params)),
    'people.setBorn': (params) => act(database.setBorn(params)),
    'people.split': (params) => act(database.splitPerson(params)),
    'people.recluster': (params) => act(database.reclusterPerson(params)),
    'people.ignore': (params) => act(database.ignorePerson(params).then(() => nothing)),
    'people.restore': (params) => act(database.restorePerson(params).then(() => nothing)),
    'people.countStrangers': (params) => database.countStrangers(params),
    'people.ignoreStrangers': (params) => act(database.ignoreStrangers(params)),

    'review.answer': (params) => act(database.answerReview(params)),

    'faces.list': (params) => database.listFaces(params),
    'faces.export': (params) => database.exportFaces(params),
    'faces.pose': async ({ faceId }) => ({ pose: readPose(await database.readLandmarks(faceId)) }),
    'faces.move': (params) => act(database.moveFaces(params)),
    'faces.confirm': (params) => act(database.confirmFaces(params).then(() => nothing)),
    'faces.reject': (params) => act(database.rejectFaces(params).then(() => nothing)),
    'faces.ignore': (params) => act(database.ignoreFaces(params).then(() => nothing)),
    'faces.restore': (params) => act(database.restoreFaces(params).then(() => nothing)),

    'photos.get': (params) => database.getPhoto(params),
    'photos.list': (params) => database.listPhotos(params),
    'photos.listDoubles': (params) => database.listDoubles(params),
    'photos.ignoreStrangers': (params) => act(database.ignoreStrangersInPhoto(params)),
    'photos.compare': async ({ firstPath, secondPath }, { signal }) => {
      const { setup, sameDistance: threshold } = await recognition.planPack((await recognition.readActivePack()).name);
      return await recognition.analyzers.use(setup, (pool) => comparePhotos(pool, { firstPath, secondPath, threshold, signal }));
    },

    'journal.list': (params) => database.listJournal(params),
    'journal.undo': async ({ count }) => ({ entries: await act(database.undo(count)) }),
    'journal.redo': async ({ count }) => ({ entries: await act(database.redo(count)) }),
  };
}

type PackMethod = Extract<keyof MethodHandlers, `packs.${string}` | `settings.${string}`>;

function createPackHandlers({ packs, recognition, switcher, runner, notifier }: HandlerParts): Pick<MethodHandlers, PackMethod> {
  async function describe(state: PackState): Promise<Pack> {
    const { name } = await recognition.readActivePack();
    const photosToAnalyze = await recognition.countPending(state.manifest);
    return describePack(state, { isActive: state.manifest.name === name, photosToAnalyze });
  }

  return {
    'packs.list': async () => ({ packs: await Promise.all((await packs.list()).map(describe)) }),
    'packs.add': async ({ path: given }) => {
      const added = await packs.add(given);
      notifier.notify('packs');
      return await describe(added);
    },
    'packs.download': async ({ name }) => {
      // A name that nobody knows is refused here rather than by a job.
      await packs.readManifest(name);
      const open = (await runner.list()).find((job) => job.kind === 'download-pack' && job.pack === name && !isEnded(job.state));
      return { jobId: open?.id ?? (await runner.start({ kind: 'download-pack', pack: name })) };
    },
    'packs.use': async ({ name }) => {
      const jobId = await switcher.use(name);
      notifier.notify('packs', 'status');
      return { jobId };
    },
    'packs.verify': async ({ name }) => describe(await packs.verify(name)),

    'settings.get': () => recognition.readSettings(),
    'settings.change': async (changes) => {
      await recognition.changeSettings(changes);
      notifier.notify('settings', 'packs');
      return await recognition.readSettings();
    },
  };
}

type LearningMethod = Extract<keyof MethodHandlers, `learning.${string}`>;

function createLearningHandlers({ learner, notifier }: HandlerParts): Pick<MethodHandlers, LearningMethod> {
  return {
    'learning.get': () => learner.describe(),
    'learning.start': async () => ({ jobId: await learner.start() }),
    'learning.use': async ({ version }) => {
      await learner.use(version);
      notifier.notify('people', 'faces', 'status', 'learning');
      return await learner.describe();
    },
    'learning.change': async ({ isAutomatic }) => {
      await learner.setAutomatic(isAutomatic);
      notifier.notify('learning');
      return await learner.describe();
    },
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
