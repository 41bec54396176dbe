/** Decides when there is something new to learn from the user, and switches between what was learnt. */

import { isEnded } from '../api/job-states.ts';
import type { Learning } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import type { LibraryPack } from './active-pack.ts';
import type { AnalysisPlanner } from './analysis-planner.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { LearningRules } from './config.ts';
import type { LibraryClusterer } from '../jobs/cluster-library.ts';
import type { JobRunner } from '../jobs/job-runner.ts';

export interface LearnerOptions {
  readonly database: LibraryDatabase;
  readonly libraryPack: LibraryPack;
  readonly planner: AnalysisPlanner;
  readonly runner: JobRunner;
  readonly clusterer: LibraryClusterer;
  readonly rules: LearningRules;
}

const automaticSetting = 'learning.isAutomatic';
const listedVersions = 50;

export class Learner {
  readonly #options: LearnerOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  async describe(): Promise<Learning> {
    const { database, libraryPack } = this.#options;
    const { name: pack, packId } = await libraryPack.readActive();
    const versions = await database.listProjections(packId, listedVersions);
    const labels = await database.countLabels();
    const isRunning = this.#options.runner.list().some(({ kind, state }) => kind === 'learn' && !isEnded(state));
    const current = versions.find(({ state }) => state === 'adopted')?.version ?? null;
    return { isAutomatic: await this.#isAutomatic(), isRunning, pack, ...labels, current, versions };
  }

  /** @returns the job, or the one that is at it already */
  async start(): Promise<JobId> {
    const { libraryPack, runner } = this.#options;
    return await runner.startOrResume({ kind: 'learn', pack: (await libraryPack.readActive()).name });
  }

  async setAutomatic(isAutomatic: boolean): Promise<void> {
    await this.#options.database.writeSetting(automaticSetting, isAutomatic);
  }

  /** Compares all faces by another version, or with null as the pack does; what the user has settled stays.
   *  @throws AppError "not-found", "conflict" while a job changes the library */
  async use(version: number | null): Promise<void> {
    const { database, libraryPack, planner, runner, clusterer } = this.#options;
    if (runner.isLibraryBusy) throw new AppError('conflict', 'Expected a library that no job changes but one is under way');
    const { packId } = await libraryPack.readActive();
    await database.useProjection({ packId, version });
    planner.forgetProjections();
    await clusterer.cluster(await planner.planActive());
  }

  /** To be called after every change: once there are no more for a while, what has grown is learnt from. */
  noteChange(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // What goes wrong here the user can start by hand, and is told why then.
      void this.startIfDue().catch(() => undefined);
    }, this.#options.rules.quietMs);
    // A program that has nothing else to do ends.
    this.#timer.unref();
  }

  /** @returns null where there is nothing new to learn from, where the user does not want it, or while jobs run */
  async startIfDue(): Promise<JobId | null> {
    const { database, libraryPack, runner, rules } = this.#options;
    if (!(await this.#isAutomatic()) || runner.isBusy) return null;
    const { packId } = await libraryPack.readActive();
    const [last] = await database.listProjections(packId, 1);
    const { faces } = await database.countLabels();
    const seen = last?.labelledFaces ?? 0;
    const isDue = faces - seen >= Math.max(rules.leastNewFaces, rules.leastGrowth * seen);
    return isDue ? await this.start() : null;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #isAutomatic(): Promise<boolean> {
    return (await this.#options.database.readSetting(automaticSetting)) !== false;
  }
}
