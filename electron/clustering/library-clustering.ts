/** Clusters a library again and again, remembering what it has compared so far. */

import { assignPeople } from './assignment.ts';
import { clusterFaces, type ClusteringScope } from './cluster-faces.ts';
import { checkClusteringInput, checkClusteringOptions } from './integrity.ts';
import { NeighbourIndex, type NeighbourOptions } from './neighbours.ts';
import {
  similarityAtDistance,
  unwatched,
  type ClusteringInput,
  type ClusteringOptions,
  type ClusteringResult,
  type Watch,
} from './types.ts';

/** Names the method in what is stored about a clustering; raised when the same faces would come out differently. */
export const clusteringAlgorithm = 'average-linkage-1';

/** Similarities are computed in single precision: a pair right at the limit must be in the lists. */
const roundingMargin = 1e-5;

export class LibraryClustering {
  #index: NeighbourIndex | null = null;

  /**
   * @throws AppError "bad-argument", "library-damaged" (see checkClusteringInput), "cancelled"; after any of them the
   *   next call works as if this one had not been
   */
  run(
    input: ClusteringInput,
    options: ClusteringOptions,
    { scope, watch = unwatched }: { scope: ClusteringScope; watch?: Watch },
  ): ClusteringResult {
    checkClusteringOptions(options);
    checkClusteringInput(input);
    const index = this.#prepareIndex(input.embeddingLength, options);
    index.update(input.faceIds, input.embeddings, watch);
    const clusters = clusterFaces({ input, neighbours: index, units: index.units, options, scope }, watch);
    return {
      algorithm: clusteringAlgorithm,
      parameters: { ...options, scope },
      clusters: clusters.map(({ faces }) => faces.map((face) => input.faceIds[face]!)),
      assignments: assignPeople(input, clusters),
    };
  }

  #prepareIndex(embeddingLength: number, options: ClusteringOptions): NeighbourIndex {
    const wanted: NeighbourOptions = {
      minSimilarity: similarityAtDistance(options.maxDistance) - roundingMargin,
      maxNeighbours: options.maxNeighbours,
    };
    const present = this.#index;
    const isUsable =
      present !== null &&
      present.embeddingLength === embeddingLength &&
      present.options.minSimilarity === wanted.minSimilarity &&
      present.options.maxNeighbours === wanted.maxNeighbours;
    return isUsable ? present : (this.#index = new NeighbourIndex(embeddingLength, wanted));
  }
}
