/** A person's birth date as it is typed, and what came of saying it. */

import { readPartialDate } from '../../electron/base/partial-date.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';

/** What a dialog about it leaves to do. */
export interface BirthDateAnswer {
  /** Confirmed faces from before the birth, which the user wants to look at. */
  readonly suspects: readonly FaceId[];
}

export class BirthDate {
  readonly person: PersonSummary;
  text = $state('');
  isBusy = $state(false);
  /** Confirmed faces from before the birth: one of the two must be wrong. */
  contradictions = $state.raw<readonly FaceId[]>([]);
  /** Whether nothing is left to say. */
  isSettled = $state(false);
  readonly #actions: ClusterActions;
  readonly #languages: readonly string[];

  /** @param languages in whose ways of writing the date may stand, the user's own first */
  constructor(actions: ClusterActions, person: PersonSummary, languages: readonly string[]) {
    this.#actions = actions;
    this.#languages = languages;
    this.person = person;
    this.text = person.born ?? '';
  }

  /** As the engine takes it; null where the text is no date. */
  get date(): string | null {
    return readPartialDate(this.text, this.#languages);
  }

  get isWrong(): boolean {
    return this.text.trim() !== '' && this.date === null;
  }

  get canSave(): boolean {
    return this.date !== null && !this.isBusy;
  }

  async save(): Promise<void> {
    if (this.date !== null) await this.#set(this.date);
  }

  async remove(): Promise<void> {
    await this.#set(null);
  }

  async #set(born: string | null): Promise<void> {
    if (this.isBusy) return;
    if (born === this.person.born) {
      this.isSettled = true;
      return;
    }
    this.isBusy = true;
    try {
      const outcome = await this.#actions.setBorn(this.person.id, born);
      if (!outcome.isDone) return;
      this.contradictions = outcome.value.contradictions;
      this.isSettled = this.contradictions.length === 0;
    } finally {
      this.isBusy = false;
    }
  }
}
