/** Lays out the priors of a detector: the boxes that its answers are relative to. */

export interface PriorLayout {
  /** Input pixels between neighbouring cells, as the tensors list them. */
  readonly strides: readonly number[];
  /** Sides of the square priors of each cell, in input pixels, by stride. */
  readonly sizesPx: readonly (readonly number[])[];
}

/** [n, 3]: x and y of the centre and the side, in input pixels. */
export type Priors = Float32Array;

/** Sizes whose priors are kept: photos of one camera come in two of them, and every scale has its own. */
const layoutsKept = 24;

/** @param input pixels
 *  @returns by stride, then row, column and size: the order in which a network that slides over cells answers
 *  Source: Liu et al. 2016 (SSD), section 2.2, with square boxes alone */
function layOutPriors({ strides, sizesPx }: PriorLayout, input: { width: number; height: number }): Priors {
  const priors: number[] = [];
  for (const [index, stride] of strides.entries()) {
    const columns = Math.ceil(input.width / stride);
    const rows = Math.ceil(input.height / stride);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const side of sizesPx[index] ?? []) priors.push((column + 0.5) * stride, (row + 0.5) * stride, side);
      }
    }
  }
  return Float32Array.from(priors);
}

/** @returns as layOutPriors, remembering the last sizes asked for */
export function createPriorCache(layout: PriorLayout): (input: { width: number; height: number }) => Priors {
  const known = new Map<string, Priors>();
  return (input) => {
    const key = `${input.width}x${input.height}`;
    const priors = known.get(key) ?? layOutPriors(layout, input);
    known.delete(key);
    known.set(key, priors);
    const oldest = known.keys().next();
    if (known.size > layoutsKept && !oldest.done) known.delete(oldest.value);
    return priors;
  };
}
