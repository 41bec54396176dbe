/** What the clustering takes and gives: faces with embeddings, what the user has said, and who is who afterwards. */

import type { FaceId, PersonId } from '../base/ids.ts';
import type { DemandOptions } from './linkage/demand.ts';
import type { Projection } from './neighbours/projection.ts';

/** Faces in an order that depends on photos and boxes alone, as the library's storage reads them out: where two
 *  choices are equally good, the one with the lower index is taken. */
export interface ClusteringInput {
  readonly faceIds: readonly FaceId[];
  readonly embeddingLength: number;
  /** [n], numbers that embeddings keep for as long as they are the same, without duplicates */
  readonly embeddingRows: Float64Array;
  /** [n, embeddingLength], any length but zero: only their directions count. Or of those alone that the clustering lacks,
   *  in the order of the faces */
  readonly embeddings: Float32Array;
  /** [n], 0 to 1 */
  readonly qualities: Float32Array;
  /** [n], equal for faces of one photo */
  readonly photoIndices: Int32Array;
  /** [n], into `people`, -1 for a face without a person */
  readonly personIndices: Int32Array;
  /** [n], 1 where the user has confirmed the face as its person */
  readonly confirmed: Uint8Array;
  /** [n], days since 1970-01-01 on which the photo was taken by its EXIF data, `unknownDay` where it has none */
  readonly captureDays: Int32Array;
  readonly people: readonly ClusteredPerson[];
  /** Pairs (face index, person index) that the user has ruled out. */
  readonly rejections: readonly (readonly [faceIndex: number, personIndex: number])[];
  /** Pairs (face index, person index) about which the user was asked and could not say. */
  readonly leftOpen: readonly (readonly [faceIndex: number, personIndex: number])[];
}

/** A day that nobody knows. */
export const unknownDay = -0x8000_0000;

export interface ClusteredPerson {
  readonly id: PersonId;
  /** Named, merged, moved into or ignored by the user: no face leaves it but by the user. */
  readonly isHeld: boolean;
  readonly name: string | null;
  readonly isIgnored: boolean;
  /** First day of the birth date as far as it is known, days since 1970-01-01, or null. */
  readonly bornDay: number | null;
}

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
