/** An engine that lives in memory and behaves like the real one on the sample photos: for tests and for the renderer. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EventName, EventPayload, MethodHandlers } from '../../electron/api/contract.ts';
import { createInProcessApi } from '../../electron/api/in-process-api.ts';
import type {
  FaceRecord,
  FaceSummary,
  DetectionEffort,
  ImportFailure,
  JobOf,
  JobSnapshot,
  JournalEntry,
  Pack,
  PersonSummary,
} from '../../electron/api/schemas.ts';
import { Emitter } from '../../electron/base/emitter.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { FaceId, JobId, JournalEntryId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { createRandom } from '../../electron/base/random.ts';
import type { Engine } from '../../electron/engine.ts';
import { createFakeMedia } from './fake-media.ts';
import { readSampleFaces, samplePhotoSizes } from './sample-faces.ts';
import type { SampleFace } from './sample-faces.ts';

export interface FakeEngineOptions {
  /** Whether the samples are imported from the start. */
  isFilled?: boolean;
  /** People more, each with one to five faces borrowed from the samples: for long lists. */
  extraPeople?: number;
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

interface FakePhoto {
  readonly id: PhotoId;
  readonly sample: string;
  readonly path: string;
}

interface FakeFace {
  readonly id: FaceId;
  readonly photoId: PhotoId;
  readonly sample: SampleFace;
  readonly clusterId: string;
}

interface Assignment {
  readonly personId: PersonId;
  readonly isConfirmed: boolean;
  readonly isIgnored: boolean;
}

interface FakePerson {
  readonly name: string | null;
  readonly coverFaceId: FaceId | null;
  readonly isIgnored: boolean;
  readonly forwardsTo: PersonId | null;
}

/** All that the user's actions change: an undo puts the state before the action back. */
interface Decisions {
  readonly assignments: ReadonlyMap<FaceId, Assignment>;
  readonly people: ReadonlyMap<PersonId, FakePerson>;
}

interface DecisionDraft {
  readonly assignments: Map<FaceId, Assignment>;
  readonly people: Map<PersonId, FakePerson>;
}

interface FakeJournalEntry {
  entry: JournalEntry;
  readonly before: Decisions;
  readonly after: Decisions;
}

interface FakeJob {
  snapshot: JobSnapshot;
  isPaused: boolean;
  isCancelled: boolean;
  readonly resumed: Emitter<void>;
}

/** Folders of these names bring trouble, so that lists of failures can be seen. */
const brokenFolderName = 'broken';
const startOfTime = Date.UTC(2026, 0, 1);

/** A version 4 UUID that is the same for the same words. */
export function createFakeId<Id extends string>(...words: (string | number)[]): Id {
  const hash = createHash('sha256').update(words.join('/')).digest('hex');
  const variant = 'a';
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}` as Id;
}

export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const libraryFolder = options.libraryFolder ?? path.resolve('/fake/library');
  const pause = options.pause ?? (() => new Promise<void>((resolve) => setImmediate(resolve)));
  const sampleFaces = readSampleFaces();
  const photos = new Map<PhotoId, FakePhoto>();
  const faces = new Map<FaceId, FakeFace>();
  const journal: FakeJournalEntry[] = [];
  const failures: ImportFailure[] = [];
  const jobs = new Map<JobId, FakeJob>();
  const emitters = { job: new Emitter<JobSnapshot>(), changed: new Emitter<EventPayload<'changed'>>() };
  const importedFolders: string[][] = [];
  let decisions: Decisions = { assignments: new Map(), people: new Map() };
  let packs: readonly FakePack[] = fakePacks;
  let activePack = options.pack ?? 'standard';
  let recognition: { effort: DetectionEffort; runtime: string } = { effort: 'balanced', runtime: 'auto' };
  /** Pack and effort of each switch that is done. */
  const lookedAtBy = new Set([`${activePack} fast`, `${activePack} balanced`]);
  let isConsentGiven = options.isConsentGiven ?? false;
  let isClosed = false;
  let ticks = 0;

  function tick(): string {
    return new Date(startOfTime + ticks++ * 60_000).toISOString();
  }

  function emitChanged(...topics: EventPayload<'changed'>['topics']): void {
    emitters.changed.emit({ topics });
  }

  // --- what the import would have computed -------------------------------------------------------------------

  function addPhoto(
    { assignments, people }: DecisionDraft,
    photoPath: string,
    sample: string,
    chosen: readonly { face: SampleFace; person: string }[],
  ): void {
    const photoId = createFakeId<PhotoId>('photo', photoPath);
    photos.set(photoId, { id: photoId, sample, path: photoPath });
    for (const { face, person } of chosen) {
      const faceId = createFakeId<FaceId>('face', photoPath, face.box.x, face.box.y);
      const personId = followForwarding(createFakeId<PersonId>('person', person), people);
      faces.set(faceId, { id: faceId, photoId, sample: face, clusterId: createFakeId('cluster', person) });
      assignments.set(faceId, { personId, isConfirmed: false, isIgnored: false });
      if (!people.has(personId)) people.set(personId, newPerson);
    }
  }

  function copyDecisions(): DecisionDraft {
    return { assignments: new Map(decisions.assignments), people: new Map(decisions.people) };
  }

  /** @returns false where the photo, known by its content, is in the library already */
  function addSample(sample: string, folder: string): boolean {
    if ([...photos.values()].some((photo) => photo.sample === sample && !photo.path.includes('extra'))) return false;
    const chosen = sampleFaces
      .filter((face) => face.photo === sample)
      .map((face) => ({ face, person: `sample-${face.person}` }));
    const draft = copyDecisions();
    addPhoto(draft, path.join(folder, sample), sample, chosen);
    decisions = draft;
    return true;
  }

  function addExtraPeople(count: number): void {
    const draft = copyDecisions();
    for (let index = 0; index < count; index++) {
      for (let copy = 0; copy <= index % 5; copy++) {
        const face = sampleFaces[(index + copy * 7) % sampleFaces.length]!;
        const name = `extra-${String(index).padStart(5, '0')}-${copy}.jpg`;
        addPhoto(draft, path.join('/photos/extra', name), face.photo, [{ face, person: `extra-${index}` }]);
      }
    }
    decisions = draft;
  }

  // --- reading -----------------------------------------------------------------------------------------------

  function requirePerson(asked: PersonId): PersonId {
    const personId = followForwarding(asked, decisions.people);
    if (!decisions.people.has(personId)) throw notFound('person', asked);
    return personId;
  }

  function requireFace(faceId: FaceId): FakeFace {
    const face = faces.get(faceId);
    if (face === undefined) throw notFound('face', faceId);
    return face;
  }

  function facesOf(personId: PersonId): FakeFace[] {
    return [...faces.values()].filter((face) => {
      const assignment = decisions.assignments.get(face.id);
      return assignment?.personId === personId && !assignment.isIgnored;
    });
  }

  function summarizePerson(personId: PersonId): PersonSummary {
    const person = decisions.people.get(personId)!;
    return summarizeGroup(personId, person, facesOf(personId));
  }

  function summarizeGroup(personId: PersonId, person: FakePerson, members: readonly FakeFace[]): PersonSummary {
    const best = members.toSorted((a, b) => b.sample.score - a.sample.score)[0];
    const isCoverChosen = members.some((face) => face.id === person.coverFaceId);
    return {
      id: personId,
      name: person.name,
      faceCount: members.length,
      photoCount: new Set(members.map((face) => face.photoId)).size,
      confirmedCount: members.filter((face) => decisions.assignments.get(face.id)?.isConfirmed).length,
      coverFaceId: isCoverChosen ? person.coverFaceId : (best?.id ?? null),
      isCoverChosen,
      isIgnored: person.isIgnored,
    };
  }

  function listPeople(): PersonSummary[] {
    const members = new Map<PersonId, FakeFace[]>();
    for (const face of faces.values()) {
      const assignment = decisions.assignments.get(face.id)!;
      if (assignment.isIgnored) continue;
      const group = members.get(assignment.personId);
      if (group === undefined) members.set(assignment.personId, [face]);
      else group.push(face);
    }
    return [...decisions.people]
      .filter(([, person]) => person.forwardsTo === null)
      .map(([id, person]) => summarizeGroup(id, person, members.get(id) ?? []))
      .filter((person) => person.faceCount > 0 || person.name !== null)
      .sort((a, b) => b.faceCount - a.faceCount || (a.id < b.id ? -1 : 1));
  }

  function summarizeFace(face: FakeFace): FaceSummary {
    const assignment = decisions.assignments.get(face.id)!;
    return {
      id: face.id,
      photoId: face.photoId,
      box: face.sample.box,
      score: face.sample.score,
      quality: face.sample.score * 0.9,
      personId: assignment.personId,
      personName: decisions.people.get(assignment.personId)?.name ?? null,
      isConfirmed: assignment.isConfirmed,
      isIgnored: assignment.isIgnored,
    };
  }

  function recordFace(face: FakeFace, includeEmbeddings: boolean): FaceRecord {
    return {
      ...summarizeFace(face),
      photoPath: photos.get(face.photoId)!.path,
      landmarks: face.sample.landmarks,
      clusterId: face.clusterId as FaceRecord['clusterId'],
      pack: 'standard',
      ...(includeEmbeddings ? { embedding: createEmbedding(face.sample.person) } : {}),
    };
  }

  function listFaces(personId: PersonId | null): FakeFace[] {
    return personId === null ? [...faces.values()] : facesOf(requirePerson(personId));
  }

  // --- what the user does ------------------------------------------------------------------------------------

  function act(
    kind: JournalEntry['kind'],
    parameters: JournalEntry['parameters'],
    change: (draft: DecisionDraft) => void,
  ): void {
    const before = decisions;
    const draft = copyDecisions();
    change(draft);
    decisions = draft;
    // A new action ends what could have been redone.
    while (journal.at(-1)?.entry.isUndone) journal.pop();
    const id = createFakeId<JournalEntryId>('entry', ticks);
    journal.push({ entry: { id, kind, at: tick(), parameters, isUndone: false }, before, after: draft });
    emitChanged('people', 'faces', 'journal', 'status');
  }

  /** New faces that an import brought in between stay as they are. */
  function restore(state: Decisions): void {
    decisions = {
      assignments: new Map([...decisions.assignments, ...state.assignments]),
      people: new Map([...decisions.people, ...state.people]),
    };
    emitChanged('people', 'faces', 'journal', 'status');
  }

  function changePerson(personId: PersonId, changes: Partial<FakePerson>) {
    return (draft: { people: Map<PersonId, FakePerson> }): void => {
      draft.people.set(personId, { ...draft.people.get(personId)!, ...changes });
    };
  }

  function changeFaces(faceIds: readonly FaceId[], change: (assignment: Assignment, faceId: FaceId) => Assignment) {
    for (const faceId of faceIds) requireFace(faceId);
    return (draft: { assignments: Map<FaceId, Assignment> }): void => {
      for (const faceId of faceIds) {
        draft.assignments.set(faceId, change(draft.assignments.get(faceId)!, faceId));
      }
    };
  }

  function nameOf(personId: PersonId): string | null {
    return decisions.people.get(personId)?.name ?? null;
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
    task: Pick<JobOf<'import'>, 'kind' | 'folders' | 'effort'> | Pick<JobOf<'switch-pack'> | JobOf<'download-pack'>, 'kind' | 'pack'>,
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
        createdAt: tick(),
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
      if (addSample(sample, folder)) {
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
        isConsentGiven,
        canUndo: journal.some(({ entry }) => !entry.isUndone),
        canRedo: journal.some(({ entry }) => entry.isUndone),
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
    'people.list': async ({ offset, limit, includeIgnored, onlyNamed }) => {
      const people = listPeople().filter(
        (person) => (includeIgnored || !person.isIgnored) && (!onlyNamed || person.name !== null),
      );
      return { total: people.length, people: people.slice(offset, offset + limit) };
    },
    'people.get': async ({ personId }) => summarizePerson(requirePerson(personId)),
    'people.search': async ({ query, limit }) => {
      const start = query.trim().toLocaleLowerCase();
      const people = listPeople().filter((person) => {
        const name = person.name?.toLocaleLowerCase();
        return name !== undefined && [name, ...name.split(/\s+/)].some((word) => word.startsWith(start));
      });
      return { people: people.slice(0, limit) };
    },
    'people.name': async ({ personId: asked, name }) => {
      const personId = requirePerson(asked);
      act('name-person', { name, previousName: nameOf(personId) }, changePerson(personId, { name }));
      return summarizePerson(personId);
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
      act('merge-people', { name, count: sources.length + 1 }, (draft) => {
        for (const [faceId, assignment] of draft.assignments) {
          if (sources.includes(assignment.personId)) draft.assignments.set(faceId, { ...assignment, personId: target });
        }
        for (const source of sources) changePerson(source, { forwardsTo: target })(draft);
        changePerson(target, { name })(draft);
      });
      return summarizePerson(target);
    },
    'people.chooseCover': async ({ personId: asked, faceId }) => {
      const personId = requirePerson(asked);
      if (!facesOf(personId).some((face) => face.id === faceId)) throw notFound('face', faceId);
      act('choose-cover', { name: nameOf(personId) }, changePerson(personId, { coverFaceId: faceId }));
      return summarizePerson(personId);
    },
    'people.ignore': async ({ personId: asked }) => {
      const personId = requirePerson(asked);
      act('ignore-person', { name: nameOf(personId) }, changePerson(personId, { isIgnored: true }));
      return {};
    },
    'people.restore': async ({ personId: asked }) => {
      const personId = requirePerson(asked);
      act('restore-person', { name: nameOf(personId) }, changePerson(personId, { isIgnored: false }));
      return {};
    },
    'faces.list': async ({ personId, offset, limit }) => {
      const found = listFaces(personId);
      return { total: found.length, faces: found.slice(offset, offset + limit).map(summarizeFace) };
    },
    'faces.export': async ({ personId, includeEmbeddings, cursor, limit }) => {
      const found = listFaces(personId).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const rest = cursor === null ? found : found.filter((face) => face.id > cursor);
      const page = rest.slice(0, limit);
      return {
        faces: page.map((face) => recordFace(face, includeEmbeddings)),
        nextCursor: rest.length > limit ? page.at(-1)!.id : null,
      };
    },
    'faces.move': async ({ faceIds, personId: asked }) => {
      const personId = asked === null ? createFakeId<PersonId>('new-person', ticks) : requirePerson(asked);
      const move = changeFaces(faceIds, () => ({ personId, isConfirmed: true, isIgnored: false }));
      act('move-faces', { name: nameOf(personId), count: faceIds.length }, (draft) => {
        if (asked === null) draft.people.set(personId, newPerson);
        move(draft);
      });
      return summarizePerson(personId);
    },
    'faces.confirm': async ({ faceIds }) => {
      const confirm = changeFaces(faceIds, (assignment) => ({ ...assignment, isConfirmed: true }));
      act('confirm-faces', { count: faceIds.length }, confirm);
      return {};
    },
    'faces.reject': async ({ faceIds }) => {
      const reject = changeFaces(faceIds, (_, faceId) => ({
        personId: createFakeId<PersonId>('rejected', faceId, ticks),
        isConfirmed: false,
        isIgnored: false,
      }));
      act('reject-faces', { count: faceIds.length }, (draft) => {
        reject(draft);
        for (const faceId of faceIds) draft.people.set(draft.assignments.get(faceId)!.personId, newPerson);
      });
      return {};
    },
    'faces.ignore': async ({ faceIds }) => {
      const ignore = changeFaces(faceIds, (assignment) => ({ ...assignment, isIgnored: true }));
      act('ignore-faces', { count: faceIds.length }, ignore);
      return {};
    },
    'faces.restore': async ({ faceIds }) => {
      const bringBack = changeFaces(faceIds, (assignment) => ({ ...assignment, isIgnored: false }));
      act('restore-faces', { count: faceIds.length }, bringBack);
      return {};
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
        captureTime: { local: '2019-06-01T12:30:00', offsetMinutes: null, source: 'file' },
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
    'journal.undo': async ({ count }) => {
      const done = journal.filter(({ entry }) => !entry.isUndone).toReversed();
      if (done.length === 0) throw new AppError('nothing-to-undo', 'Expected an action to undo but there is none');
      return { entries: done.slice(0, count).map((item) => flip(item, true)) };
    },
    'journal.redo': async ({ count }) => {
      const undone = journal.filter(({ entry }) => entry.isUndone);
      if (undone.length === 0) throw new AppError('nothing-to-redo', 'Expected an action to redo but there is none');
      return { entries: undone.slice(0, count).map((item) => flip(item, false)) };
    },
  };

  function readRecognition() {
    return { ...recognition, runtimeChoices: fakeRuntimes, isRuntimeOverridden: false };
  }

  function flip(item: FakeJournalEntry, isUndone: boolean): JournalEntry {
    item.entry = { ...item.entry, isUndone };
    restore(isUndone ? item.before : item.after);
    return item.entry;
  }

  const events = {
    on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): (() => void) =>
      (emitters[event] as unknown as Emitter<EventPayload<E>>).on(listener),
  };

  if (options.isFilled) for (const sample of samplePhotoSizes.keys()) addSample(sample, '/photos/2019 summer');
  addExtraPeople(options.extraPeople ?? 0);

  const api = createInProcessApi(handlers, events);
  return {
    api,
    handlers,
    events,
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

type FakePack = Omit<Pack, 'isActive' | 'photosToAnalyze'>;

const fakeRuntimes = ['auto', 'onnx', 'tensorflow', 'wasm'];

const readyPack: Pick<FakePack, 'version' | 'origin' | 'state' | 'lackingBytes' | 'lackingFiles' | 'needsDownload' | 'hosts'> = {
  version: '1.0.0',
  origin: 'built-in',
  state: 'ready',
  lackingBytes: 0,
  lackingFiles: [],
  needsDownload: false,
  hosts: [],
};

const fakePacks: readonly FakePack[] = [
  {
    ...readyPack,
    name: 'standard',
    bytes: 7_265_769,
    licence: { name: 'MIT', statement: 'As the npm package states.' },
    source: 'npm package faceplugin-face-recognition-js 0.0.1',
    trainingData: 'Not documented.',
    embeddingLength: 512,
  },
  {
    ...readyPack,
    name: 'classic',
    bytes: 24_000_000,
    licence: { name: 'MIT', statement: 'As the npm package states.' },
    source: 'Detector and landmarks of standard, embedder of npm package @vladmandic/face-api',
    trainingData: 'About three million faces from several sources, as its author says.',
    embeddingLength: 128,
  },
  {
    ...readyPack,
    name: 'opencv-zoo',
    state: 'incomplete',
    bytes: 38_928_942,
    lackingBytes: 38_928_942,
    lackingFiles: ['face_detection_yunet_2023mar.onnx', 'face_recognition_sface_2021dec.onnx'],
    needsDownload: true,
    hosts: ['media.example.org', 'mirror.example.org'],
    licence: { name: 'MIT and Apache-2.0', statement: 'YuNet under MIT, SFace under Apache-2.0.' },
    source: 'OpenCV Zoo: YuNet and SFace',
    trainingData: 'WIDER FACE; CASIA-WebFace, VGGFace2 and MS-Celeb-1M.',
    embeddingLength: 128,
  },
];

function completePack(pack: FakePack): FakePack {
  return { ...pack, state: 'ready', lackingBytes: 0, lackingFiles: [], needsDownload: false };
}

const newPerson: FakePerson = { name: null, coverFaceId: null, isIgnored: false, forwardsTo: null };

function followForwarding(personId: PersonId, people: ReadonlyMap<PersonId, FakePerson>): PersonId {
  const next = people.get(personId)?.forwardsTo;
  return next ? followForwarding(next, people) : personId;
}

function notFound(kind: string, id: string): AppError {
  return new AppError('not-found', `Expected the id of a ${kind} but received ${id}`, { parameters: { kind, id } });
}

function failuresOf(folder: string): ImportFailure[] {
  if (path.basename(folder) !== brokenFolderName) return [];
  return [
    { path: path.join(folder, 'empty.jpg'), reason: 'empty-file', detail: '0 bytes' },
    { path: path.join(folder, 'half.jpg'), reason: 'corrupt-image', detail: 'premature end of JPEG image' },
    { path: path.join(folder, '너무 큰 그림.png'), reason: 'too-many-pixels', detail: '60000 x 60000' },
    { path: path.join(folder, 'locked', 'secret 🙂.jpg'), reason: 'permission-denied', detail: 'EACCES' },
  ];
}

/** @returns a unit vector that is the same for the same person */
function createEmbedding(person: number): number[] {
  const random = createRandom(person + 1);
  const values = Array.from({ length: 512 }, () => random() - 0.5);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

const fakeHome = '/home/anna';
const fakeFolders: Readonly<Record<string, { folders: string[]; imageCount: number }>> = {
  '/': { folders: ['home'], imageCount: 0 },
  '/home': { folders: ['anna'], imageCount: 0 },
  [fakeHome]: { folders: ['Documents', 'Pictures'], imageCount: 0 },
  [`${fakeHome}/Documents`]: { folders: [], imageCount: 1 },
  [`${fakeHome}/Pictures`]: { folders: ['2019 summer', '가족 사진', brokenFolderName], imageCount: 12 },
  [`${fakeHome}/Pictures/2019 summer`]: { folders: [], imageCount: 6 },
  [`${fakeHome}/Pictures/가족 사진`]: { folders: [], imageCount: 4 },
  [`${fakeHome}/Pictures/${brokenFolderName}`]: { folders: [], imageCount: 4 },
};

function browseFolder(folder: string) {
  const found = fakeFolders[folder];
  if (found === undefined) {
    throw new AppError('not-found', `Expected a folder but received ${folder}`, { parameters: { path: folder } });
  }
  return {
    path: folder,
    parent: folder === '/' ? null : path.posix.dirname(folder),
    folders: found.folders.map((name) => ({ name, path: path.posix.join(folder, name) })),
    imageCount: found.imageCount,
    shortcuts: [
      { kind: 'home' as const, path: fakeHome },
      { kind: 'pictures' as const, path: `${fakeHome}/Pictures` },
      { kind: 'root' as const, path: '/' },
    ],
  };
}
