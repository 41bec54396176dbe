/** What a library has learnt from its user: a linear map that embeddings go through before they are compared. */

export interface Projection {
  /** Equal for equal matrices of one library; lists of neighbours belong to one of them. */
  readonly version: number;
  /** [outputLength, embeddingLength], row by row; maps unit embeddings */
  readonly matrix: Float32Array;
  readonly outputLength: number;
}

/** One that a library uses. */
export interface AdoptedProjection extends Projection {
  /** What the pack's distance is multiplied by. */
  readonly distanceScale: number;
}
