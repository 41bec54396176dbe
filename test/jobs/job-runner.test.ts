import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportSummary, JobOf, JobSnapshot, SwitchSummary } from '../../electron/api/schemas.ts';
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

  readonly run = async ({ folders }: JobOf<'import'>, { control, report }: JobContext): Promise<ImportSummary> => {
    this.started.push(folders);
    report({ stage: 'analyzing', total: 2 });
    for (let done = 1; done <= 2; done += 1) {
      await new Promise<void>((resolve) => this.#steps.push(resolve));
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
    await new Promise<void>((resolve) => control.signal.addEventListener('abort', () => resolve()));
    control.signal.throwIfAborted();
    return null;
  },
};
const switched: SwitchSummary = { photos: 2, analyzed: 1, missing: 1, failed: [], faces: 2, people: 2, seconds: 1, runtime: '' };

function importOf(folders: string[]) {
  return { kind: 'import' as const, folders, effort: null };
}

describe('the job runner', () => {
  let folder: string;
  let database: LibraryDatabase;
  let work: SteppedWork;
  let runner: JobRunner;
  let states: string[];

  function createRunner(): JobRunner {
    const created = new JobRunner({ database, works: { import: work.run, ...otherWorks }, now: Date.now });
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
    runner = createRunner();
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

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
    runner.pause(jobId);
    expect((await runner.list())[0]!.state).toBe('paused');
    await work.step();
    await runner.resume(jobId);
    await work.step();
    expect((await ended).state).toBe('done');
    expect(states).toEqual(['queued', 'running', 'paused', 'running', 'done']);
  });

  test('a cancelled job ends as cancelled, paused or not, and can be started again', async () => {
    const jobId = await runner.start(importOf(['/photos']));
    const ended = runner.waitFor(jobId);
    await expect.poll(() => work.started.length).toBe(1);
    runner.pause(jobId);
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
    runner = createRunner();
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
    expect((await runner.list()).find(({ id }) => id === download)).toMatchObject({ state: 'running', pack: 'opencv-zoo' });
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
    runner = createRunner();
    await runner.cancel(jobId);
    expect((await storedJob(jobId)).state).toBe('cancelled');
    await expect(runner.cancel(jobId)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('unknown jobs are refused by their id', async () => {
    const unknown = createId<JobId>();
    expect(() => runner.pause(unknown)).toThrow(unknown);
    await expect(runner.cancel(unknown)).rejects.toMatchObject({ code: 'not-found' });
    await expect(runner.resume(unknown)).rejects.toMatchObject({ code: 'not-found' });
  });
});
