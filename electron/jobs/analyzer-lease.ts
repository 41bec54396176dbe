/** Opens analyzers when they are first needed and closes them when nobody has used them for a while. */

import type { DetectionEffort } from '../api/schemas.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';

const idleMs = 60_000;

/** What analyzers are opened with; those of one setup serve everybody who asks for it. */
export interface AnalyzerSetup {
  readonly pack: string;
  /** Tells apart what a pack was and what it is now, see native-models/packs/fingerprint-pack.ts. */
  readonly packFingerprint: string;
  readonly effort: DetectionEffort;
  /** auto, or a runtime's name. */
  readonly runtime: string;
}

interface Lease {
  readonly pool: Promise<AnalyzerPool>;
  users: number;
  idleTimer: NodeJS.Timeout | null;
}

export class AnalyzerLease {
  readonly #open: (setup: AnalyzerSetup) => Promise<AnalyzerPool>;
  readonly #leases = new Map<string, Lease>();

  constructor(open: (setup: AnalyzerSetup) => Promise<AnalyzerPool>) {
    this.#open = open;
  }

  /** @throws what opening throws; the next use tries again */
  async use<Value>(setup: AnalyzerSetup, task: (pool: AnalyzerPool) => Promise<Value>): Promise<Value> {
    const key = JSON.stringify([setup.pack, setup.packFingerprint, setup.effort, setup.runtime]);
    const lease = this.#leases.get(key) ?? this.#add(key, setup);
    if (lease.idleTimer) clearTimeout(lease.idleTimer);
    lease.idleTimer = null;
    lease.users += 1;
    try {
      return await task(await lease.pool);
    } finally {
      lease.users -= 1;
      if (lease.users === 0 && this.#leases.get(key) === lease) {
        lease.idleTimer = setTimeout(() => void this.#end(key), idleMs);
        lease.idleTimer.unref();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#leases.keys()].map((key) => this.#end(key)));
  }

  /** Whoever idles with other networks gives up its memory first. */
  #add(key: string, setup: AnalyzerSetup): Lease {
    const idle = [...this.#leases].filter(([, { users }]) => users === 0).map(([other]) => this.#end(other));
    const pool = Promise.all(idle)
      .then(() => this.#open(setup))
      .catch((error: unknown) => {
        if (this.#leases.get(key) === lease) this.#leases.delete(key);
        throw error;
      });
    const lease: Lease = { pool, users: 0, idleTimer: null };
    this.#leases.set(key, lease);
    return lease;
  }

  async #end(key: string): Promise<void> {
    const lease = this.#leases.get(key);
    if (!lease) return;
    this.#leases.delete(key);
    if (lease.idleTimer) clearTimeout(lease.idleTimer);
    await (await lease.pool).dispose();
  }
}
