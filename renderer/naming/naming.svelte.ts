/** Giving a person a name, and what follows where someone of that name is known already. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { Actions, NamedPerson } from '../actions/actions.svelte.ts';
import { NameCompletion } from './name-completion.svelte.ts';

/** Who is being named: a person, or in a photo one face of it. */
export interface NamingSubject {
  readonly person: NamedPerson & Pick<PersonSummary, 'coverFaceId' | 'coverPictureNumber' | 'faceCount'>;
  readonly faceId: FaceId | null;
}

/** A question for the user: is the subject the person who already has this name? */
export interface SameNameQuestion {
  readonly subject: NamingSubject;
  readonly known: PersonSummary;
  readonly name: string;
}

export class Naming {
  question = $state.raw<SameNameQuestion | null>(null);
  isBusy = $state(false);
  /** Called with the id of the person that the subject has become. */
  #onSettled: ((personId: PersonId) => void) | null = null;
  readonly #api: KindredApi;
  readonly #actions: Actions;

  constructor(api: KindredApi, actions: Actions) {
    this.#api = api;
    this.#actions = actions;
  }

  /** Names at once, or asks where someone else is already called so. */
  async submitName(
    subject: NamingSubject,
    text: string,
    onSettled: ((personId: PersonId) => void) | null = null,
  ): Promise<void> {
    const name = text.trim();
    if (name === (subject.person.name ?? '')) return;
    this.#onSettled = onSettled;
    if (name === '') {
      await this.#name(subject, null);
      return;
    }
    this.isBusy = true;
    try {
      const known = await new NameCompletion(this.#api, [subject.person.id]).findSameName(name);
      if (known !== null) {
        this.question = { subject, known, name: known.name ?? name };
        return;
      }
      await this.#name(subject, name);
    } catch (error) {
      this.#actions.reportError(error, () => void this.submitName(subject, text, onSettled));
    } finally {
      this.isBusy = false;
    }
  }

  /** The user picked a known person out of the completions. */
  proposeKnown(
    subject: NamingSubject,
    known: PersonSummary,
    onSettled: ((personId: PersonId) => void) | null = null,
  ): void {
    this.#onSettled = onSettled;
    this.question = { subject, known, name: known.name ?? '' };
  }

  async answerSame(): Promise<void> {
    await this.#answer(async ({ subject, known }) => {
      const outcome = await this.#actions.mergePeople(known.id, [subject.person.id]);
      return outcome.isDone ? outcome.value.person.id : null;
    });
  }

  /** Only the face in the photo belongs to the known person, not everything gathered with it. */
  async answerOnlyThisFace(): Promise<void> {
    await this.#answer(async ({ subject, known }) => {
      if (subject.faceId === null) return null;
      const outcome = await this.#actions.moveFaces([subject.faceId], known.id);
      return outcome.isDone ? outcome.value.person.id : null;
    });
  }

  async answerTwoPeople(): Promise<void> {
    await this.#answer(async ({ subject, name }) => {
      const outcome = await this.#actions.namePerson(subject.person.id, name);
      return outcome.isDone ? outcome.value.person.id : null;
    });
  }

  cancel(): void {
    this.question = null;
    this.#onSettled = null;
  }

  async #answer(act: (question: SameNameQuestion) => Promise<PersonId | null>): Promise<void> {
    const { question } = this;
    if (question === null || this.isBusy) return;
    this.isBusy = true;
    const onSettled = this.#onSettled;
    try {
      const personId = await act(question);
      this.question = null;
      if (personId !== null) onSettled?.(personId);
    } finally {
      this.isBusy = false;
    }
  }

  async #name(subject: NamingSubject, name: string | null): Promise<void> {
    const onSettled = this.#onSettled;
    const outcome = await this.#actions.namePerson(subject.person.id, name);
    if (outcome.isDone) onSettled?.(outcome.value.person.id);
  }
}
