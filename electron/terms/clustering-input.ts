/** The faces of a library as a clustering takes them, with what the user has said of them. */

import type { FaceId, PersonId } from '../base/ids.ts';

/** All faces with an embedding of one pack that are not ignored, without the embeddings, ordered by content hash and box: the
 *  same library gives the same order whatever the order of its imports, and where two choices are equally good, the one with
 *  the lower index is taken. Indices point into `faceIds` and `people`. */
export interface ClusteringFaces {
  readonly faceIds: readonly FaceId[];
  readonly embeddingLength: number;
  /** [n], numbers that embeddings keep for as long as they are the same, and that no other ever gets */
  readonly embeddingRows: Float64Array;
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
  /** Pairs (face index, person index) that the user has ruled out; forwarded ids are already followed. */
  readonly rejections: readonly (readonly [faceIndex: number, personIndex: number])[];
  /** Pairs (face index, person index) about which the user was asked and could not say; forwarded ids are followed. */
  readonly leftOpen: readonly (readonly [faceIndex: number, personIndex: number])[];
}

export interface ClusteringInput extends ClusteringFaces {
  /** [n, embeddingLength], any length but zero: only their directions count. Or of those alone that the clustering lacks,
   *  in the order of the faces */
  readonly embeddings: Float32Array;
}

export interface ClusteredPerson {
  readonly id: PersonId;
  /** Named, merged, moved into or ignored by the user: no face leaves it but by the user. */
  readonly isHeld: boolean;
  readonly name: string | null;
  readonly isIgnored: boolean;
  /** First day of the birth date as far as it is known, days since 1970-01-01, or null. */
  readonly bornDay: number | null;
}
