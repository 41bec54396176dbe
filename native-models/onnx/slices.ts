/** Reads what a Slice node cuts out. */

import {
  readNumbersFromInputOrAttribute,
  resolveAxis,
  unsupported,
  type Constant,
  type Dimension,
  type GraphNode,
  type Shape,
} from './graph.ts';

/**
 * @param shape of the value that is cut
 * @returns for every axis where the cut begins and how long it is, null for the whole batch
 * @throws AppError "unsupported-operator" for steps other than one and for cuts through the batch
 */
export function readSlices(
  node: GraphNode,
  constants: ReadonlyMap<string, Constant>,
  shape: Shape,
): { begins: number[]; sizes: Dimension[] } {
  const starts = readNumbersFromInputOrAttribute(node, constants, 1, 'starts') ?? [];
  const ends = readNumbersFromInputOrAttribute(node, constants, 2, 'ends') ?? [];
  const axes = readNumbersFromInputOrAttribute(node, constants, 3, 'axes') ?? starts.map((_, index) => index);
  const steps = readNumbersFromInputOrAttribute(node, constants, 4, 'steps') ?? [];
  if (steps.some((step) => step !== 1)) throw unsupported(node, ` with steps ${steps.join(', ')}`);

  const begins = shape.map(() => 0);
  const sizes = [...shape];
  axes.forEach((declaredAxis, index) => {
    const axis = resolveAxis(node, declaredAxis, shape.length);
    const length = shape[axis] ?? null;
    const start = starts[index] ?? 0;
    const end = ends[index] ?? Number.MAX_SAFE_INTEGER;
    if (length === null) {
      if (start !== 0 || end < Number.MAX_SAFE_INTEGER) throw unsupported(node, ' that cuts through the batch');
      return;
    }
    const begin = clamp(start, length);
    begins[axis] = begin;
    sizes[axis] = Math.max(0, clamp(end, length) - begin);
  });
  return { begins, sizes };
}

function clamp(position: number, length: number): number {
  return Math.min(length, Math.max(0, position < 0 ? position + length : position));
}
