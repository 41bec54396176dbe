/** What this window has changed and shows already: when the engine tells of it, that is no news here. */

import type { ChangeTopic, EventPayload } from '../../electron/api/contract.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';

export interface Touched {
  readonly people?: readonly PersonId[];
  readonly faces?: readonly FaceId[];
}

/** Of these an action of the user tells; all others are told by jobs and settings. */
const actionTopics: ReadonlySet<ChangeTopic> = new Set<ChangeTopic>(['people', 'faces', 'photos', 'journal', 'status']);

export class OwnChanges {
  readonly #people = new Set<PersonId>();
  readonly #faces = new Set<FaceId>();
  /** Whether something was done of which the engine has not told yet. */
  #isAwaited = false;

  note({ people = [], faces = [] }: Touched): void {
    this.#isAwaited ||= people.length > 0 || faces.length > 0;
    for (const id of people) this.#people.add(id);
    for (const id of faces) this.#faces.add(id);
  }

  /** From now on whatever is told is news: a step that is taken back leaves nothing as this window shows it. */
  forget(): void {
    this.#people.clear();
    this.#faces.clear();
    this.#isAwaited = false;
  }

  /** Each change is told once: what it names is forgotten.
   *  @returns whether it is about nothing but what this window has done */
  takeKnown({ topics, people, faces }: EventPayload<'changed'>): boolean {
    // Faces that went along with their people are told, too; a face taken out has a new person that nobody here knows.
    const isOfPeople = people !== null && people.length > 0 && people.every((id) => this.#people.has(id));
    const isOfFaces = faces !== null && faces.length > 0 && faces.every((id) => this.#faces.has(id));
    // What is left open changes neither a person nor a face.
    const isOfNobody = this.#isAwaited && people?.length === 0 && faces?.length === 0;
    this.#isAwaited = false;
    for (const id of people ?? []) this.#people.delete(id);
    for (const id of faces ?? []) this.#faces.delete(id);
    return (isOfPeople || isOfFaces || isOfNobody) && topics.every((topic) => actionTopics.has(topic));
  }
}
