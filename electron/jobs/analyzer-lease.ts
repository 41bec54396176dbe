/** Opens the analyzers when they are first needed and closes them when nobody has used them for a while. */

import type { AnalyzerPool } from '../pipeline/worker-pool.ts';

const idleMs = 60_000;

export class AnalyzerLease {
  readonly #open: () => Promise<AnalyzerPool>;
  #pool: Promise<AnalyzerPool> | null = null;
  #users = 0;
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(open: () => Promise<AnalyzerPool>) {
    this.#open = open;
  }

  /** @throws what opening throws; the next use tries again */
  async use<Value>(task: (pool: AnalyzerPool) => Promise<Value>): Promise<Value> {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#users += 1;
    try {
      this.#pool ??= this.#open().catch((error: unknown) => {
        this.#pool = null;
        throw error;
      });
      return await task(await this.#pool);
    } finally {
      this.#users -= 1;
      if (this.#users === 0 && this.#pool) {
        this.#idleTimer = setTimeout(() => void this.close(), idleMs);
        this.#idleTimer.unref();
      }
    }
  }

  async close(): Promise<void> {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    const pool = this.#pool;
    this.#pool = null;
    if (pool) await (await pool).dispose();
  }
}
