/** Draws the faces that trust is measured on where there are more than pairs of them can be compared. */

import { createRandom, shuffle } from '../../base/random.ts';

export interface DrawOptions {
  readonly mostFaces: number;
  readonly seed: number;
}

/** Takes two faces of everybody, person by person, then a third, and so on: nobody crowds out the others, and faces come in
 *  pairs however many people there are.
 *  @param people [n], whose face each is
 *  @returns positions in `people`, ascending */
export function drawFaces(people: readonly string[], { mostFaces, seed }: DrawOptions): number[] {
  const all = people.map((_, face) => face);
  if (all.length <= mostFaces) return all;
  const taken = new Map<string, { order: number; count: number }>();
  const ranked = shuffle(all, createRandom(seed)).map((face) => {
    const person = taken.get(people[face]!) ?? { order: taken.size, count: 0 };
    taken.set(people[face]!, person);
    person.count += 1;
    return { face, person: person.order, rank: Math.max(2, person.count) };
  });
  ranked.sort((one, other) => one.rank - other.rank || one.person - other.person);
  return ranked.slice(0, mostFaces).map(({ face }) => face).sort((one, other) => one - other);
}
