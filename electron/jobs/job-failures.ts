/** Keeps what a job could not read: how many there are and the first hundred for its summary, all of them in the database. */

import type { ImportFailure } from '../api/schemas.ts';
import type { JobId } from '../base/ids.ts';
import type { LibraryDatabase } from '../database/library-database.ts';

/** A summary is sent whole with every list of jobs. */
const mostInSummary = 100;
/** What a library says of a broken file may quote it. */
const longestDetail = 500;

export class JobFailures {
  readonly #database: Pick<LibraryDatabase, 'addJobFailure' | 'forgetJobFailures'>;
  readonly #jobId: JobId;
  readonly #first: ImportFailure[] = [];
  #count = 0;

  constructor(database: Pick<LibraryDatabase, 'addJobFailure' | 'forgetJobFailures'>, jobId: JobId) {
    this.#database = database;
    this.#jobId = jobId;
  }

  get count(): number {
    return this.#count;
  }

  /** For a summary. */
  get told(): { readonly failed: ImportFailure[]; readonly failedCount: number } {
    return { failed: [...this.#first], failedCount: this.#count };
  }

  /** A job that is run again finds again what it still cannot read. */
  async begin(): Promise<void> {
    await this.#database.forgetJobFailures(this.#jobId);
  }

  async add({ path, reason, detail }: ImportFailure): Promise<void> {
    const failure: ImportFailure = { path, reason, detail: detail.slice(0, longestDetail) };
    this.#count += 1;
    if (this.#first.length < mostInSummary) this.#first.push(failure);
    await this.#database.addJobFailure(this.#jobId, failure);
  }
}
