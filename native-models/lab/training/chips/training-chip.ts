/** A face as training keeps it: aligned, with a border, never larger than the photo holds it. */

import { composeAffine } from '../../../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../../../electron/geometry/types.ts';
import type { PixelImage } from '../../../../electron/imaging/pixels.ts';
import type { ChipShape } from './chip-shape.ts';

export interface MainFaceOfPhoto {
  /** Below the folder of all people, separated by '/'. */
  readonly photo: string;
  readonly person: string;
  /** [68, 2] or [5, 2], upright photo pixels. */
  readonly landmarks: Float32Array;
  /** 0 to 1. */
  readonly quality: number;
}

export interface TrainingChip extends MainFaceOfPhoto {
  /** Kept pixels along one of the network's: 1, or less where the photo holds fewer. */
  readonly scale: number;
  readonly image: PixelImage;
}

/** @returns how large a chip of that scale is kept, border included */
export function sizeKeptChip(shape: ChipShape, scale: number): { width: number; height: number } {
  return {
    width: Math.max(1, Math.ceil((shape.width + 2 * shape.borderPx) * scale)),
    height: Math.max(1, Math.ceil((shape.height + 2 * shape.borderPx) * scale)),
  };
}

/** @returns maps what the network sees, its pixels, to kept pixels */
export function chipToKept(shape: Pick<ChipShape, 'borderPx'>, scale: number): AffineMatrix {
  return composeAffine([scale, 0, 0, 0, scale, 0], [1, 0, shape.borderPx, 0, 1, shape.borderPx]);
}
