/** Begins switches of packs and goes on with them: one at a time, and the last wish counts. */

import type { JobOf } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { Recognition } from './recognition.ts';
import type { PackState, PackStore } from '../../native-models/packs/pack-store.ts';

type SwitchJob = JobOf<'switch-pack'>;

export interface PackSwitcherOptions {
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly recognition: Recognition;
  readonly runner: JobRunner;
}

export class PackSwitcher {
  readonly #options: PackSwitcherOptions;

  constructor(options: PackSwitcherOptions) {
    this.#options = options;
  }

  /** @returns the switch's job, or null where there is nothing to look at
   *  @throws AppError "not-found", "model-missing", "model-mismatch" */
  async use(name: string): Promise<JobId | null> {
    const { database, packs, recognition, runner } = this.#options;
    requireReady(name, (await packs.list()).find(({ manifest }) => manifest.name === name));
    const open = (await this.#listOpen()).toReversed();
    for (const job of open) if (job.pack !== name) await runner.cancel(job.id);
    const same = open.find((job) => job.pack === name);
    if (same !== undefined) {
      if (same.state === 'interrupted' || same.state === 'paused') await runner.resume(same.id);
      return same.id;
    }
    const { packId, analysis } = await recognition.planPack(name);
    const isActive = (await recognition.readActivePack()).packId === packId;
    if (isActive && (await database.countPendingPhotos(analysis)) === 0) return null;
    if ((await database.countLibrary()).photos === 0) {
      await database.activatePack({ name, packId });
      return null;
    }
    return await runner.start({ kind: 'switch-pack', pack: name });
  }

  /** What an import needs: nothing is added to a library whose pack has changed under it, see [Note: active pack]. */
  async bringUpToDate(): Promise<void> {
    const { recognition } = this.#options;
    if (await recognition.isOutdated()) await this.use((await recognition.readActivePack()).name);
  }

  /** Goes on with what an earlier process left. */
  async continueInterrupted(): Promise<void> {
    const interrupted = (await this.#listOpen()).findLast((job) => job.state === 'interrupted');
    if (interrupted !== undefined) await this.#options.runner.resume(interrupted.id);
    else await this.bringUpToDate();
  }

  /** Oldest first. */
  async #listOpen(): Promise<SwitchJob[]> {
    const jobs = (await this.#options.runner.list()).toReversed();
    return jobs.filter((job): job is SwitchJob => {
      return job.kind === 'switch-pack' && ['queued', 'running', 'paused', 'interrupted'].includes(job.state);
    });
  }
}

function requireReady(name: string, pack: PackState | undefined): void {
  if (pack === undefined) {
    throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, { parameters: { kind: 'pack', id: name } });
  }
  const [lack] = pack.lacking;
  if (lack === undefined) return;
  const { needsDownload } = pack;
  throw new AppError(
    lack.reason === 'wrong' ? 'model-mismatch' : 'model-missing',
    `Expected the model file ${lack.name} of the pack ${name} but it is ${lack.reason}`,
    { parameters: { pack: name, file: lack.name, needsDownload } },
  );
}
