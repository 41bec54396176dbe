/** A library in memory as programs keep it that cluster once and leave the rest to the hand. */

import { AppError } from '../../../../electron/base/errors.ts';
import type { LabelledLibrary, LibraryAssistance, LibraryPerson } from './labelled-library.ts';

interface Person {
  readonly id: string;
  name: string | null;
  isIgnored: boolean;
  readonly faces: Set<string>;
}

export class HandLibrary implements LabelledLibrary {
  readonly assistance: LibraryAssistance | null = null;
  readonly #people = new Map<string, Person>();
  readonly #personOf = new Map<string, Person>();

  /** @param labels [n], equal for faces of one cluster */
  constructor(faces: readonly string[], labels: Int32Array) {
    faces.forEach((face, index) => {
      const id = `person ${labels[index]}`;
      const person = this.#people.get(id) ?? { id, name: null, isIgnored: false, faces: new Set<string>() };
      this.#people.set(id, person);
      this.#place(face, person);
    });
  }

  listPeople(): Promise<readonly LibraryPerson[]> {
    const people = [...this.#people.values()].filter(({ faces, name }) => faces.size > 0 || name !== null);
    return Promise.resolve(people.map((person) => ({ ...person, faces: [...person.faces] })));
  }

  name(personId: string, name: string): Promise<void> {
    this.#find(personId).name = name;
    return Promise.resolve();
  }

  merge(target: string, source: string): Promise<void> {
    const into = this.#find(target);
    const from = this.#find(source);
    for (const face of [...from.faces]) this.#place(face, into);
    this.#people.delete(from.id);
    return Promise.resolve();
  }

  move(faces: readonly string[], personId: string): Promise<void> {
    const person = this.#find(personId);
    for (const face of faces) this.#place(face, person);
    return Promise.resolve();
  }

  moveToNew(faces: readonly string[], name: string): Promise<void> {
    const person: Person = { id: `person named ${name}`, name, isIgnored: false, faces: new Set() };
    this.#people.set(person.id, person);
    return this.move(faces, person.id);
  }

  ignoreFaces(faces: readonly string[]): Promise<void> {
    for (const face of faces) this.#personOf.get(face)?.faces.delete(face);
    return Promise.resolve();
  }

  ignorePeople(personIds: readonly string[]): Promise<void> {
    for (const personId of personIds) this.#find(personId).isIgnored = true;
    return Promise.resolve();
  }

  #place(face: string, person: Person): void {
    this.#personOf.get(face)?.faces.delete(face);
    person.faces.add(face);
    this.#personOf.set(face, person);
  }

  /** @throws AppError "not-found" */
  #find(personId: string): Person {
    const person = this.#people.get(personId);
    if (person) return person;
    throw new AppError('not-found', `Expected a person of this library but received ${personId}`);
  }
}
