/** A person's birth date as it is typed, and what came of saying it. */

import { partialDateSchema } from '../../electron/api/schemas.ts';
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

  constructor(actions: ClusterActions, person: PersonSummary) {
    this.#actions = actions;
    this.person = person;
    this.text = person.born ?? '';
  }

  /** As the engine takes it; null where the text is no date. */
  get date(): string | null {
    return readPartialDate(this.text);
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

/** Also takes 1998/4/12, 1998.4.12 and 1998-4. @returns YYYY, YYYY-MM or YYYY-MM-DD, null for no real date */
export function readPartialDate(text: string): string | null {
  const parts = text
    .trim()
    .replace(/\.$/, '')
    .split(/\s*[-./]\s*/);
  const date = parts.map((part, index) => (index > 0 ? part.padStart(2, '0') : part)).join('-');
  if (parts.length > 3 || !partialDateSchema.safeParse(date).success) return null;
  if (parts.length < 3) return date;
  const day = new Date(`${date}T00:00Z`);
  // The 31st of February is the 3rd of March to a Date.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date) ? date : null;
}
