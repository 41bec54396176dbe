/** How a running job is paused, resumed and cancelled from outside. */

import { AppError } from '../base/errors.ts';

export class JobControl {
  readonly #abort = new AbortController();
  #resume: (() => void) | null = null;
  #resumed: Promise<void> = Promise.resolve();

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isPaused(): boolean {
    return this.#resume !== null;
  }

  pause(): void {
    if (this.#resume) return;
    this.#resumed = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#resume = null;
  }

  cancel(): void {
    this.#abort.abort(new AppError('cancelled', 'Expected the job to go on but it was cancelled'));
    this.resume();
  }

  /** Waits while the job is paused.
   *  @throws AppError "cancelled" */
  async checkpoint(): Promise<void> {
    await this.#resumed;
    this.signal.throwIfAborted();
  }
}
