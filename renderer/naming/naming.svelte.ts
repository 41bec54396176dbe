/** Giving a person a name, and what follows where someone of that name is known already. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import type { Actions, NamedPerson } from '../actions/actions.svelte.ts';
import type { Outcome } from '../actions/steps.svelte.ts';
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

/** `only-this-face`: of what is gathered with it, the one face in the photo alone. */
export type SameNameAnswer = 'same' | 'only-this-face' | 'two-people';

export interface NamingQuestions {
  /** Null where the user does not want to say. */
  isSamePerson(question: SameNameQuestion): Promise<SameNameAnswer | null>;
}

export class Naming {
  isBusy = $state(false);
  readonly #api: KindredApi;
  readonly #actions: Actions;
  readonly #questions: NamingQuestions;

  constructor(api: KindredApi, actions: Actions, questions: NamingQuestions) {
    this.#api = api;
    this.#actions = actions;
    this.#questions = questions;
  }

  /** Names at once, or asks where someone else is already called so.
   *  @param sameName who that is, where it is known already; null for nobody
   *  @returns who the subject is now; null where nothing was done */
  async submitName(subject: NamingSubject, text: string, sameName?: PersonSummary | null): Promise<PersonSummary | null> {
    const name = text.trim();
    if (name === (subject.person.name ?? '')) return null;
    this.isBusy = true;
    try {
      const known = name === '' ? null : sameName !== undefined ? sameName : await new NameCompletion(this.#api, [subject.person.id]).findSameName(name);
      if (known !== null) return await this.#ask({ subject, known, name: known.name ?? name });
      return valueOf(await this.#actions.namePerson(subject.person.id, name === '' ? null : name));
    } catch (error) {
      this.#actions.reportError(error, () => void this.submitName(subject, text));
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  /** The user picked a known person out of the completions. @returns as `submitName` */
  chooseKnown(subject: NamingSubject, known: PersonSummary): Promise<PersonSummary | null> {
    return this.#ask({ subject, known, name: known.name ?? '' });
  }

  async #ask(question: SameNameQuestion): Promise<PersonSummary | null> {
    const { subject, known, name } = question;
    switch (await this.#questions.isSamePerson(question)) {
      case 'same':
        return valueOf(await this.#actions.mergePeople(known.id, [subject.person.id]));
      case 'only-this-face':
        return subject.faceId === null ? null : valueOf(await this.#actions.moveFaces([subject.faceId], known.id));
      case 'two-people':
        return valueOf(await this.#actions.namePerson(subject.person.id, name));
      case null:
        return null;
    }
  }
}

function valueOf(outcome: Outcome<{ readonly person: PersonSummary }>): PersonSummary | null {
  return outcome.isDone ? outcome.value.person : null;
}
