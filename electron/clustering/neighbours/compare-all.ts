/** Compares faces with all others, exactly, block by block: memory is a block's, whatever the number of faces. */

import { blockRows, type SimilarityKernel } from './similarity-kernel.ts';
import type { Watch } from '../types.ts';

export interface Comparison {
  /** [n, length], unit vectors */
  readonly units: Float32Array;
  readonly length: number;
  /** Faces to be compared with all, ascending. */
  readonly faces: readonly number[];
  /** Pairs less similar than this are passed over. */
  readonly minSimilarity: number;
}

/** @param take gets every pair of one of the faces and another face once */
export function compareAll(
  kernel: SimilarityKernel,
  { units, length, faces, minSimilarity }: Comparison,
  take: (face: number, other: number, similarity: number) => void,
  watch: Watch,
): void {
  const faceCount = units.length / length;
  const isAsked = new Uint8Array(faceCount);
  for (const face of faces) isAsked[face] = 1;
  const row = (face: number): Float32Array => units.subarray(face * length, (face + 1) * length);
  for (let from = 0; from < faces.length; from += blockRows) {
    const left = faces.slice(from, from + blockRows);
    kernel.loadLeft((index) => row(left[index]!), left.length);
    for (let start = 0; start < faceCount; start += blockRows) {
      const width = Math.min(blockRows, faceCount - start);
      // A pair of two asked faces is met from the lower one.
      if (isAllAskedBefore(isAsked, start, width, left[0]!)) continue;
      watch.throwIfCancelled();
      kernel.loadRight((index) => row(start + index), width);
      const products = kernel.multiply();
      for (let index = 0; index < left.length; index++) {
        const face = left[index]!;
        const at = index * blockRows;
        for (let column = 0; column < width; column++) {
          const similarity = products[at + column]!;
          if (!(similarity >= minSimilarity)) continue;
          const other = start + column;
          if (other === face || (isAsked[other] === 1 && other < face)) continue;
          take(face, other, similarity);
        }
      }
    }
    watch.onProgress(Math.min(1, (from + left.length) / faces.length));
  }
}

function isAllAskedBefore(isAsked: Uint8Array, start: number, width: number, first: number): boolean {
  if (start + width > first) return false;
  for (let face = start; face < start + width; face++) if (isAsked[face] === 0) return false;
  return true;
}
