/** A grey picture as HOG sees it. */

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** [height, width], 0 to 255, not rounded */
  readonly data: Float32Array;
}
