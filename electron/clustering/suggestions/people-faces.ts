/** Gathers the faces of each person, and which of them show who it is. */

import type { LibraryView } from './types.ts';

export interface PersonFaces {
  readonly person: number;
  /** Ascending, at least one. */
  readonly faces: readonly number[];
  /** The good ones; all of them where none is good. */
  readonly shown: readonly number[];
  readonly hasGoodFace: boolean;
}

/** @returns by person index, null for somebody without faces */
export function gatherPeople(view: LibraryView): (PersonFaces | null)[] {
  const faces = view.input.people.map((): number[] => []);
  view.input.personIndices.forEach((person, face) => {
    if (person >= 0) faces[person]!.push(face);
  });
  return faces.map((own, person) => (own.length === 0 ? null : describePerson(view, person, own)));
}

/** @returns null for somebody without faces */
export function gatherPerson(view: LibraryView, person: number): PersonFaces | null {
  const own: number[] = [];
  view.input.personIndices.forEach((owner, face) => {
    if (owner === person) own.push(face);
  });
  return own.length === 0 ? null : describePerson(view, person, own);
}

export function isGood({ input, options }: LibraryView, face: number): boolean {
  return input.qualities[face]! >= options.minSeedQuality;
}

function describePerson(view: LibraryView, person: number, faces: readonly number[]): PersonFaces {
  const good = faces.filter((face) => isGood(view, face));
  const hasGoodFace = good.length > 0;
  return { person, faces, shown: hasGoodFace ? good : faces, hasGoodFace };
}
