/** How a running job is held, let go on and stopped from outside. */

import { AppError } from '../base/errors.ts';

export class JobControl {
  readonly #abort = new AbortController();
  readonly #onStand: () => void;
  #resume: (() => void) | null = null;
  #resumed: Promise<void> = Promise.resolve();

  /** @param onStand told when the work waits at a checkpoint */
  constructor(onStand: () => void = () => undefined) {
    this.#onStand = onStand;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isPaused(): boolean {
    return this.#resume !== null;
  }

  pause(): void {
    if (this.#resume || this.signal.aborted) return;
    this.#resumed = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#resume = null;
  }

  stop(): void {
    this.#abort.abort(new AppError('cancelled', 'Expected the job to go on but it was cancelled'));
    this.resume();
  }

  /** Waits while the job is paused.
   *  @throws AppError "cancelled" */
  async checkpoint(): Promise<void> {
    // It may be paused again before what waits here has gone on.
    while (this.#resume) {
      this.#onStand();
      await this.#resumed;
    }
    this.signal.throwIfAborted();
  }
}
