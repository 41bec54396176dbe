/** What the analysis of one photo yields, as the engine stores it. */

import type { CaptureTime } from '../api/schemas.ts';
import type { FaceId } from '../base/ids.ts';
import type { Box } from '../geometry/types.ts';

/** Raised whenever detection, alignment or quality would come out differently for the same photo. */
export const pipelineVersion = 2;

export interface AnalyzedFace {
  /** Upright photo pixels, clipped to the photo. */
  readonly box: Box;
  /** The detector's, 0 to 1. */
  readonly score: number;
  /** 0 to 1, see [Note: face quality] in imaging/quality.ts. */
  readonly quality: number;
  /** [68, 2], or [5, 2] from a detector that places them; upright photo pixels. */
  readonly landmarks: Float32Array;
  /** [512] with the standard pack, a unit vector. */
  readonly embedding: Float32Array;
}

/** A face of a photo that the library keeps whether or not a detector finds it. */
export interface SettledFace {
  readonly id: FaceId;
  /** Upright photo pixels. */
  readonly box: Box;
  /** [68, 2] or [5, 2], upright photo pixels; null where no detector placed any. */
  readonly landmarks: Float32Array | null;
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
  /** From EXIF alone; file name and file time stand in where the engine knows them (library/capture-time.ts). */
  readonly captureTime: CaptureTime | null;
  readonly faces: readonly AnalyzedFace[];
  /** Settled faces that were not detected, as the pack sees them where they lie. */
  readonly undetected: readonly { readonly id: FaceId; readonly embedding: Float32Array }[];
}
