/** An engine that lives in memory and behaves like the real one on the sample photos: for tests and for the renderer. */

import path from 'node:path';
import type { EventName, EventPayload, MethodHandlers } from '../../electron/api/contract.ts';
import { createInProcessApi } from '../../electron/api/in-process-api.ts';
import type { DetectionEffort, ImportFailure, JobOf, JobSnapshot, JournalEntry, Pack, PersonSummary } from '../../electron/api/schemas.ts';
import { Emitter } from '../../electron/base/emitter.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { FaceId, JobId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { createFakeClustering } from './fake-clustering.ts';
import { browseFolder, failuresOf, fakeHome } from './fake-folders.ts';
import { createFakeId, createFakeLibrary, newPerson, notFound } from './fake-library.ts';
import { createFakeLearning } from './fake-learning.ts';
import { createFakeMedia } from './fake-media.ts';
import { createFakeTrust } from './fake-trust.ts';
import { completePack, fakePacks, fakeRuntimes } from './fake-packs.ts';
import type { FakePack } from './fake-packs.ts';
import { readSampleFaces, samplePhotoSizes } from './sample-faces.ts';
import type { SampleFace } from './sample-faces.ts';

export { createFakeId } from './fake-library.ts';

export interface FakeEngineOptions {
  /** Whether the samples are imported from the start. */
  isFilled?: boolean;
  /** People more, each with one to five faces borrowed from the samples: for long lists. */
  extraPeople?: number;
  /** Every sample photo again in so many albums, its people in pieces and a few faces with the wrong one: for all that
   *  reviews clusters. */
  albums?: number;
  /** Whether something was learnt from the user already. */
  hasLearnt?: boolean;
  libraryFolder?: string;
  /** Whether the user has read about biometric data. */
  isConsentGiven?: boolean;
  /** What the library's photos were looked at with; the others have not seen any. */
  pack?: string;
  /** Waits between two photos of an import; a test hands in its own, the default only yields. */
  pause?: () => Promise<void>;
}

export interface FakeEngine extends Engine {
  /** Folders whose import was asked for, in order. */
  readonly importedFolders: string[][];
  readonly isClosed: boolean;
}

interface FakeJob {
  snapshot: JobSnapshot;
  isPaused: boolean;
  isCancelled: boolean;
  readonly resumed: Emitter<void>;
}

export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const libraryFolder = options.libraryFolder ?? path.resolve('/fake/library');
  const pause = options.pause ?? (() => new Promise<void>((resolve) => setImmediate(resolve)));
  const sampleFaces = readSampleFaces();
  const failures: ImportFailure[] = [];
  const jobs = new Map<JobId, FakeJob>();
  const emitters = { job: new Emitter<JobSnapshot>(), changed: new Emitter<EventPayload<'changed'>>() };
  const importedFolders: string[][] = [];
  let packs: readonly FakePack[] = fakePacks;
  let activePack = options.pack ?? 'standard';
  let recognition: { effort: DetectionEffort; runtime: string } = { effort: 'balanced', runtime: 'auto' };
  /** Pack and effort of each switch that is done. */
  const lookedAtBy = new Set([`${activePack} fast`, `${activePack} balanced`]);
  let isConsentGiven = options.isConsentGiven ?? false;
  let isClosed = false;
  const library = createFakeLibrary(() => emitChanged('people', 'faces', 'journal', 'status'));
  const { photos, faces, journal, facesOf, summarizePerson, summarizeFace, listPeople, listFaces, requirePerson } = library;
  const { act, changePerson, changeFaces, nameOf } = library;

  const learning = createFakeLearning({
    hasLearnt: options.hasLearnt ?? false,
    readLabels: () => {
      const named = listPeople().filter(({ name, isIgnored }) => name !== null && !isIgnored);
      const faceCount = named.reduce((sum, person) => sum + person.faceCount, 0);
      return { people: named.length, faces: faceCount, names: named.map(({ name }) => name ?? '') };
    },
    tick: () => library.tick(),
    readPack: () => activePack,
    isRunning: () => [...jobs.values()].some(({ snapshot }) => snapshot.kind === 'learn' && snapshot.state === 'running'),
    onChange: () => emitChanged('people', 'faces', 'status', 'learning'),
  });

  function emitChanged(...topics: EventPayload<'changed'>['topics']): void {
    emitters.changed.emit({ topics, people: null, faces: null, photos: null });
  }

  // --- jobs --------------------------------------------------------------------------------------------------

  function updateJob(job: FakeJob, changes: Partial<JobSnapshot>): void {
    job.snapshot = { ...job.snapshot, ...changes } as JobSnapshot;
    emitters.job.emit(job.snapshot);
  }

  function startImport(folders: string[], effort: DetectionEffort | null): { jobId: JobId } {
    importedFolders.push(folders);
    const job = addJob({ kind: 'import', folders, effort });
    void runImport(job, folders);
    return { jobId: job.snapshot.id };
  }

  function addJob(
    task: Pick<JobOf<'import'>, 'kind' | 'folders' | 'effort'> | Pick<JobOf<'switch-pack'> | JobOf<'download-pack'> | JobOf<'learn'>, 'kind' | 'pack'>,
  ): FakeJob {
    const jobId = createFakeId<JobId>('job', jobs.size);
    const job: FakeJob = {
      snapshot: {
        ...task,
        id: jobId,
        state: 'queued',
        progress: {
          stage: 'preparing',
          done: 0,
          total: null,
          faces: 0,
          failed: 0,
          photosPerSecond: null,
          secondsLeft: null,
        },
        summary: null,
        error: null,
        createdAt: library.tick(),
      } as JobSnapshot,
      isPaused: false,
      isCancelled: false,
      resumed: new Emitter(),
    };
    jobs.set(jobId, job);
    return job;
  }

  /** @returns whether the job is to go on */
  async function pauseStep(job: FakeJob): Promise<boolean> {
    await pause();
    if (job.isPaused) {
      updateJob(job, { state: 'paused' });
      await new Promise<void>((resolve) => {
        const stop = job.resumed.on(() => {
          stop();
          resolve();
        });
      });
      if (!job.isCancelled) updateJob(job, { state: 'running' });
    }
    if (!job.isCancelled && !isClosed) return true;
    updateJob(job, { state: 'cancelled' });
    return false;
  }

  async function runSwitch(job: FakeJob, pack: string): Promise<void> {
    const total = countPhotosToAnalyze(pack);
    updateJob(job, { state: 'running', progress: { ...job.snapshot.progress, stage: 'analyzing', total } });
    for (let done = 1; done <= total; done++) {
      if (!(await pauseStep(job))) return;
      const secondsLeft = (total - done) / 2;
      updateJob(job, { progress: { ...job.snapshot.progress, done, faces: done * 3, photosPerSecond: 2, secondsLeft } });
    }
    updateJob(job, { progress: { ...job.snapshot.progress, stage: 'clustering' } });
    await pause();
    activePack = pack;
    lookedAtBy.add(`${pack} ${recognition.effort}`);
    updateJob(job, {
      state: 'done',
      progress: { ...job.snapshot.progress, stage: 'finished', secondsLeft: 0 },
      summary: {
        photos: total,
        analyzed: total,
        missing: 0,
        failed: [],
        failedCount: 0,
        faces: faces.size,
        people: listPeople().filter((person) => person.faceCount > 0).length,
        seconds: 3,
        runtime: 'onnx',
      },
    });
    emitChanged('people', 'faces', 'status', 'packs');
  }

  async function runDownload(job: FakeJob, pack: string): Promise<void> {
    const total = requirePack(pack).lackingBytes;
    updateJob(job, { state: 'running', progress: { ...job.snapshot.progress, stage: 'downloading', total } });
    for (const share of [0.25, 0.5, 0.75, 1]) {
      if (!(await pauseStep(job))) return;
      updateJob(job, { progress: { ...job.snapshot.progress, done: Math.round(total * share), secondsLeft: (1 - share) * 4 } });
    }
    packs = packs.map((known) => (known.name === pack ? completePack(known) : known));
    updateJob(job, { state: 'done', progress: { ...job.snapshot.progress, stage: 'finished', secondsLeft: 0 } });
    emitChanged('packs');
  }

  async function runLearning(job: FakeJob): Promise<void> {
    updateJob(job, { state: 'running', progress: { ...job.snapshot.progress, stage: 'learning', total: 1000 } });
    for (const done of [250, 500, 1000]) {
      if (!(await pauseStep(job))) return;
      updateJob(job, { progress: { ...job.snapshot.progress, done } });
    }
    const { state: _, createdAt: __, ...report } = learning.learn();
    updateJob(job, {
      state: 'done',
      progress: { ...job.snapshot.progress, stage: 'finished', secondsLeft: 0 },
      summary: { ...report, isAdopted: true },
    });
    emitChanged('people', 'faces', 'status', 'learning');
  }

  // --- packs -------------------------------------------------------------------------------------------------

  function countPhotosToAnalyze(pack: string): number {
    return lookedAtBy.has(`${pack} ${recognition.effort}`) ? 0 : photos.size;
  }

  function describePack(pack: FakePack): Pack {
    return { ...pack, isActive: pack.name === activePack, photosToAnalyze: countPhotosToAnalyze(pack.name) };
  }

  function requirePack(name: string): FakePack {
    const pack = packs.find((known) => known.name === name);
    if (pack === undefined) throw notFound('pack', name);
    return pack;
  }

  async function runImport(job: FakeJob, folders: readonly string[]): Promise<void> {
    const files = [...samplePhotoSizes.keys()];
    const folder = folders[0] ?? '/photos';
    let added = 0;
    let facesFound = 0;
    updateJob(job, { state: 'running', progress: { ...job.snapshot.progress, stage: 'walking' } });
    for (const [index, sample] of files.entries()) {
      if (!(await pauseStep(job))) return;
      if (library.addSample(sample, folder)) {
        added++;
        facesFound += sampleFaces.filter((face) => face.photo === sample).length;
      }
      updateJob(job, {
        progress: {
          stage: 'analyzing',
          done: index + 1,
          total: files.length,
          faces: facesFound,
          failed: 0,
          photosPerSecond: 2,
          secondsLeft: (files.length - index - 1) / 2,
        },
      });
      emitChanged('people', 'faces', 'photos', 'status');
    }
    updateJob(job, { progress: { ...job.snapshot.progress, stage: 'clustering' } });
    await pause();
    const failed = folders.flatMap(failuresOf);
    failures.push(...failed);
    if (failed.length > 0) emitChanged('failures', 'status');
    updateJob(job, {
      state: 'done',
      progress: { ...job.snapshot.progress, stage: 'finished', failed: failed.length, secondsLeft: 0 },
      summary: {
        photos: files.length + failed.length,
        added,
        faces: faces.size,
        people: listPeople().filter((person) => person.faceCount > 0).length,
        failed,
        failedCount: failed.length,
        skipped: files.length - added,
        unsupported: failed.length > 0 ? { heic: 2 } : {},
        seconds: 3,
        runtime: 'onnx',
      },
    });
  }

  function requireJob(jobId: JobId): FakeJob {
    const job = jobs.get(jobId);
    if (job === undefined) throw notFound('job', jobId);
    return job;
  }

  // --- the API -----------------------------------------------------------------------------------------------

  const handlers: MethodHandlers = {
    ...createFakeClustering(library),
    ...createFakeTrust(library),
    ...learning.handlers,
    'learning.start': async () => {
      const job = addJob({ kind: 'learn', pack: activePack });
      void runLearning(job);
      return { jobId: job.snapshot.id };
    },
    'library.status': async () => {
      const people = listPeople();
      return {
        libraryFolder,
        photos: photos.size,
        faces: faces.size,
        people: people.length,
        namedPeople: people.filter((person) => person.name !== null).length,
        failedFiles: failures.length,
        pack: activePack,
        runtime: 'onnx',
        packProblem: null,
        isConsentGiven,
        lastDone: journal.findLast(({ entry }) => !entry.isUndone)?.entry ?? null,
        lastUndone: journal.find(({ entry }) => entry.isUndone)?.entry ?? null,
        jobs: [...jobs.values()].map((job) => job.snapshot),
      };
    },
    'library.giveConsent': async () => {
      isConsentGiven = true;
      emitChanged('status');
      return {};
    },
    'folders.browse': async ({ path: asked }) => browseFolder(asked ?? fakeHome),
    'import.start': async ({ folders, effort }) => startImport(folders, effort),
    'import.startSamples': async () => startImport(['/samples'], null),
    'packs.list': async () => ({ packs: packs.map(describePack) }),
    'packs.add': async ({ path: given }) => {
      if (!given.endsWith('.json')) {
        throw new AppError('bad-argument', 'Expected a manifest', { parameters: { field: 'path', path: given } });
      }
      const name = path.basename(given, '.json');
      packs = [...packs, { ...fakePacks[0]!, name, origin: 'added', source: given, trainingData: '' }];
      emitChanged('packs');
      return describePack(requirePack(name));
    },
    'packs.download': async ({ name }) => {
      requirePack(name);
      const job = addJob({ kind: 'download-pack', pack: name });
      void runDownload(job, name);
      return { jobId: job.snapshot.id };
    },
    'packs.use': async ({ name }) => {
      if (requirePack(name).state !== 'ready') {
        throw new AppError('model-missing', 'Expected the model file', { parameters: { pack: name, needsDownload: true } });
      }
      if (photos.size === 0) activePack = name;
      if (photos.size === 0 || (activePack === name && countPhotosToAnalyze(name) === 0)) return { jobId: null };
      const job = addJob({ kind: 'switch-pack', pack: name });
      void runSwitch(job, name);
      return { jobId: job.snapshot.id };
    },
    'packs.verify': async ({ name }) => describePack(requirePack(name)),
    'settings.get': async () => readRecognition(),
    'settings.change': async ({ runtime, effort }) => {
      if (runtime !== undefined && !fakeRuntimes.includes(runtime)) {
        throw new AppError('bad-argument', `Expected a runtime but received ${runtime}`, { parameters: { field: 'runtime' } });
      }
      recognition = { runtime: runtime ?? recognition.runtime, effort: effort ?? recognition.effort };
      emitChanged('settings', 'packs');
      return readRecognition();
    },
    'jobs.list': async () => ({ jobs: [...jobs.values()].map((job) => job.snapshot) }),
    'jobs.failures': async () => ({ total: failures.length, failures }),
    'jobs.pause': async ({ jobId }) => {
      requireJob(jobId).isPaused = true;
      return {};
    },
    'jobs.resume': async ({ jobId }) => {
      const job = requireJob(jobId);
      job.isPaused = false;
      job.resumed.emit();
      return {};
    },
    'jobs.cancel': async ({ jobId }) => {
      const job = requireJob(jobId);
      job.isCancelled = true;
      job.resumed.emit();
      return {};
    },
    'failures.list': async ({ offset, limit }) => ({
      total: failures.length,
      failures: failures.slice(offset, offset + limit),
    }),
    'people.list': async ({ offset, limit, filter, text }) => {
      const found = text.trim() === '' ? listPeople() : searchPeople(text);
      const shown = found.filter(({ isIgnored }) => !isIgnored);
      const lists = {
        all: shown,
        named: shown.filter(({ name }) => name !== null),
        unnamed: shown.filter(({ name }) => name === null),
        ignored: found.filter(({ isIgnored }) => isIgnored),
      };
      const { named, unnamed, ignored } = lists;
      const counts = { named: named.length, unnamed: unnamed.length, ignored: ignored.length };
      return { total: lists[filter].length, people: lists[filter].slice(offset, offset + limit), counts };
    },
    'people.get': async ({ personId }) => summarizePerson(requirePerson(personId)),
    'people.search': async ({ query, limit }) => ({ people: searchPeople(query).slice(0, limit) }),
    'people.name': async ({ personId: asked, name }) => {
      const personId = requirePerson(asked);
      const previousName = nameOf(personId);
      const entry = name === previousName ? null : act('name-person', { name, previousName }, changePerson(personId, { name }));
      return { entry, person: summarizePerson(personId) };
    },
    'people.merge': async ({ target: askedTarget, sources: askedSources }) => {
      const target = requirePerson(askedTarget);
      const sources = askedSources.map(requirePerson);
      if (sources.includes(target)) {
        throw new AppError('bad-argument', 'Expected other people than the target for sources', {
          parameters: { field: 'sources' },
        });
      }
      const name = nameOf(target) ?? sources.map(nameOf).find((other) => other !== null) ?? null;
      const entry = act('merge-people', { name, count: sources.length + 1 }, (draft) => {
        for (const [faceId, assignment] of draft.assignments) {
          if (sources.includes(assignment.personId)) draft.assignments.set(faceId, { ...assignment, personId: target });
        }
        for (const source of sources) changePerson(source, { forwardsTo: target })(draft);
        changePerson(target, { name })(draft);
      });
      return { entry, person: summarizePerson(target) };
    },
    'people.chooseCover': async ({ personId: asked, faceId }) => {
      const personId = requirePerson(asked);
      if (!facesOf(personId).some((face) => face.id === faceId)) throw notFound('face', faceId);
      const entry = act('choose-cover', { name: nameOf(personId) }, changePerson(personId, { coverFaceId: faceId }));
      return { entry, person: summarizePerson(personId) };
    },
    'people.ignore': async ({ personIds }) => ({ entry: setIgnored(personIds, true) }),
    'people.restore': async ({ personIds }) => ({ entry: setIgnored(personIds, false) }),
    'people.confirm': async ({ personIds }) => {
      const faceIds = personIds.flatMap((personId) => facesOf(requirePerson(personId))).map(({ id }) => id);
      const confirm = changeFaces(faceIds, (assignment) => ({ ...assignment, isConfirmed: true }));
      return { entry: act('confirm-faces', { people: personIds.length, faces: faceIds.length }, confirm) };
    },
    'faces.pose': async () => ({ pose: { yaw: 12, pitch: -4, roll: 2 } }),
    'faces.list': async ({ personId, offset, limit }) => {
      const found = listFaces(personId);
      return { total: found.length, faces: found.slice(offset, offset + limit).map(summarizeFace) };
    },
    'faces.export': async ({ personId, includeEmbeddings, cursor, limit }) => {
      const found = listFaces(personId).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const rest = cursor === null ? found : found.filter((face) => face.id > cursor);
      const page = rest.slice(0, limit);
      return {
        faces: page.map((face) => library.recordFace(face, includeEmbeddings)),
        nextCursor: rest.length > limit ? page.at(-1)!.id : null,
      };
    },
    'faces.move': async ({ faceIds, personId: asked, name: newName }) => {
      const personId = asked === null ? createFakeId<PersonId>('new-person', library.ticks) : requirePerson(asked);
      const move = changeFaces(faceIds, () => ({ personId, isConfirmed: true, isIgnored: false }));
      const name = asked === null ? newName : nameOf(personId);
      const entry = act('move-faces', { name, faces: faceIds.length, isNew: asked === null }, (draft) => {
        if (asked === null) draft.people.set(personId, { ...newPerson, name });
        move(draft);
      });
      return { entry, person: summarizePerson(personId) };
    },
    'faces.confirm': async ({ faceIds }) => {
      const confirm = changeFaces(faceIds, (assignment) => ({ ...assignment, isConfirmed: true }));
      return { entry: act('confirm-faces', { faces: faceIds.length }, confirm) };
    },
    'faces.reject': async ({ faceIds }) => {
      const reject = changeFaces(faceIds, (_, faceId) => ({
        personId: createFakeId<PersonId>('rejected', faceId, library.ticks),
        isConfirmed: false,
        isIgnored: false,
      }));
      const entry = act('reject-faces', { faces: faceIds.length }, (draft) => {
        reject(draft);
        for (const faceId of faceIds) draft.people.set(draft.assignments.get(faceId)!.personId, newPerson);
      });
      return { entry };
    },
    'faces.ignore': async ({ faceIds }) => {
      const ignore = changeFaces(faceIds, (assignment) => ({ ...assignment, isIgnored: true }));
      return { entry: act('ignore-faces', { faces: faceIds.length }, ignore) };
    },
    'faces.restore': async ({ faceIds }) => {
      const bringBack = changeFaces(faceIds, (assignment) => ({ ...assignment, isIgnored: false }));
      return { entry: act('restore-faces', { faces: faceIds.length }, bringBack) };
    },
    'photos.get': async ({ photoId }) => {
      const photo = photos.get(photoId);
      if (photo === undefined) throw notFound('photo', photoId);
      const size = samplePhotoSizes.get(photo.sample)!;
      return {
        id: photo.id,
        fileName: path.basename(photo.path),
        paths: [photo.path],
        ...size,
        captureTime: { local: `${photo.year}-06-01T12:30:00`, offsetMinutes: null, source: 'exif' },
        faces: [...faces.values()].filter((face) => face.photoId === photoId).map(summarizeFace),
      };
    },
    'photos.list': async ({ personId, offset, limit }) => {
      const photoIds =
        personId === null
          ? [...photos.keys()]
          : [...new Set(facesOf(requirePerson(personId)).map((face) => face.photoId))];
      return { total: photoIds.length, photoIds: photoIds.slice(offset, offset + limit) };
    },
    'photos.compare': async ({ firstPath, secondPath }) => {
      const [first, second] = [firstPath, secondPath].map((file) => {
        const found = sampleFaces.filter((face) => face.photo === path.basename(file));
        if (found.length === 0) throw new AppError('unreadable-file', `Expected a photo`, { parameters: { path: file } });
        return found;
      }) as [SampleFace[], SampleFace[]];
      const pairs = first.flatMap((a) =>
        second.map((b) => ({
          firstBox: a.box,
          secondBox: b.box,
          distance: a === b ? 0 : a.person === b.person ? 0.75 : 1.35,
          isSamePerson: a.person === b.person,
        })),
      );
      return { threshold: 1.025, pairs };
    },
    'journal.list': async ({ offset, limit }) => ({
      total: journal.length,
      entries: journal
        .toReversed()
        .slice(offset, offset + limit)
        .map(({ entry }) => entry),
    }),
    'journal.undo': async ({ entryId, withDependents }) => library.step(entryId, withDependents, true),
    'journal.redo': async ({ entryId, withDependents }) => library.step(entryId, withDependents, false),
  };

  function searchPeople(text: string): PersonSummary[] {
    const start = text.trim().toLocaleLowerCase();
    return listPeople().filter((person) => {
      const name = person.name?.toLocaleLowerCase();
      return name !== undefined && [name, ...name.split(/\s+/)].some((word) => word.startsWith(start));
    });
  }

  function setIgnored(personIds: readonly PersonId[], isIgnored: boolean): JournalEntry | null {
    const ids = personIds.map(requirePerson).filter((id) => library.decisions.people.get(id)!.isIgnored !== isIgnored);
    if (ids.length === 0) return null;
    const name = ids.length === 1 ? nameOf(ids[0]!) : null;
    return act(isIgnored ? 'ignore-person' : 'restore-person', { name, people: ids.length }, (draft) => {
      for (const id of ids) changePerson(id, { isIgnored })(draft);
    });
  }

  function readRecognition() {
    return { ...recognition, runtimeChoices: fakeRuntimes, isRuntimeOverridden: false };
  }

  const events = {
    on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): (() => void) =>
      (emitters[event] as unknown as Emitter<EventPayload<E>>).on(listener),
  };

  if (options.isFilled) for (const sample of samplePhotoSizes.keys()) library.addSample(sample, '/photos/2019 summer');
  library.addAlbums(options.albums ?? 0);
  library.addExtraPeople(options.extraPeople ?? 0);

  const api = createInProcessApi(handlers, events);
  return {
    api,
    handlers,
    events,
    log: { noteError: () => undefined },
    media: createFakeMedia({
      findPhoto: (id) => photos.get(id as PhotoId)?.sample ?? null,
      findFace: (id) => faces.get(id as FaceId)?.sample ?? null,
    }),
    importedFolders,
    get isClosed() {
      return isClosed;
    },
    close: async () => {
      isClosed = true;
      for (const job of jobs.values()) job.resumed.emit();
      api.close();
    },
  };
}
