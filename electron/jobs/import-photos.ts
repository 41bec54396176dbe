/** The import: walks folders, analyzes what is new, and clusters the faces as they come and once more at the end. */

import type { DetectionEffort, ImportSummary } from '../api/schemas.ts';
import { AppError, isAppError, photoFaults, type ErrorCode } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import type { FileLocation, LibraryDatabase } from '../database/library-database.ts';
import { resolveCaptureTime } from '../library/capture-time.ts';
import { locateOnVolume } from '../library/volumes.ts';
import { walkPhotos, type WalkedFile } from '../library/walk.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';
import type { AnalysisPlan } from './analysis-plan.ts';
import type { AnalyzerLease } from './analyzer-lease.ts';
import type { LibraryClusterer } from './cluster-library.ts';
import { JobFailures } from './job-failures.ts';
import type { JobContext, JobWork } from './job-runner.ts';
import { ProgressMeter } from './progress-meter.ts';
import { WorkQueue } from './work-queue.ts';

/** Files looked up in the database at a time. */
const lookUpBatchSize = 200;

export interface ImportDependencies {
  readonly database: LibraryDatabase;
  /** Used from the first photo on that is new: a second import of the same folder loads no model. */
  readonly analyzers: AnalyzerLease;
  /** For people, such as "ONNX Runtime 1.30.0 (CPU)"; known without opening the analyzers. */
  readonly describeRuntime: () => Promise<string>;
  readonly clusterer: LibraryClusterer;
  /** Asked once an import begins: what the settings say afterwards is for the next. */
  readonly plan: (effort: DetectionEffort | null) => Promise<AnalysisPlan>;
  readonly now: () => number;
  /** Called when views have something new to show. */
  readonly onLibraryChange: () => void;
}

export function createImportWork(dependencies: ImportDependencies): JobWork<'import'> {
  return async ({ id, folders, effort, progress }, context) => {
    const plan = await dependencies.plan(effort);
    return await new Import(dependencies, plan, { jobId: id, folders, facesBefore: progress.faces }, context).run();
  };
}

/** A walked file with its place on a volume. */
interface LocatedFile {
  readonly file: WalkedFile;
  readonly location: FileLocation;
}

interface ImportTask {
  readonly jobId: JobId;
  readonly folders: string[];
  /** Found by the same import before it was interrupted. */
  readonly facesBefore: number;
}

class Import {
  readonly #dependencies: ImportDependencies;
  readonly #plan: AnalysisPlan;
  readonly #folders: string[];
  readonly #context: JobContext;
  readonly #meter: ProgressMeter;
  readonly #fresh = new WorkQueue<LocatedFile>();
  readonly #failures: JobFailures;
  readonly #unsupported: Record<string, number> = {};
  readonly #startedMs: number;
  #photoCount = 0;
  #skippedCount = 0;
  #addedCount = 0;
  #faceCount = 0;
  #doneCount = 0;
  /** Done here and now rather than by an earlier import: what the rate is about. */
  #analyzedCount = 0;
  #isWalked = false;

  constructor(dependencies: ImportDependencies, plan: AnalysisPlan, task: ImportTask, context: JobContext) {
    this.#dependencies = dependencies;
    this.#plan = plan;
    this.#folders = task.folders;
    this.#failures = new JobFailures(dependencies.database, task.jobId);
    this.#faceCount = task.facesBefore;
    this.#context = context;
    this.#meter = new ProgressMeter(dependencies.now);
    this.#startedMs = dependencies.now();
  }

  async run(): Promise<ImportSummary> {
    const { database, clusterer, onLibraryChange } = this.#dependencies;
    this.#context.report({ stage: 'walking' });
    await this.#failures.begin();
    const scan = await database.startScan();
    try {
      await this.#walkAndAnalyze();
      for (const folder of this.#folders) await database.markUnseen(await locateOnVolume(folder), scan);
    } catch (error) {
      // What a cancelled import has found is shown as people all the same.
      if (isAppError(error, 'cancelled')) await clusterer.foldIn(this.#plan);
      throw error;
    } finally {
      onLibraryChange();
    }
    this.#context.report({ stage: 'clustering', secondsLeft: null });
    await clusterer.cluster(this.#plan, { signal: this.#context.control.signal });
    onLibraryChange();
    return this.#summarize();
  }

  /** One of the two failing ends the other. */
  async #walkAndAnalyze(): Promise<void> {
    const stop = (error: unknown): never => {
      this.#fresh.fail(error);
      throw error;
    };
    const results = await Promise.allSettled([
      this.#walk().then(() => this.#fresh.close(), stop),
      this.#analyzeFresh().catch(stop),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #walk(): Promise<void> {
    const { control } = this.#context;
    let batch: LocatedFile[] = [];
    for await (const found of walkPhotos(this.#folders, { signal: control.signal })) {
      await control.checkpoint();
      if (found.kind === 'unsupported') {
        this.#unsupported[found.extension] = (this.#unsupported[found.extension] ?? 0) + 1;
      } else if (found.kind === 'failure') {
        const location = { ...(await locateOnVolume(found.path)), byteSize: 0, modifiedNs: 0n };
        await this.#recordFailure(location, found.path, found.reason, found.detail);
      } else {
        this.#photoCount += 1;
        batch.push({ file: found, location: await locateFile(found) });
        if (batch.length >= lookUpBatchSize) {
          await this.#enqueueFresh(batch);
          batch = [];
        }
      }
    }
    await this.#enqueueFresh(batch);
    this.#isWalked = true;
    this.#report();
  }

  async #enqueueFresh(files: LocatedFile[]): Promise<void> {
    if (files.length === 0) return;
    const isUnchanged = await this.#dependencies.database.findUnchangedLocations(
      files.map(({ location }) => location),
      this.#plan.analysis,
    );
    files.forEach((file, index) => {
      if (isUnchanged[index]) {
        this.#skippedCount += 1;
        this.#doneCount += 1;
      } else {
        this.#fresh.push(file);
      }
    });
    this.#report();
  }

  async #analyzeFresh(): Promise<void> {
    const first = await this.#fresh.take();
    if (!first) return;
    await this.#dependencies.analyzers.use(this.#plan.setup, async (analyzers) => {
      this.#context.report({ stage: 'analyzing' });
      this.#meter.restart(0);
      // One photo more than the workers take, so that none waits while a result is stored.
      const lanes = Array.from({ length: analyzers.photosAtOnce + 1 }, (_, lane) =>
        this.#analyzeLane(analyzers, lane === 0 ? first : null).catch((error: unknown) => {
          this.#fresh.fail(error);
          throw error;
        }),
      );
      const results = await Promise.allSettled(lanes);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
  }

  async #analyzeLane(analyzers: AnalyzerPool, first: LocatedFile | null): Promise<void> {
    for (let file = first ?? (await this.#fresh.take()); file; file = await this.#fresh.take()) {
      await this.#waitWhilePaused();
      await this.#analyzeOne(analyzers, file);
    }
  }

  async #waitWhilePaused(): Promise<void> {
    const { control } = this.#context;
    if (!control.isPaused) return control.signal.throwIfAborted();
    await control.checkpoint();
    this.#meter.restart(this.#analyzedCount);
  }

  async #analyzeOne(analyzers: AnalyzerPool, { file, location }: LocatedFile): Promise<void> {
    const { database, clusterer, onLibraryChange } = this.#dependencies;
    const { analysis } = this.#plan;
    try {
      const found = await analyzers.analyze(file.path, {
        signal: this.#context.control.signal,
        keepsSquares: true,
        isKnown: async (contentHash) => (await database.attachLocation(contentHash, location, analysis)) !== null,
        listSettledFaces: (contentHash) => database.listSettledFaces(contentHash),
      });
      if ('known' in found) {
        this.#skippedCount += 1;
      } else {
        const captureTime = found.captureTime ?? resolveCaptureTime({ exif: null, fileName: file.name, modifiedNs: file.mtimeNs });
        const { isNew, wasAnalyzed } = await database.savePhoto({ ...found, captureTime, location }, analysis);
        if (isNew) this.#addedCount += 1;
        // Its twin was looked at in the same moment, and stored first.
        if (wasAnalyzed) this.#skippedCount += 1;
        else this.#faceCount += found.faces.length;
      }
    } catch (error) {
      if (!(error instanceof AppError) || !photoFaults.has(error.code)) throw error;
      await this.#recordFailure(location, file.displayPath, error.code, error.message);
    }
    this.#doneCount += 1;
    this.#analyzedCount += 1;
    this.#meter.record(this.#analyzedCount);
    this.#report();
    if (this.#addedCount > 0) clusterer.foldInWhenDue(this.#plan, onLibraryChange);
  }

  async #recordFailure(location: FileLocation, path: string, reason: ErrorCode, detail: string): Promise<void> {
    await this.#dependencies.database.saveFailure(location, reason, detail);
    await this.#failures.add({ path, reason, detail });
  }

  #report(): void {
    const total = this.#isWalked ? this.#photoCount : null;
    this.#context.report({
      done: this.#doneCount,
      total,
      faces: this.#faceCount,
      failed: this.#failures.count,
      photosPerSecond: this.#meter.perSecond,
      secondsLeft: this.#meter.secondsLeft(total === null ? null : total - this.#doneCount),
    });
  }

  async #summarize(): Promise<ImportSummary> {
    const counts = await this.#dependencies.database.countLibrary();
    return {
      photos: this.#photoCount,
      added: this.#addedCount,
      faces: counts.faces,
      people: counts.people,
      ...this.#failures.told,
      skipped: this.#skippedCount,
      unsupported: this.#unsupported,
      seconds: (this.#dependencies.now() - this.#startedMs) / 1000,
      runtime: await this.#dependencies.describeRuntime(),
    };
  }
}

async function locateFile(file: WalkedFile): Promise<FileLocation> {
  return { ...(await locateOnVolume(file.path)), byteSize: file.byteSize, modifiedNs: file.mtimeNs };
}
