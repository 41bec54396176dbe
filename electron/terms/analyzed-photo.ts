/** A photo and its faces as an analysis finds them and a library keeps them. */

import type { CaptureTime } from '../api/schemas.ts';
import type { FaceId } from '../base/ids.ts';
import type { Box } from '../geometry/types.ts';

export interface AnalyzedFace {
  /** Upright photo pixels, clipped to the photo. */
  readonly box: Box;
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** 0 to 1, see [Note: face quality] in imaging/quality.ts. */
  readonly quality: number;
  /** [68, 2], or [5, 2] from a detector that places them; upright photo pixels. */
  readonly landmarks: Float32Array;
  /** [embeddingLength] of the pack, 512 with the standard one; a unit vector. */
  readonly embedding: Float32Array;
}

/** A face that no analysis takes away, as the user has had a say in it. */
export interface SettledFace {
  readonly id: FaceId;
  /** Upright photo pixels. */
  readonly box: Box;
  /** [68, 2] or [5, 2], upright photo pixels; null where no detector placed any. */
  readonly landmarks: Float32Array | null;
}

/** An embedding of a settled face that an analysis did not detect, made where the face lies. */
export interface UndetectedFace {
  readonly id: FaceId;
  /** [embeddingLength] */
  readonly embedding: Float32Array;
}

export interface AnalyzedPhoto {
  /** [32], sha256 of the file's bytes. */
  readonly contentHash: Uint8Array;
  readonly byteSize: number;
  /** What the decoder found, whatever the extension says: jpeg, png, webp, avif, tiff, gif. */
  readonly format: string;
  /** Upright pixels. */
  readonly width: number;
  /** Upright pixels. */
  readonly height: number;
  /** From EXIF alone as the analysis gives it; file name and file time stand in where the engine knows them
   *  (library/capture-time.ts). */
  readonly captureTime: CaptureTime | null;
  readonly faces: readonly AnalyzedFace[];
  readonly undetected: readonly UndetectedFace[];
}
