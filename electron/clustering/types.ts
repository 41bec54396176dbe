/** What the clustering takes and gives: faces with embeddings, what the user has said, and who is who afterwards. */

import type { FaceId, PersonId } from '../base/ids.ts';
import type { DemandOptions } from './linkage/demand.ts';
import type { Projection } from '../terms/projection.ts';

/** Distances are Euclidean between unit vectors, 0 to 2; of groups, the root of the mean squared distance. */
export interface ClusteringOptions extends DemandOptions {
  /** A face of low quality joins a cluster at most this far away. */
  readonly maxAttachDistance: number;
  /** Faces below this quality, 0 to 1, start no cluster and bring none together. */
  readonly minSeedQuality: number;
  /** See [Note: neighbour cap]. */
  readonly maxNeighbours: number;
  /** Faces at most this far apart, as a share of `maxDistance`, are neighbours: further out than any that are joined, as
   *  the user may be asked about them. */
  readonly neighbourReach: number;
  /** Libraries with more faces are searched approximately. */
  readonly exactUpTo: number;
  /** What embeddings go through before they are compared; null for nothing. */
  readonly projection?: Projection | null;
}

export interface FaceAssignment {
  readonly faceId: FaceId;
  /** An existing person, or a number: equal numbers are one new person. */
  readonly person: PersonId | number;
}

export interface ClusteringResult {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Every face in exactly one; by lowest face index, and so within each. */
  readonly clusters: readonly (readonly FaceId[])[];
  /** Only faces whose person changes. */
  readonly assignments: readonly FaceAssignment[];
}

/** How far a long computation has come, and whether it should go on. */
export interface Watch {
  /** @param done share of the work, 0 to 1 */
  onProgress(done: number): void;
  /** @throws AppError "cancelled" */
  throwIfCancelled(): void;
}

export const unwatched: Watch = { onProgress: () => undefined, throwIfCancelled: () => undefined };

/** @returns the cosine similarity of unit vectors that far apart: |a - b|^2 = 2 - 2 cos */
export function similarityAtDistance(distance: number): number {
  return 1 - (distance * distance) / 2;
}
