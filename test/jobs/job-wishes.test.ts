/** Random orders of start, pause, resume, cancel, close, kill and reopen, over the real table of jobs.
 *  KINDRED_PROPERTY_SEQUENCES says how many, from the seed KINDRED_PROPERTY_SEED on. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isEnded } from '../../electron/api/job-states.ts';
import type { JobKind, JobSnapshot, JobState } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { JobId } from '../../electron/base/ids.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { openConnection, type Connection } from '../../electron/database/file/connection.ts';
import { createJobStore } from '../../electron/database/tables/jobs.ts';
import { JobRunner, type JobContext, type JobStore, type JobTask, type JobWorks } from '../../electron/jobs/job-runner.ts';
import { makeFolder } from '../database/library-fixture.ts';

const sequences = Number(process.env.KINDRED_PROPERTY_SEQUENCES ?? 200);
const firstSeed = Number(process.env.KINDRED_PROPERTY_SEED ?? 1);
const stepsPerSequence = 60;

type Wish = 'run' | 'pause' | 'cancel';
type WorkEnd = 'done' | 'failed' | null;

/** What may be said of a job after what was said of it before. */
const followers: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'paused', 'cancelling', 'cancelled', 'interrupted', 'done'],
  // Straight to paused while a program closes.
  running: ['pausing', 'paused', 'cancelling', 'done', 'failed', 'interrupted'],
  pausing: ['paused', 'running', 'cancelling', 'done', 'failed', 'queued'],
  paused: ['running', 'queued', 'cancelling', 'cancelled', 'pausing', 'done'],
  cancelling: ['cancelled', 'queued', 'paused', 'running', 'pausing', 'done'],
  done: [],
  failed: ['queued', 'interrupted'],
  cancelled: ['queued', 'interrupted'],
  interrupted: ['queued', 'paused', 'cancelled'],
};

/** Work of which a test moves one piece at a time. */
class Piece {
  readonly jobId: JobId;
  readonly move: (end: WorkEnd) => void;
  readonly moved: Promise<WorkEnd>;

  constructor(jobId: JobId) {
    this.jobId = jobId;
    let move!: (end: WorkEnd) => void;
    this.moved = new Promise((resolve) => (move = resolve));
    this.move = move;
  }

}

let folder: ReturnType<typeof makeFolder>;
let connection: Connection;
beforeAll(() => {
  folder = makeFolder();
  connection = openConnection({ libraryFolder: folder.path });
});
afterAll(() => {
  connection.db.close();
  folder.remove();
});

class Life {
  readonly #random: Random;
  readonly #table: ReturnType<typeof createJobStore>;
  /** Answers of the table that have not come back yet: they do when this life lets them. */
  #answers: (() => void)[] = [];
  #pieces: Piece[] = [];
  readonly #standing = new Set<JobId>();
  #runner!: JobRunner;
  readonly wishes = new Map<JobId, Wish>();
  readonly told = new Map<JobId, JobSnapshot>();
  readonly log: string[] = [];
  readonly #faults: string[] = [];
  #process = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed);
    connection.db.exec('DELETE FROM jobs');
    this.#table = createJobStore(connection);
  }

  async open(): Promise<void> {
    const process = ++this.#process;
    const answer = async <Value>(compute: () => Value): Promise<Value> => {
      // The thread of a process that was killed does nothing any more.
      if (process !== this.#process) return await new Promise<never>(() => undefined);
      const value = compute();
      await new Promise<void>((resolve) => this.#answers.push(resolve));
      return value;
    };
    const database: JobStore = {
      createJob: (job) => answer(() => this.#table.create(job)),
      updateJob: (job) => answer(() => this.#table.update(job)),
      listJobs: () => answer(() => this.#table.list()),
      forgetJobs: (jobIds) => {
        for (const jobId of jobIds) {
          if (!isEnded(this.told.get(jobId)!.state)) this.#note(`${jobId} is forgotten as ${this.told.get(jobId)!.state}`);
          this.told.delete(jobId);
        }
        return answer(() => this.#table.forget(jobIds));
      },
    };
    const work = async (job: { id: JobId; kind: JobKind }, context: JobContext): Promise<null> => {
      await this.#work(job, context, process);
      return null;
    };
    const works: JobWorks = { import: work, 'switch-pack': work, learn: work, 'download-pack': work };
    const opening = JobRunner.open({ database, works, now: () => 0 });
    await this.#settle(opening);
    this.#runner = await opening;
    for (const job of this.#runner.list()) {
      const before = this.told.get(job.id)!.state;
      // What nobody has ended goes on being open, what the user has cancelled does not.
      if (this.wishes.get(job.id) === 'cancel') expect(['cancelled', 'done', 'failed'], before).toContain(job.state);
      if (isEnded(before)) expect(job.state).toBe(before);
      this.told.set(job.id, job);
    }
    this.#runner.jobs.on((job) => {
      if (process === this.#process) this.#hear(job);
    });
  }

  #hear(job: JobSnapshot): void {
    const before = this.told.get(job.id)?.state;
    this.log.push(`${job.id.slice(0, 4)} ${before ?? 'new'} -> ${job.state}`);
    if (before !== undefined && before !== job.state && !followers[before].includes(job.state)) this.#note(`${before} is followed by ${job.state}`);
    this.told.set(job.id, job);
  }

  async #work({ id, kind }: { id: JobId; kind: JobKind }, context: JobContext, process: number): Promise<void> {
    const underWay = [...this.#pieces.map(({ jobId }) => jobId), ...this.#standing];
    if (underWay.some((other) => this.#isSameLane(other, kind))) this.#note(`${id} runs beside another of its lane`);
    for (;;) {
      const piece = new Piece(id);
      this.#pieces.push(piece);
      const end = await piece.moved;
      if (process === this.#process) this.#pieces = this.#pieces.filter((other) => other !== piece);
      context.report({ done: 1 });
      if (end === 'failed') throw new AppError('disk-full', 'Expected room');
      if (end === 'done') return;
      // It is still under way while it waits there.
      this.#standing.add(id);
      await context.control.checkpoint().finally(() => this.#standing.delete(id));
    }
  }

  #isSameLane(jobId: JobId, kind: JobKind): boolean {
    return (this.told.get(jobId)!.kind === 'download-pack') === (kind === 'download-pack');
  }

  /** What is found where an error would be taken for one of the runner's. */
  #note(fault: string): void {
    this.#faults.push(`${fault}\n${this.log.join('\n')}`);
  }

  /** Lets all answers come, and everything that follows from them, without any work moving. */
  async #settle(until?: Promise<unknown>): Promise<void> {
    let isOver = until === undefined;
    until?.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    for (let quiet = 0; quiet < 3 || !isOver; ) {
      const answers = this.#answers.splice(0);
      for (const answer of answers) answer();
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = answers.length === 0 ? quiet + 1 : 0;
    }
  }

  /** @returns whether a piece could be moved */
  #moveSome(end: WorkEnd): boolean {
    const piece = this.#pieces[Math.floor(this.#random() * this.#pieces.length)];
    piece?.move(end);
    return piece !== undefined;
  }

  async step(): Promise<void> {
    expect(this.#faults).toEqual([]);
    const draw = this.#random();
    const ids = [...this.told.keys()];
    const jobId = ids[Math.floor(this.#random() * ids.length)];
    if (draw < 0.12 || jobId === undefined) await this.#start();
    else if (draw < 0.62) this.#wish(jobId, (['pause', 'run', 'cancel'] as const)[Math.floor(this.#random() * 3)]!);
    else if (draw < 0.86) this.#moveSome(draw < 0.7 ? 'done' : draw < 0.73 ? 'failed' : null);
    else if (draw < 0.96) await new Promise<void>((resolve) => setImmediate(resolve));
    else if (draw < 0.98) await this.#close();
    else await this.#kill();
    if (this.#random() < 0.7) for (const answer of this.#answers.splice(0, 1 + Math.floor(this.#random() * 3))) answer();
  }

  async #start(): Promise<void> {
    const kinds: readonly JobTask[] = [
      { kind: 'import', folders: ['/photos'], effort: null },
      { kind: 'switch-pack', pack: 'classic' },
      { kind: 'download-pack', pack: 'zoo' },
    ];
    const started = this.#runner.start(kinds[Math.floor(this.#random() * kinds.length)]!);
    await this.#settle(started);
    const jobId = await started;
    this.wishes.set(jobId, 'run');
    this.log.push(`${jobId.slice(0, 4)} started`);
  }

  /** A wish that is refused is none. */
  #wish(jobId: JobId, wish: Wish): void {
    const { state } = this.told.get(jobId)!;
    this.log.push(`${jobId.slice(0, 4)} ${wish} while ${state}`);
    const isRefused = state === 'done' || ((state === 'failed' || state === 'cancelled') && wish !== 'run');
    if (!isRefused) this.wishes.set(jobId, wish);
    const method = ({ run: 'resume', pause: 'pause', cancel: 'cancel' } as const)[wish];
    void this.#runner[method](jobId).then(
      () => isRefused && this.#note(`${wish} of ${state} is taken`),
      () => isRefused || this.#note(`${wish} of ${state} is refused`),
    );
  }

  async #close(): Promise<void> {
    this.log.push('close');
    const closed = this.#runner.close();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    while (!isClosed) {
      // Wishes come while it closes, too.
      const ids = [...this.told.keys()];
      const jobId = ids[Math.floor(this.#random() * ids.length)]!;
      if (this.#random() < 0.2) this.#wish(jobId, (['pause', 'run', 'cancel'] as const)[Math.floor(this.#random() * 3)]!);
      this.#moveSome(this.#random() < 0.1 ? 'done' : null);
      await this.#settle();
    }
    await this.#settle();
    this.#expectRecorded();
    for (const job of this.#table.list()) this.#expectWished(job, { isClosed: true });
    await this.open();
  }

  /** What was answered before stays; what was not may or may not. */
  async #kill(): Promise<void> {
    await this.#settle();
    this.log.push('kill');
    this.#pieces = [];
    this.#standing.clear();
    this.#answers = [];
    await this.open();
    this.#expectRecorded();
  }

  /** Moves all work until nothing is left that moves. */
  async finish(): Promise<void> {
    for (;;) {
      await this.#settle();
      if (!this.#moveSome(this.#random() < 0.5 ? 'done' : null)) break;
    }
    expect(this.#faults).toEqual([]);
    this.#expectRecorded();
    for (const job of this.#runner.list()) this.#expectWished(job, { isClosed: false });
  }

  #expectRecorded(): void {
    const states = (jobs: Iterable<JobSnapshot>): string[] => [...jobs].map(({ id, state }) => `${id} ${state}`).sort();
    expect(states(this.#table.list()), this.log.join('\n')).toEqual(states(this.told.values()));
    expect(states(this.#runner.list())).toEqual(states(this.told.values()));
  }

  /** The last wish holds, unless the work was through before it could. */
  #expectWished({ id, kind, state }: JobSnapshot, { isClosed }: { isClosed: boolean }): void {
    const wish = this.wishes.get(id)!;
    // What was begun and stands still keeps its lane.
    const isHeldUp = !isClosed && [...this.told.values()].some((other) => other.state === 'paused' && this.#isSameLane(other.id, kind));
    const allowed: Readonly<Record<Wish, readonly JobState[]>> = {
      run: ['done', 'failed', 'interrupted', ...(isHeldUp ? (['queued'] as const) : [])],
      pause: ['paused', 'done', 'failed'],
      cancel: ['cancelled', 'done', 'failed'],
    };
    expect(allowed[wish], `${id} ${wish}\n${this.log.join('\n')}`).toContain(state);
  }
}

describe('whatever the order of wishes', () => {
  test.each(Array.from({ length: sequences }, (_, index) => firstSeed + index))('the last one holds, seed %i', async (seed) => {
    const life = new Life(seed);
    await life.open();
    for (let step = 0; step < stepsPerSequence; step += 1) await life.step();
    await life.finish();
  });
});
