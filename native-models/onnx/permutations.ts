/** Moves the axes of constants while a network is being read, so that no run has to. */

import { sizeOfShape, type FloatConstant } from './graph.ts';

/** Axis orders between [n, channels, height, width], which ONNX declares, and channels last, which TensorFlow.js runs. */
export const toChannelsLast = [0, 2, 3, 1] as const;
export const toChannelsFirst = [0, 3, 1, 2] as const;

/** @param permutation for each axis of the result the axis of the source that it takes */
export function permuteConstant(source: FloatConstant, permutation: readonly number[]): FloatConstant {
  const strides = source.shape.map((_, axis) => sizeOfShape(source.shape.slice(axis + 1)));
  const shape = permutation.map((axis) => source.shape[axis] ?? 1);
  const taken = permutation.map((axis) => strides[axis] ?? 0);
  const data = new Float32Array(source.data.length);
  const position = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = source.data[from] ?? 0;
    // Counts up like an odometer and keeps `from` in step with it.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += taken[axis] ?? 0;
      position[axis] = (position[axis] ?? 0) + 1;
      if (position[axis] !== shape[axis]) break;
      from -= (taken[axis] ?? 0) * (shape[axis] ?? 0);
      position[axis] = 0;
    }
  }
  return { type: 'float32', shape, data };
}

/** @returns the permutation that `first` and then `second` make together */
export function composePermutations(first: readonly number[], second: readonly number[]): number[] {
  return second.map((axis) => first[axis] ?? axis);
}

export function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, index) => axis === index);
}

/** @returns whether the axes longer than one stay in order, so that the elements do not move */
export function keepsElementsInPlace(permutation: readonly number[], shape: readonly (number | null)[]): boolean {
  const longAxes = permutation.filter((axis) => shape[axis] !== 1);
  return longAxes.every((axis, index) => index === 0 || axis > (longAxes[index - 1] ?? 0));
}
