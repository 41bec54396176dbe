import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobStates, type ImportSummary, type JobOf, type JobSnapshot, type SwitchSummary } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import { createId, type JobId } from '../../electron/base/ids.ts';
import type { LibraryDatabase } from '../../electron/database/library-database.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { JobRunner, type JobContext, type JobWorks } from '../../electron/jobs/job-runner.ts';

const summary: ImportSummary = {
  photos: 1,
  added: 1,
  faces: 2,
  people: 2,
  failed: [],
  failedCount: 0,
  skipped: 0,
  unsupported: {},
  seconds: 1,
  runtime: 'none',
};

/** Work that goes on when the test says so. */
class SteppedWork {
  readonly started: string[][] = [];
  #steps: (() => void)[] = [];
  failure: Error | null = null;
  /** What a cancelled run ends with in place of its cancellation. */
  endsWith: Error | null = null;

  readonly run = async ({ folders }: JobOf<'import'>, { control, report }: JobContext): Promise<ImportSummary> => {
    this.started.push(folders);
    report({ stage: 'analyzing', total: 2 });
    for (let done = 1; done <= 2; done += 1) {
      await new Promise<void>((resolve) => this.#steps.push(resolve));
      if (this.endsWith && control.signal.aborted) throw this.endsWith;
      await control.checkpoint();
      if (this.failure) throw this.failure;
      report({ done, faces: 3 });
    }
    return summary;
  };

  async step(): Promise<void> {
    await expect.poll(() => this.#steps.length).toBeGreaterThan(0);
    this.#steps.shift()!();
  }
}

/** A switch that is done at once, and a download that waits for its end. */
const otherWorks: Omit<JobWorks, 'import'> = {
  learn: async () => null,
  'switch-pack': async ({ pack }) => ({ ...switched, runtime: pack }),
  'download-pack': async (_, { control, report }) => {
    report({ stage: 'downloading', done: 1, total: 10 });
    await new Promise<void>((resolve) => control.signal.addEventListener('abort', () => setImmediate(resolve)));
    control.signal.throwIfAborted();
    return null;
  },
};
const switched: SwitchSummary = { photos: 2, analyzed: 1, missing: 1, failed: [], failedCount: 0, faces: 2, people: 2, seconds: 1, runtime: '' };

function importOf(folders: string[]) {
  return { kind: 'import' as const, folders, effort: null };
}

describe('the job runner', () => {
  let folder: string;
  let database: LibraryDatabase;
  let work: SteppedWork;
  let runner: JobRunner;
  let states: string[];

  async function createRunner(): Promise<JobRunner> {
    const created = await JobRunner.open({ database, works: { import: work.run, ...otherWorks }, now: Date.now });
    created.jobs.on(({ state }) => {
      if (states.at(-1) !== state) states.push(state);
    });
    return created;
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kindred-jobs-'));
    database = await openLibraryDatabase({ libraryFolder: folder });
    work = new SteppedWork();
    states = [];
    runner = await createRunner();
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  function readState(jobId: JobId): string | undefined {
    return runner.list().find(({ id }) => id === jobId)?.state;
  }

  async function storedJob(jobId: JobId): Promise<JobSnapshot> {
    return (await database.listJobs()).find(({ id }) => id === jobId)!;
  }

  test('runs a job to its end and keeps its summary', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    const ended = runner.waitFor(jobId);
    await work.step();
    await work.step();
    expect(await ended).toMatchObject({ state: 'done', summary, progress: { stage: 'finished', done: 2, total: 2 } });
    expect(await storedJob(jobId)).toMatchObject({ state: 'done', folders: ['/photos'], summary });
    expect(states).toEqual(['queued', 'running', 'done']);
  });

  test('runs jobs one after another', async () => {
    const first = await runner.start(importOf(['/first']));
    const second = await runner.start(importOf(['/second']));
    await work.step();
    expect(work.started).toEqual([['/first']]);
    await work.step();
    await runner.waitFor(first);
    await work.step();
    await work.step();
    expect((await runner.waitFor(second)).state).toBe('done');
    expect(work.started).toEqual([['/first'], ['/second']]);
  });

  test('a paused job stands still until it is resumed', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    const ended = runner.waitFor(jobId);
    await expect.poll(() => work.started.length).toBe(1);
    await runner.pause(jobId);
    expect(readState(jobId)).toBe('pausing');
    await work.step();
    await expect.poll(() => readState(jobId)).toBe('paused');
    await runner.resume(jobId);
    await work.step();
    expect((await ended).state).toBe('done');
    expect(states).toEqual(['queued', 'running', 'pausing', 'paused', 'running', 'done']);
  });

  test('a cancelled job ends as cancelled, paused or not, and can be started again', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    const ended = runner.waitFor(jobId);
    await expect.poll(() => work.started.length).toBe(1);
    await runner.pause(jobId);
    await runner.cancel(jobId);
    await work.step();
    expect((await ended).state).toBe('cancelled');
    await runner.resume(jobId);
    const again = runner.waitFor(jobId);
    await work.step();
    await work.step();
    expect((await again).state).toBe('done');
    expect(work.started).toEqual([['/photos'], ['/photos']]);
    await expect(runner.resume(jobId)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a job that is taken up again goes on counting its faces', async () => {
    const jobId = await runner.start(importOf(['/a']));
    await work.step();
    await expect.poll(async () => (await runner.list())[0]!.progress.done).toBe(1);
    await runner.cancel(jobId);
    await work.step();
    await runner.waitFor(jobId);
    const { progress } = (await runner.list())[0]!;
    expect(progress.faces).toBe(3);
    await runner.resume(jobId);
    expect((await runner.list())[0]).toMatchObject({ progress: { done: 0, faces: 3 } });
    await work.step();
    await work.step();
    await runner.waitFor(jobId);
  });

  test('a job that fails says why, and the next one runs', async () => {
    work.failure = new AppError('model-missing', 'Expected the model', { parameters: { file: 'detector' } });
    const jobId = await runner.start(importOf(['/photos']));
    const ended = runner.waitFor(jobId);
    await work.step();
    expect(await ended).toMatchObject({ state: 'failed', error: { code: 'model-missing', parameters: { file: 'detector' } } });
    work.failure = null;
    const next = await runner.start(importOf(['/others']));
    const nextEnded = runner.waitFor(next);
    await work.step();
    await work.step();
    expect((await nextEnded).state).toBe('done');
  });

  test('closing leaves a running job interrupted, and a later process can go on with it', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    await expect.poll(() => work.started.length).toBe(1);
    const closed = runner.close();
    await work.step();
    await closed;
    expect((await storedJob(jobId)).state).toBe('interrupted');
    runner = await createRunner();
    await runner.resume(jobId);
    const ended = runner.waitFor(jobId);
    await work.step();
    await work.step();
    expect((await ended).state).toBe('done');
  });

  test('each kind has its work, and what it was told to do outlives the process', async () => {
    const jobId = await runner.start({ kind: 'switch-pack', pack: 'classic' });
    expect(await runner.waitFor(jobId)).toMatchObject({ kind: 'switch-pack', state: 'done', summary: { missing: 1, runtime: 'classic' } });
    expect(await storedJob(jobId)).toMatchObject({ kind: 'switch-pack', pack: 'classic', summary: { runtime: 'classic' } });
    const thorough = await runner.start({ kind: 'import', folders: ['/photos'], effort: 'thorough' });
    expect(await storedJob(thorough)).toMatchObject({ folders: ['/photos'], effort: 'thorough' });
    const closed = runner.close();
    await work.step();
    await closed;
  });

  test('a download neither waits for the library nor keeps it waiting', async () => {
    const download = await runner.start({ kind: 'download-pack', pack: 'opencv-zoo' });
    const jobId = await runner.start(importOf(['/photos']));
    await work.step();
    await work.step();
    expect((await runner.waitFor(jobId)).state).toBe('done');
    expect(runner.list().find(({ id }) => id === download)).toMatchObject({ state: 'running', pack: 'opencv-zoo' });
    const ended = runner.waitFor(download);
    await runner.cancel(download);
    expect(await ended).toMatchObject({ state: 'cancelled', summary: null });
  });

  test('what an earlier process left can be given up', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    await expect.poll(() => work.started.length).toBe(1);
    const closed = runner.close();
    await work.step();
    await closed;
    runner = await createRunner();
    await runner.cancel(jobId);
    expect((await storedJob(jobId)).state).toBe('cancelled');
    await expect(runner.cancel(jobId)).rejects.toMatchObject({ code: 'not-found' });
  });

  describe('the last wish counts', () => {
    test('a job cancelled before the program ends stays cancelled at the next start', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      await runner.cancel(jobId);
      const closed = runner.close();
      await work.step();
      await closed;
      expect((await storedJob(jobId)).state).toBe('cancelled');
      runner = await createRunner();
      expect(readState(jobId)).toBe('cancelled');
    });

    test('a job cancelled before the program is killed stays cancelled at the next start', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      await runner.cancel(jobId);
      expect((await storedJob(jobId)).state).toBe('cancelling');
      runner = await createRunner();
      expect(readState(jobId)).toBe('cancelled');
      expect((await storedJob(jobId)).state).toBe('cancelled');
    });

    test('a job resumed while it is being cancelled begins anew once its work has stopped', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      await runner.cancel(jobId);
      expect(readState(jobId)).toBe('cancelling');
      await runner.resume(jobId);
      expect(readState(jobId)).toBe('queued');
      await work.step();
      const ended = runner.waitFor(jobId);
      await work.step();
      await work.step();
      expect((await ended).state).toBe('done');
      expect(work.started).toHaveLength(2);
      expect(states).toEqual(['queued', 'running', 'cancelling', 'queued', 'running', 'done']);
    });

    test('a job cancelled, resumed and cancelled while it winds down is cancelled', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      await Promise.all([runner.cancel(jobId), runner.resume(jobId), runner.cancel(jobId)]);
      const ended = runner.waitFor(jobId);
      await work.step();
      expect((await ended).state).toBe('cancelled');
      expect(work.started).toHaveLength(1);
    });

    test('a job resumed twice at once runs once', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      const closed = runner.close();
      await work.step();
      await closed;
      runner = await createRunner();
      await Promise.all([runner.resume(jobId), runner.resume(jobId)]);
      const ended = runner.waitFor(jobId);
      await work.step();
      await work.step();
      expect((await ended).state).toBe('done');
      const next = await runner.start(importOf(['/others']));
      const nextEnded = runner.waitFor(next);
      await work.step();
      await work.step();
      await nextEnded;
      expect(work.started).toEqual([['/photos'], ['/photos'], ['/others']]);
    });

    test('a paused job is still paused at the next start', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      await runner.pause(jobId);
      expect(readState(jobId)).toBe('pausing');
      await work.step();
      await expect.poll(() => readState(jobId)).toBe('paused');
      await runner.close();
      runner = await createRunner();
      expect(readState(jobId)).toBe('paused');
      await runner.resume(jobId);
      const ended = runner.waitFor(jobId);
      await work.step();
      await work.step();
      expect((await ended).state).toBe('done');
    });

    test('a job paused while it waits lets the next one begin', async () => {
      const first = await runner.start(importOf(['/first']));
      const second = await runner.start(importOf(['/second']));
      const third = await runner.start(importOf(['/third']));
      await runner.pause(second);
      expect(readState(second)).toBe('paused');
      for (const jobId of [first, third]) {
        const ended = runner.waitFor(jobId);
        await work.step();
        await work.step();
        expect((await ended).state).toBe('done');
      }
      await runner.resume(second);
      const ended = runner.waitFor(second);
      await work.step();
      await work.step();
      expect((await ended).state).toBe('done');
    });

    test('what goes wrong while a job is being cancelled does not make it one that failed', async () => {
      const jobId = await runner.start(importOf(['/photos']));
      await expect.poll(() => work.started.length).toBe(1);
      work.endsWith = new AppError('disk-full', 'Expected room');
      await runner.cancel(jobId);
      const ended = runner.waitFor(jobId);
      await work.step();
      expect(await ended).toMatchObject({ state: 'cancelled', error: null });
    });

    test('work that calls itself cancelled though nobody has asked for it has failed', async () => {
      work.failure = new AppError('cancelled', 'Expected to go on');
      const jobId = await runner.start(importOf(['/photos']));
      const ended = runner.waitFor(jobId);
      await work.step();
      expect(await ended).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
    });

    test('the same work asked for while it is being cancelled goes on, and is not done twice', async () => {
      const task = { kind: 'download-pack', pack: 'opencv-zoo' } as const;
      const [first, again] = await Promise.all([runner.startOrResume(task), runner.startOrResume(task)]);
      expect(again).toBe(first);
      await expect.poll(() => readState(first)).toBe('running');
      const [, third] = await Promise.all([runner.cancel(first), runner.startOrResume(task)]);
      expect(third).toBe(first);
      await expect.poll(() => readState(first)).toBe('running');
      expect(runner.list()).toHaveLength(1);
      await runner.close();
    });
  });

  test('what a dead process left queued or running is interrupted, and what was wished for holds', async () => {
    const progress = { stage: 'walking', done: 0, total: null, faces: 0, failed: 0, photosPerSecond: null, secondsLeft: null } as const;
    for (const state of jobStates) {
      await database.createJob({ ...importOf(['/photos']), id: createId<JobId>(), state, progress, summary: null, error: null, createdAt: '' });
    }
    runner = await createRunner();
    const recovered = ['interrupted', 'interrupted', 'paused', 'paused', 'cancelled', 'done', 'failed', 'cancelled', 'interrupted'];
    expect(runner.list().map(({ state }) => state).reverse()).toEqual(recovered);
    expect((await database.listJobs()).map(({ state }) => state).reverse()).toEqual(recovered);
  });

  test('of jobs that have ended the last twenty are kept, in another process too', async () => {
    const held = await runner.start({ kind: 'download-pack', pack: 'opencv-zoo' });
    const ids: JobId[] = [];
    for (let count = 0; count < 23; count += 1) {
      const jobId = await runner.start({ kind: 'switch-pack', pack: 'classic' });
      await runner.waitFor(jobId);
      ids.push(jobId);
    }
    const kept = [held, ...ids.slice(3)];
    expect(runner.list().map(({ id }) => id).reverse()).toEqual(kept);
    expect((await database.listJobs()).map(({ id }) => id).reverse()).toEqual(kept);
    // Whoever is asked for again ends last.
    await database.updateJob({ ...(await storedJob(ids[4]!)), state: 'cancelled' });
    await runner.close();
    runner = await createRunner();
    await runner.resume(ids[4]!);
    await runner.waitFor(ids[4]!);
    await runner.waitFor(await runner.start({ kind: 'switch-pack', pack: 'classic' }));
    expect(runner.list().map(({ id }) => id)).toContain(ids[4]);
    expect(runner.list()).toHaveLength(20);
    await expect(runner.resume(ids[0]!)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('unknown jobs are refused by their id', async () => {
    const unknown = createId<JobId>();
    await expect(runner.pause(unknown)).rejects.toThrow(unknown);
    await expect(runner.cancel(unknown)).rejects.toMatchObject({ code: 'not-found' });
    await expect(runner.resume(unknown)).rejects.toMatchObject({ code: 'not-found' });
  });
});
