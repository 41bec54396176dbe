/** The gradient of the triplet loss by hand, for where no TensorFlow backend has the operators that its own needs: the
 *  WebAssembly one lacks the sums over segments that the gradient of a selection of rows is made of. */

import type { Triplets } from './select-triplets.ts';

/** Adds the gradient of the loss of equation (3), see tripletLoss: 2 (n - p) for the anchor, 2 (p - a) for the positive and
 *  2 (a - n) for the negative of each triplet whose term is above zero.
 *  @param embeddings [n, length]
 *  @param gradient [n, length], which it is added to
 *  @returns the loss */
export function addTripletGradient(
  embeddings: Float32Array,
  length: number,
  triplets: Triplets,
  { margin, gradient }: { readonly margin: number; readonly gradient: Float32Array },
): number {
  let loss = 0;
  triplets.anchors.forEach((anchorRow, index) => {
    const anchor = anchorRow * length;
    const positive = triplets.positives[index]! * length;
    const negative = triplets.negatives[index]! * length;
    let term = margin;
    for (let at = 0; at < length; at++) {
      const toPositive = embeddings[anchor + at]! - embeddings[positive + at]!;
      const toNegative = embeddings[anchor + at]! - embeddings[negative + at]!;
      term += toPositive * toPositive - toNegative * toNegative;
    }
    if (term <= 0) return;
    loss += term;
    for (let at = 0; at < length; at++) {
      const [a, p, n] = [embeddings[anchor + at]!, embeddings[positive + at]!, embeddings[negative + at]!];
      gradient[anchor + at]! += 2 * (n - p);
      gradient[positive + at]! += 2 * (p - a);
      gradient[negative + at]! += 2 * (a - n);
    }
  });
  return loss;
}
