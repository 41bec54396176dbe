/** Turns a count of finished photos into photos a second and time left, over a sliding window. */

const windowMs = 20_000;

export class ProgressMeter {
  readonly #now: () => number;
  #samples: { atMs: number; done: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Forgets what was measured: time that a job stood still must not count. */
  restart(done: number): void {
    this.#samples = [{ atMs: this.#now(), done }];
  }

  record(done: number): void {
    const atMs = this.#now();
    this.#samples.push({ atMs, done });
    while (this.#samples.length > 2 && atMs - this.#samples[1]!.atMs > windowMs) this.#samples.shift();
  }

  /** @returns null until something was measured */
  get perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < 250 || last.done === first.done) return null;
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
  }

  /** @param left photos still to do */
  secondsLeft(left: number | null): number | null {
    const rate = this.perSecond;
    return rate === null || left === null ? null : left / rate;
  }
}
