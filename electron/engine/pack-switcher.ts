/** Begins switches of packs and goes on with them: one at a time, and the last wish counts. */

import { isEnded } from '../api/job-states.ts';
import type { JobOf } from '../api/schemas.ts';
import type { JobId } from '../base/ids.ts';
import type { LibraryPack } from './active-pack.ts';
import type { AnalysisPlanner } from './analysis-planner.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { requireReady } from './require-ready.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';

type SwitchJob = JobOf<'switch-pack'>;

export interface PackSwitcherOptions {
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly libraryPack: LibraryPack;
  readonly planner: AnalysisPlanner;
  readonly runner: JobRunner;
}

export class PackSwitcher {
  readonly #options: PackSwitcherOptions;
  /** Wishes are fulfilled one after another, so that the last is the one that stays. */
  #wishes: Promise<unknown> = Promise.resolve();

  constructor(options: PackSwitcherOptions) {
    this.#options = options;
  }

  /** @returns the switch's job, or null where there is nothing to look at
   *  @throws AppError "not-found", "model-missing", "model-mismatch" */
  async use(name: string): Promise<JobId | null> {
    return await this.#queue(async () => {
      const { packs, runner } = this.#options;
      requireReady(name, (await packs.list()).find(({ manifest }) => manifest.name === name));
      for (const job of this.#listOpen()) if (job.pack !== name) await runner.cancel(job.id);
      return await this.#switchTo(name);
    });
  }

  /** What an import needs: nothing is added to a library whose pack has changed under it, see [Note: active pack]. Where
   *  the user has wished for another pack by then, the import comes after that switch. */
  async bringUpToDate(): Promise<void> {
    await this.#queue(async () => {
      const { packs, libraryPack } = this.#options;
      if (this.#listOpen().some(({ state }) => state === 'queued' || state === 'running')) return;
      if (!(await libraryPack.isOutdated())) return;
      const { name } = await libraryPack.readActive();
      requireReady(name, (await packs.list()).find(({ manifest }) => manifest.name === name));
      await this.#switchTo(name);
    });
  }

  /** Goes on with what an earlier process left; what the user has paused stays so. */
  async continueInterrupted(): Promise<void> {
    const open = this.#listOpen();
    const interrupted = open.findLast((job) => job.state === 'interrupted');
    if (interrupted !== undefined) await this.#options.runner.resume(interrupted.id);
    else if (open.length === 0) await this.bringUpToDate();
  }

  async #switchTo(name: string): Promise<JobId | null> {
    const { database, libraryPack, planner, runner } = this.#options;
    const same = this.#listOpen().findLast((job) => job.pack === name);
    if (same !== undefined) {
      // It may be stopping because of an earlier wish.
      await runner.resume(same.id);
      return same.id;
    }
    const { packId, analysis } = await planner.planPack(name);
    const isActive = (await libraryPack.readActive()).packId === packId;
    if (isActive && (await database.countPendingPhotos(analysis)) === 0) return null;
    if ((await database.countLibrary()).photos === 0) {
      await database.activatePack({ name, packId });
      return null;
    }
    return await runner.start({ kind: 'switch-pack', pack: name });
  }

  async #queue<Value>(fulfil: () => Promise<Value>): Promise<Value> {
    const fulfilled = this.#wishes.catch(() => undefined).then(fulfil);
    this.#wishes = fulfilled;
    return await fulfilled;
  }

  /** Those that go on, or may; oldest first. */
  #listOpen(): SwitchJob[] {
    const jobs = this.#options.runner.list().toReversed();
    return jobs.filter((job): job is SwitchJob => job.kind === 'switch-pack' && (job.state === 'interrupted' || !isEnded(job.state)));
  }
}
