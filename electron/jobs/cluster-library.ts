/** Clusters a library: reads its faces, lets the clusterer group them, stores what it found. */

import { createClusterer, type Clusterer } from '../clustering/create-clusterer.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { ClusteringPack } from './analysis-plan.ts';

/** People need not appear more often than this while an import runs. */
const shortestPauseMs = 3_000;
/** Clustering in between takes at most one part in this many of the import's time. */
const pauseFactor = 6;

export interface LibraryClustererOptions {
  readonly database: LibraryDatabase;
  readonly now: () => number;
}

export class LibraryClusterer {
  readonly #options: LibraryClustererOptions;
  readonly #clusterer: Clusterer = createClusterer();
  #underWay: Promise<void> | null = null;
  #nextDueMs: number | null = null;

  constructor(options: LibraryClustererOptions) {
    this.#options = options;
  }

  /** Clusters all faces that have an embedding of the pack, by those alone: the result depends on them and on what the
   *  user said, not on the order in which they came.
   *  @throws AppError "cancelled", "library-damaged" */
  cluster(pack: ClusteringPack, options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#enqueue('cluster', pack, options.signal);
  }

  /** Gives faces that have no person one, and leaves all others where they are. */
  foldIn(pack: ClusteringPack): Promise<void> {
    return this.#enqueue('foldIn', pack);
  }

  /** Folds in now and then while an import runs, in the background, so that people appear as they are found.
   *  @param onChange told when they did */
  foldInWhenDue(pack: ClusteringPack, onChange: () => void): void {
    const { now } = this.#options;
    this.#nextDueMs ??= now() + shortestPauseMs;
    if (this.#underWay || now() < this.#nextDueMs) return;
    const startedMs = now();
    // What goes wrong here goes wrong again in the import's last clustering, which tells it.
    void this.foldIn(pack)
      .then(onChange, () => undefined)
      .finally(() => {
        this.#nextDueMs = now() + Math.max(shortestPauseMs, (now() - startedMs) * pauseFactor);
      });
  }

  async close(): Promise<void> {
    await this.#clusterer.dispose();
    await this.#underWay?.catch(() => undefined);
  }

  /** One after another. */
  async #enqueue(scope: 'cluster' | 'foldIn', pack: ClusteringPack, signal?: AbortSignal): Promise<void> {
    const before = this.#underWay?.catch(() => undefined);
    const run = Promise.resolve(before).then(() => this.#run(scope, pack, signal));
    this.#underWay = run;
    try {
      await run;
    } finally {
      if (this.#underWay === run) this.#underWay = null;
    }
  }

  async #run(scope: 'cluster' | 'foldIn', { packId, clustering }: ClusteringPack, signal?: AbortSignal): Promise<void> {
    const { database } = this.#options;
    const input = await database.readClusteringInput(packId);
    if (input.faceIds.length === 0) return;
    const result = await this.#clusterer[scope](input, clustering, { signal });
    await database.saveClustering({ packId, ...result });
  }
}
