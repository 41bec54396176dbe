/** Clusters a library: reads its faces, lets the clusterer group them, stores what it found. Asks it about them likewise. */

import type { Clusterer } from '../clustering/create-clusterer.ts';
import type { Answer, Inquiry } from '../clustering/suggestions/answer.ts';
import type { ClusteringOptions } from '../clustering/types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { ClusteringPlan } from './analysis-plan.ts';

/** People need not appear more often than this while an import runs. */
const shortestPauseMs = 3_000;
/** Clustering in between takes at most one part in this many of the import's time. */
const pauseFactor = 6;

export interface LibraryClustererOptions {
  readonly database: LibraryDatabase;
  /** Closed with the library's. */
  readonly clusterer: Clusterer;
  readonly now: () => number;
}

export class LibraryClusterer {
  readonly #options: LibraryClustererOptions;
  readonly #clusterer: Clusterer;
  #underWay: Promise<unknown> | null = null;
  #nextDueMs: number | null = null;

  constructor(options: LibraryClustererOptions) {
    this.#options = options;
    this.#clusterer = options.clusterer;
  }

  /** Clusters all faces that have an embedding of the pack, by those alone: the result depends on them and on what the
   *  user said, not on the order in which they came.
   *  @throws AppError "cancelled", "library-damaged" */
  cluster(plan: ClusteringPlan, options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#enqueue('cluster', plan, options.signal);
  }

  /** Answers about the library as it is now, after what is under way.
   *  @throws AppError "not-found", "library-damaged" */
  ask<Kind extends Inquiry['kind']>(
    { packId, clustering, suggestions }: ClusteringPlan,
    inquiry: Extract<Inquiry, { kind: Kind }>,
  ): Promise<Answer<Kind>> {
    return this.#queue(async () => {
      const input = await this.#readInput(packId, clustering);
      return await this.#clusterer.ask<Kind>(input, { ...clustering, suggestions }, inquiry);
    });
  }

  /** Gives faces that have no person one, and leaves all others where they are. */
  foldIn(plan: ClusteringPlan): Promise<void> {
    return this.#enqueue('foldIn', plan);
  }

  /** Folds in now and then while an import runs, in the background, so that people appear as they are found.
   *  @param onChange told when they did */
  foldInWhenDue(plan: ClusteringPlan, onChange: () => void): void {
    const { now } = this.#options;
    this.#nextDueMs ??= now() + shortestPauseMs;
    if (this.#underWay || now() < this.#nextDueMs) return;
    const startedMs = now();
    // What goes wrong here goes wrong again in the import's last clustering, which tells it.
    void this.foldIn(plan)
      .then(onChange, () => undefined)
      .finally(() => {
        this.#nextDueMs = now() + Math.max(shortestPauseMs, (now() - startedMs) * pauseFactor);
      });
  }

  async close(): Promise<void> {
    await this.#clusterer.dispose();
    await this.#underWay?.catch(() => undefined);
  }

  #enqueue(scope: 'cluster' | 'foldIn', plan: ClusteringPlan, signal?: AbortSignal): Promise<void> {
    return this.#queue(() => this.#run(scope, plan, signal));
  }

  /** One after another. */
  async #queue<Value>(work: () => Promise<Value>): Promise<Value> {
    const before = this.#underWay?.catch(() => undefined);
    const run = Promise.resolve(before).then(work);
    this.#underWay = run;
    try {
      return await run;
    } finally {
      if (this.#underWay === run) this.#underWay = null;
    }
  }

  async #run(scope: 'cluster' | 'foldIn', { packId, clustering }: ClusteringPlan, signal?: AbortSignal): Promise<void> {
    const input = await this.#readInput(packId, clustering);
    if (input.faceIds.length === 0) return;
    const result = await this.#clusterer[scope](input, clustering, { signal });
    await this.#options.database.saveClustering({ packId, ...result });
  }

  /** The embeddings that the clusterer knows already stay where they are. */
  async #readInput(packId: number, options: ClusteringOptions): Promise<ClusteringInput> {
    const { database } = this.#options;
    const faces = await database.readClusteringInput(packId);
    const { embeddingRows, embeddingLength } = faces;
    if (embeddingRows.length === 0) return { ...faces, embeddings: new Float32Array(0) };
    const missing = await this.#clusterer.listMissing(embeddingRows, embeddingLength, options);
    const rows = Float64Array.from(missing, (face) => embeddingRows[face]!);
    return { ...faces, embeddings: await database.readEmbeddings(packId, rows) };
  }
}
