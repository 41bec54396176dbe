/** What the library holds and what runs on it, read again whenever something changes; reads that come while one runs are joined. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JournalEntry, Status } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import { toAppError } from '../ui/errors.ts';

export class LibraryStatus {
  /** Null until the engine has answered for the first time. */
  status = $state.raw<Status | null>(null);
  error = $state.raw<AppError | null>(null);
  readonly #api: KindredApi;
  readonly #onRead: (status: Status) => void;
  #isDue = false;
  #reading: Promise<void> | null = null;

  /** @param onRead told of every status that is read */
  constructor(api: KindredApi, onRead: (status: Status) => void) {
    this.#api = api;
    this.#onRead = onRead;
  }

  refresh(): Promise<void> {
    this.#isDue = true;
    this.#reading ??= this.#readUntilSettled().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Shows before the engine says so what it has just recorded. */
  noteConsent(): void {
    if (this.status !== null) this.status = { ...this.status, isConsentGiven: true };
  }

  /** Shows what this window has done or taken back, before the engine is asked again. */
  noteEntries(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      if (this.status === null) return;
      this.status = entry.isUndone ? { ...this.status, lastUndone: entry } : { ...this.status, lastDone: entry };
    }
  }

  async #readUntilSettled(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        const status = await this.#api.call('library.status', {});
        this.status = status;
        this.error = null;
        this.#onRead(status);
      } catch (error) {
        this.error = toAppError(error);
      }
    }
  }
}
