/** Draws the faces of a step: some people with several photos each, and others that fill the batch as negatives. */

import { AppError } from '../../../../electron/base/errors.ts';
import { shuffle, type Random } from '../../../../electron/base/random.ts';

export interface BatchOptions {
  /** People with two photos or more. */
  readonly people: number;
  /** At most of each. */
  readonly faces: number;
  /** Faces in all. */
  readonly size: number;
}

export interface Batch {
  /** [size at most], indices of chips. */
  readonly chips: Int32Array;
  /** [size at most], who is on each, as indices of people. */
  readonly people: Int32Array;
}

/**
 * Where the people drawn have more photos than the batch holds, those with most give up some first; everybody keeps two.
 * @param facesByPerson of each person, indices of chips
 * @throws AppError "bad-argument" where nobody has two faces, or the batch cannot hold two of each person
 */
export function drawBatch(facesByPerson: readonly (readonly number[])[], options: BatchOptions, random: Random): Batch {
  const order = shuffle(facesByPerson.map((_, person) => person), random);
  const withPairs = order.filter((person) => facesByPerson[person]!.length >= 2).slice(0, options.people);
  if (withPairs.length === 0) throw new AppError('bad-argument', 'Expected people with two photos or more but received none');
  if (options.size < 2 * withPairs.length) {
    throw new AppError('bad-argument', `Expected a batch of ${2 * withPairs.length} faces or more but received ${options.size}`, {
      parameters: { field: 'batch' },
    });
  }
  const most = capFaces(withPairs.map((person) => Math.min(options.faces, facesByPerson[person]!.length)), options.size);
  const drawn = withPairs.flatMap((person, index) =>
    shuffle(facesByPerson[person]!, random)
      .slice(0, most[index])
      .map((chip) => ({ chip, person })),
  );
  const isDrawn = new Set(withPairs);
  const others = order.filter((person) => !isDrawn.has(person) && facesByPerson[person]!.length > 0);
  for (const person of others.slice(0, options.size - drawn.length)) {
    const faces = facesByPerson[person]!;
    drawn.push({ chip: faces[Math.floor(random() * faces.length)]!, person });
  }
  return { chips: Int32Array.from(drawn, ({ chip }) => chip), people: Int32Array.from(drawn, ({ person }) => person) };
}

/** @returns how many each may keep, so that all together are `size` at most */
function capFaces(counts: readonly number[], size: number): number[] {
  const kept = [...counts];
  let total = kept.reduce((sum, count) => sum + count, 0);
  while (total > size) {
    const largest = kept.indexOf(Math.max(...kept));
    kept[largest]! -= 1;
    total -= 1;
  }
  return kept;
}
