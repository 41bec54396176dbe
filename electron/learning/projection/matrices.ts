/** Products of small matrices, row by row in single precision: what a projection's training consists of. */

import { dotProductAt } from '../../geometry/vectors.ts';

/** @param left [rows, inner] @param right [columns, inner]
 *  @returns [rows, columns], left times right transposed */
export function multiplyTransposed(left: Float32Array, right: Float32Array, inner: number): Float32Array {
  const rows = left.length / inner;
  const columns = right.length / inner;
  const product = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      product[row * columns + column] = dotProductAt(left, row * inner, right, column * inner, inner);
    }
  }
  return product;
}

/** Adds to `sum` [columns of left, columns of right] the product of left transposed and right.
 *  @param left [rows, leftLength] @param right [rows, rightLength] */
export function addTransposedProduct(
  left: Float32Array,
  leftLength: number,
  right: Float32Array,
  rightLength: number,
  sum: Float32Array,
): void {
  const rows = left.length / leftLength;
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < leftLength; at++) {
      const factor = left[row * leftLength + at]!;
      if (factor === 0) continue;
      const from = row * rightLength;
      const to = at * rightLength;
      for (let column = 0; column < rightLength; column++) sum[to + column]! += factor * right[from + column]!;
    }
  }
}
