/** Clusters a library again and again, and answers what is asked about it, remembering what it has compared so far. */

import { assignPeople } from './assignment.ts';
import { clusterFaces, type ClusteringScope } from './cluster-faces.ts';
import { checkClusteringInput, checkClusteringOptions } from './integrity.ts';
import { NeighbourIndex, type NeighbourOptions } from './neighbours/neighbour-index.ts';
import { projectEmbeddings } from './neighbours/projection.ts';
import { answerInquiry, type Answer, type Inquiry } from './suggestions/answer.ts';
import type { SuggestionOptions } from './suggestions/types.ts';
import {
  similarityAtDistance,
  unwatched,
  type ClusteringOptions,
  type ClusteringResult,
  type Watch,
} from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

/** Names the method in what is stored about a clustering; raised when the same faces would come out differently. */
export const clusteringAlgorithm = 'average-linkage-2';

/** Faces at right angles have nothing in common. */
const furthestReach = 1.38;
/** From so far below what joins two faces on similarities are exact: all that decides about joining lies above. */
const exactMargin = 0.06;

/** Greatest error of a similarity that leaving out dimensions may make, as a share of what a similarity lacks to 1 where two
 *  faces are just joined. */
const subspaceError = 5e-4;
/** Comparing so many faces takes longer than reading what came of it. */
const leastWorthStoring = 1_000;

export class LibraryClustering {
  #index: NeighbourIndex | null = null;
  /** [faces of the last input], see ClusteringProblem */
  #looks: Int32Array = new Int32Array(0);
  /** Faces compared with all others since the last time that it was stored. */
  #comparedCount = 0;

  /** Goes on from what an earlier session stored, where it fits; only before the first input of such embeddings.
   *  @param folder see `store` */
  async restore(folder: string, embeddingLength: number, options: ClusteringOptions): Promise<void> {
    checkClusteringOptions(options);
    const before = this.#index;
    const index = this.#prepareIndex(embeddingLength, options);
    if (index !== before) await index.restore(folder);
  }

  /** Writes what has been compared, where that is worth more than reading it. */
  async store(folder: string): Promise<void> {
    if (this.#comparedCount < leastWorthStoring) return;
    this.#comparedCount = 0;
    await this.#index?.store(folder);
  }

  /** @returns the indices of the faces whose embeddings the next input has to bring, ascending */
  listMissing(rows: Float64Array, embeddingLength: number, options: ClusteringOptions): Int32Array {
    return this.#prepareIndex(embeddingLength, options).listMissing(rows);
  }

  /**
   * @throws AppError "bad-argument", "library-damaged" (see checkClusteringInput), "cancelled"; after any of them the
   *   next call works as if this one had not been
   */
  run(
    input: ClusteringInput,
    options: ClusteringOptions,
    { scope, watch = unwatched }: { scope: ClusteringScope; watch?: Watch },
  ): ClusteringResult {
    const index = this.#takeIn(input, options, watch);
    const looks = this.#looks;
    const compared = { ...input, embeddingLength: index.unitLength };
    const found = clusterFaces({ input: compared, neighbours: index, units: index.units, options, scope, looks }, watch);
    this.#looks = found.looks;
    return {
      algorithm: clusteringAlgorithm,
      parameters: { ...nameParameters(options), scope, isApproximate: index.isApproximate },
      clusters: found.clusters.map(({ faces }) => faces.map((face) => input.faceIds[face]!)),
      assignments: assignPeople(input, found.clusters),
    };
  }

  /** @throws AppError as run does, and "not-found" */
  ask(
    input: ClusteringInput,
    options: ClusteringOptions,
    { suggestions, inquiry, watch = unwatched }: { suggestions: SuggestionOptions; inquiry: Inquiry; watch?: Watch },
  ): Answer<Inquiry['kind']> {
    const index = this.#takeIn(input, options, watch);
    const compared = { ...input, embeddingLength: index.unitLength };
    return answerInquiry({ input: compared, options, suggestions, units: index.units, neighbours: index }, inquiry);
  }

  #takeIn(input: ClusteringInput, options: ClusteringOptions, watch: Watch): NeighbourIndex {
    checkClusteringOptions(options);
    const index = this.#prepareIndex(input.embeddingLength, options);
    const bringsAll = input.embeddings.length === input.faceIds.length * input.embeddingLength;
    checkClusteringInput(input, bringsAll ? Int32Array.from(input.faceIds, (_, face) => face) : index.listMissing(input.embeddingRows));
    const projection = options.projection ?? null;
    const embeddings = projection === null ? input.embeddings : projectEmbeddings(input.embeddings, input.embeddingLength, projection);
    this.#comparedCount += index.update(input.embeddingRows, embeddings, watch);
    const looks = new Int32Array(input.faceIds.length).fill(-1);
    index.moved.forEach((face, old) => {
      if (face >= 0 && old < this.#looks.length) looks[face] = this.#looks[old]!;
    });
    this.#looks = looks;
    return index;
  }

  #prepareIndex(embeddingLength: number, options: ClusteringOptions): NeighbourIndex {
    const wanted: NeighbourOptions = {
      minSimilarity: similarityAtDistance(Math.min(furthestReach, options.maxDistance * options.neighbourReach)),
      maxNeighbours: options.maxNeighbours,
      exactUpTo: options.exactUpTo,
      exactFrom: similarityAtDistance(options.maxDistance) - exactMargin,
      subspaceTolerance: (subspaceError * options.maxDistance ** 2) / 2,
      projectionVersion: options.projection?.version ?? 0,
    };
    const present = this.#index;
    const length = options.projection?.outputLength ?? embeddingLength;
    const isUsable = present !== null && present.embeddingLength === length && isSame(present.options, wanted);
    return isUsable ? present : (this.#index = new NeighbourIndex(length, wanted));
  }
}

function isSame(one: NeighbourOptions, other: NeighbourOptions): boolean {
  return (Object.keys(one) as (keyof NeighbourOptions)[]).every((key) => one[key] === other[key]);
}

/** @returns what is worth storing beside what came of it: a projection by its version */
function nameParameters({ projection, ...parameters }: ClusteringOptions): Readonly<Record<string, number>> {
  return projection == null ? parameters : { ...parameters, projectionVersion: projection.version };
}
