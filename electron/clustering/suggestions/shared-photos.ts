/** Counts photos that show two people, or one person twice. */

import type { ClusteringInput } from '../types.ts';
import type { PersonFaces } from './people-faces.ts';

export class SharedPhotos {
  readonly #input: ClusteringInput;
  readonly #people: readonly (PersonFaces | null)[];
  readonly #hasSeveralFaces: Uint8Array;
  readonly #photos = new Map<number, ReadonlySet<number>>();

  constructor(input: ClusteringInput, people: readonly (PersonFaces | null)[]) {
    this.#input = input;
    this.#people = people;
    this.#hasSeveralFaces = markSharedFaces(input.photoIndices);
  }

  /** @returns photos with faces of both */
  count(one: number, other: number): number {
    const [ofOne, ofOther] = [this.#photosOf(one), this.#photosOf(other)];
    const [smaller, larger] = ofOne.size <= ofOther.size ? [ofOne, ofOther] : [ofOther, ofOne];
    let shared = 0;
    for (const photo of smaller) if (larger.has(photo)) shared += 1;
    return shared;
  }

  #photosOf(person: number): ReadonlySet<number> {
    const known = this.#photos.get(person);
    if (known) return known;
    const faces = this.#people[person]?.faces ?? [];
    const photos = new Set(
      faces.filter((face) => this.#hasSeveralFaces[face] === 1).map((face) => this.#input.photoIndices[face]!),
    );
    this.#photos.set(person, photos);
    return photos;
  }
}

/** @returns [n], 1 for a face whose photo shows others too */
function markSharedFaces(photoIndices: Int32Array): Uint8Array {
  const first = new Map<number, number>();
  const shared = new Uint8Array(photoIndices.length);
  photoIndices.forEach((photo, face) => {
    const known = first.get(photo);
    if (known === undefined) {
      first.set(photo, face);
      return;
    }
    shared[known] = 1;
    shared[face] = 1;
  });
  return shared;
}
