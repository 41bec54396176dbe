/** Draws the faces of a training step: some people, and some faces of each. */

import { groupBy } from '../../base/group-by.ts';
import { drawSome, type Random } from '../../base/random.ts';

/** @param people [n], who is on each row
 *  @returns rows, those of one person together */
export function drawBatch(
  people: Int32Array,
  { facesPerPerson, peoplePerBatch }: { readonly facesPerPerson: number; readonly peoplePerBatch: number },
  random: Random,
): number[] {
  const byPerson = groupBy(people.keys(), (face) => people[face]!);
  return drawSome([...byPerson.values()], peoplePerBatch, random).flatMap((faces) => drawSome(faces, facesPerPerson, random));
}
