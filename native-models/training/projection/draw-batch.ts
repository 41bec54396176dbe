/** Draws the faces of a training step: some people, and some faces of each. */

import type { Random } from '../../../electron/base/random.ts';

/** @param people [n], who is on each row
 *  @returns rows, those of one person together */
export function drawBatch(
  people: Int32Array,
  { facesPerPerson, peoplePerBatch }: { readonly facesPerPerson: number; readonly peoplePerBatch: number },
  random: Random,
): number[] {
  const byPerson = new Map<number, number[]>();
  people.forEach((person, face) => {
    const faces = byPerson.get(person);
    if (faces === undefined) byPerson.set(person, [face]);
    else faces.push(face);
  });
  return drawSome([...byPerson.values()], peoplePerBatch, random).flatMap((faces) => drawSome(faces, facesPerPerson, random));
}

/** @returns so many at most, without repetition */
export function drawSome<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const drawn = [...items];
  const wanted = Math.min(count, drawn.length);
  for (let at = 0; at < wanted; at++) {
    const other = at + Math.floor(random() * (drawn.length - at));
    [drawn[at], drawn[other]] = [drawn[other]!, drawn[at]!];
  }
  return drawn.slice(0, wanted);
}
