/** The switch to another pack: looks at every photo again that the pack has not seen, then compares all faces by it. */

import type { ImportFailure, SwitchSummary } from '../api/schemas.ts';
import { AppError, photoFaults } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import type { LibraryDatabase, PendingPhoto } from '../database/library-database.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';
import type { AnalysisPlan } from './analysis-plan.ts';
import type { AnalyzerLease } from './analyzer-lease.ts';
import type { LibraryClusterer } from './cluster-library.ts';
import { JobFailures } from './job-failures.ts';
import type { JobContext, JobWork } from './job-runner.ts';
import { ProgressMeter } from './progress-meter.ts';

/** Photos asked of the database at a time. */
const pageSize = 200;

export interface SwitchDependencies {
  readonly database: LibraryDatabase;
  readonly analyzers: AnalyzerLease;
  readonly clusterer: LibraryClusterer;
  /** Asked once a switch begins. */
  readonly planPack: (pack: string) => Promise<AnalysisPlan>;
  readonly describeRuntime: () => Promise<string>;
  readonly now: () => number;
  /** Called when views have something new to show. */
  readonly onLibraryChange: () => void;
}

export function createSwitchWork(dependencies: SwitchDependencies): JobWork<'switch-pack'> {
  return async ({ id, pack }, context) => {
    const plan = await dependencies.planPack(pack);
    return await new PackSwitch(dependencies, plan, { jobId: id, context }).run();
  };
}

class PackSwitch {
  readonly #dependencies: SwitchDependencies;
  readonly #plan: AnalysisPlan;
  readonly #context: JobContext;
  readonly #meter: ProgressMeter;
  readonly #failures: JobFailures;
  readonly #startedMs: number;
  #page: PendingPhoto[] = [];
  #nextPage: Promise<void> | null = null;
  #cursor = 0;
  #total = 0;
  #doneCount = 0;
  #missingCount = 0;
  #faceCount = 0;

  constructor(dependencies: SwitchDependencies, plan: AnalysisPlan, { jobId, context }: { jobId: JobId; context: JobContext }) {
    this.#dependencies = dependencies;
    this.#plan = plan;
    this.#context = context;
    this.#failures = new JobFailures(dependencies.database, jobId);
    this.#meter = new ProgressMeter(dependencies.now);
    this.#startedMs = dependencies.now();
  }

  /** The faces go on being compared by the earlier pack until every photo has been looked at. A kill, a failure or a
   *  cancellation before that leaves each photo as one of the two packs saw it; run again, the job goes on from there. */
  async run(): Promise<SwitchSummary> {
    const { database, clusterer, onLibraryChange } = this.#dependencies;
    const { analysis, setup, packId } = this.#plan;
    await this.#failures.begin();
    this.#total = await database.countPendingPhotos(analysis);
    try {
      if (this.#total > 0) await this.#analyzePending();
      // Whoever wishes for another pack is answered by the one that is active then: no switch activates its own afterwards.
      this.#context.control.signal.throwIfAborted();
      await database.activatePack({ name: setup.pack, packId });
    } finally {
      onLibraryChange();
    }
    this.#context.report({ stage: 'clustering', secondsLeft: null });
    await clusterer.cluster(this.#plan, { signal: this.#context.control.signal });
    onLibraryChange();
    return this.#summarize();
  }

  async #analyzePending(): Promise<void> {
    await this.#dependencies.analyzers.use(this.#plan.setup, async (analyzers) => {
      this.#context.report({ stage: 'analyzing', total: this.#total });
      this.#meter.restart(0);
      let isFailed = false;
      const runLane = async (): Promise<void> => {
        for (let photo = await this.#takePhoto(); photo && !isFailed; photo = await this.#takePhoto()) {
          await this.#waitWhilePaused();
          await this.#analyzeOne(analyzers, photo);
        }
      };
      // One photo more than the workers take, so that none waits while a result is stored.
      const lanes = Array.from({ length: analyzers.photosAtOnce + 1 }, () =>
        runLane().catch((error: unknown) => {
          isFailed = true;
          throw error;
        }),
      );
      const results = await Promise.allSettled(lanes);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
  }

  async #takePhoto(): Promise<PendingPhoto | null> {
    if (this.#page.length === 0) {
      this.#nextPage ??= this.#readPage().finally(() => (this.#nextPage = null));
      await this.#nextPage;
    }
    return this.#page.shift() ?? null;
  }

  async #readPage(): Promise<void> {
    const photos = await this.#dependencies.database.listPendingPhotos(this.#plan.analysis, this.#cursor, pageSize);
    this.#cursor = photos.at(-1)?.cursor ?? this.#cursor;
    this.#page = photos;
  }

  async #waitWhilePaused(): Promise<void> {
    const { control } = this.#context;
    if (!control.isPaused) return control.signal.throwIfAborted();
    await control.checkpoint();
    this.#meter.restart(this.#doneCount);
  }

  async #analyzeOne(analyzers: AnalyzerPool, photo: PendingPhoto): Promise<void> {
    const failure = await this.#lookAt(analyzers, photo);
    if (failure === 'missing') this.#missingCount += 1;
    else if (failure !== null) await this.#failures.add(failure);
    this.#doneCount += 1;
    this.#meter.record(this.#doneCount);
    this.#context.report({
      done: this.#doneCount,
      faces: this.#faceCount,
      failed: this.#failures.count,
      photosPerSecond: this.#meter.perSecond,
      secondsLeft: this.#meter.secondsLeft(this.#total - this.#doneCount),
    });
  }

  /** Reads the photo from the first of its places that holds it.
   *  @returns null once it is stored, or why it could not be */
  async #lookAt(analyzers: AnalyzerPool, photo: PendingPhoto): Promise<'missing' | ImportFailure | null> {
    const { database } = this.#dependencies;
    let failure: 'missing' | ImportFailure = 'missing';
    for (const path of photo.paths) {
      try {
        const found = await analyzers.analyze(path, {
          signal: this.#context.control.signal,
          keepsSquares: true,
          // What lies there now may be another photo.
          isKnown: (contentHash) => Promise.resolve(!Buffer.from(contentHash).equals(photo.contentHash)),
          listSettledFaces: (contentHash) => database.listSettledFaces(contentHash),
        });
        if ('known' in found) continue;
        await database.savePhoto({ ...found, location: null }, this.#plan.analysis);
        this.#faceCount += found.faces.length;
        return null;
      } catch (error) {
        if (!(error instanceof AppError) || !photoFaults.has(error.code)) throw error;
        if (error.code !== 'file-vanished') failure = { path: Buffer.from(path).toString(), reason: error.code, detail: error.message };
      }
    }
    return failure;
  }

  async #summarize(): Promise<SwitchSummary> {
    const { database, describeRuntime, now } = this.#dependencies;
    const { faces, people } = await database.countLibrary();
    return {
      photos: this.#total,
      analyzed: this.#doneCount - this.#missingCount - this.#failures.count,
      missing: this.#missingCount,
      ...this.#failures.told,
      faces,
      people,
      seconds: (now() - this.#startedMs) / 1000,
      runtime: await describeRuntime(),
    };
  }
}
