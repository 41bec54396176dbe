/** Says which pairs of people are worth a question at all, from what the user has said and what the photos' data say. */

import { unknownDay } from '../../terms/capture-day.ts';
import type { PersonFaces } from './people-faces.ts';
import { keyOfPair } from './person-pairs.ts';
import type { LibraryView } from './types.ts';

export class PairRules {
  readonly #view: LibraryView;
  readonly #rejected: ReadonlySet<number>;
  readonly #leftOpen: ReadonlySet<number>;

  constructor(view: LibraryView) {
    this.#view = view;
    this.#rejected = pairPeople(view, view.input.rejections);
    this.#leftOpen = pairPeople(view, view.input.leftOpen);
  }

  /** Whether nothing that is known answers already whether the two are one. */
  isOpen(one: PersonFaces, other: PersonFaces): boolean {
    return (
      !this.#rejected.has(this.#keyOf(one.person, other.person)) &&
      !this.#haveTwoNames(one.person, other.person) &&
      !this.#isBornAfter(one, other) &&
      !this.#isBornAfter(other, one)
    );
  }

  /** Whether the user was asked and could not say. */
  isLeftOpen(one: number, other: number): boolean {
    return this.#leftOpen.has(this.#keyOf(one, other));
  }

  /** Whether the faces show enough: two people of bad faces alone resemble each other for being blurred. */
  canBeTold(one: PersonFaces, other: PersonFaces): boolean {
    return one.hasGoodFace || other.hasGoodFace || this.#isNamed(one.person) || this.#isNamed(other.person);
  }

  #keyOf(one: number, other: number): number {
    return keyOfPair(one, other, this.#view.input.people.length);
  }

  #isNamed(person: number): boolean {
    return this.#view.input.people[person]!.name !== null;
  }

  #haveTwoNames(one: number, other: number): boolean {
    const { people } = this.#view.input;
    return this.#isNamed(one) && this.#isNamed(other) && people[one]!.name !== people[other]!.name;
  }

  /** Whether at least half of what is dated of the other was taken before: a single wrong date forbids nothing. */
  #isBornAfter({ person }: PersonFaces, other: PersonFaces): boolean {
    const { people, captureDays } = this.#view.input;
    const { bornDay } = people[person]!;
    if (bornDay === null) return false;
    const dated = other.faces.filter((face) => captureDays[face] !== unknownDay);
    const before = dated.filter((face) => captureDays[face]! < bornDay);
    return before.length > 0 && 2 * before.length >= dated.length;
  }
}

/** The pairs of the people that faces have now and the people that were said of them. */
function pairPeople({ input }: LibraryView, said: readonly (readonly [number, number])[]): Set<number> {
  const pairs = new Set<number>();
  for (const [face, person] of said) {
    const owner = input.personIndices[face]!;
    if (owner >= 0 && owner !== person) pairs.add(keyOfPair(owner, person, input.people.length));
  }
  return pairs;
}
