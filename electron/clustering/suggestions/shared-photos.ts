/** Counts photos that show two people, or one person twice. */

import { countFacesOfPhotos, countInCommon } from '../photos-in-common.ts';
import type { ClusteringInput } from '../../terms/clustering-input.ts';
import type { PersonFaces } from './people-faces.ts';

export class SharedPhotos {
  readonly #input: ClusteringInput;
  readonly #people: readonly (PersonFaces | null)[];
  /** By photo. */
  readonly #faceCounts: Int32Array;
  readonly #photos = new Map<number, ReadonlySet<number>>();

  constructor(input: ClusteringInput, people: readonly (PersonFaces | null)[]) {
    this.#input = input;
    this.#people = people;
    this.#faceCounts = countFacesOfPhotos(input.photoIndices);
  }

  /** @returns photos with faces of both */
  count(one: number, other: number): number {
    return countInCommon(this.#photosOf(one), this.#photosOf(other));
  }

  #photosOf(person: number): ReadonlySet<number> {
    const known = this.#photos.get(person);
    if (known) return known;
    const faces = this.#people[person]?.faces ?? [];
    const photos = new Set(faces.map((face) => this.#input.photoIndices[face]!).filter((photo) => this.#faceCounts[photo]! > 1));
    this.#photos.set(person, photos);
    return photos;
  }
}
