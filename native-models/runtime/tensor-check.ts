/** Checks what is passed to a network before any runtime sees it, so that every runtime refuses the same things. */

import { AppError } from '../../electron/base/errors.ts';
import type { FloatTensor, Network } from './runtime.ts';

/**
 * @param declared the network's inputs; a null dimension may be any length
 * @returns the batch: the first dimension, the same in every input
 * @throws AppError "bad-argument" for a missing, unknown or wrongly shaped input
 */
export function checkInputs(declared: Network['inputs'], given: Readonly<Record<string, FloatTensor>>): number {
  const known = new Set(declared.map((input) => input.name));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw badArgument(`one of the inputs ${[...known].join(', ')}`, name);
  }
  let batch: number | undefined;
  for (const { name, shape } of declared) {
    const tensor = given[name];
    if (tensor === undefined) throw badArgument(`a tensor for input ${name}`, 'none');
    checkShape(name, shape, tensor);
    const first = tensor.shape[0] ?? 1;
    if (batch !== undefined && first !== batch) throw badArgument(`a batch of ${batch} for input ${name}`, `${first}`);
    batch = first;
  }
  return batch ?? 1;
}

function checkShape(name: string, declared: readonly (number | null)[], tensor: FloatTensor): void {
  const expected = `shape [${declared.map((size) => size ?? 'n').join(', ')}] for input ${name}`;
  const fits =
    tensor.shape.length === declared.length &&
    tensor.shape.every((size, axis) => Number.isInteger(size) && size > 0 && (declared[axis] ?? size) === size);
  if (!fits) throw badArgument(expected, `[${tensor.shape.join(', ')}]`);
  const length = countElements(tensor.shape);
  if (tensor.data.length !== length) throw badArgument(`${length} numbers for input ${name}`, `${tensor.data.length}`);
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function badArgument(expected: string, received: string): AppError {
  return new AppError('bad-argument', `Expected ${expected} but received ${received}`);
}
