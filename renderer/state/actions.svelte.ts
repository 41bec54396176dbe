/** Everything a user does to the library, from any view: does it, says so, and offers to take it back. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JournalEntry, PersonSummary } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId, JournalEntryId, PersonId } from '../../electron/base/ids.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import { toAppError } from './errors.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';

export type Outcome<Value> =
  | { readonly isDone: true; readonly value: Value }
  | { readonly isDone: false; readonly error: AppError };

export interface ActionsOptions {
  readonly api: KindredApi;
  readonly toasts: Toasts;
  readonly translator: Translator;
  readonly openHistory: () => void;
}

/** Name, id and nothing more: what a sentence about a person needs. */
export type NamedPerson = Pick<PersonSummary, 'id' | 'name'>;

export class Actions {
  /** How many actions the engine has not answered yet. */
  pending = $state(0);
  readonly #options: ActionsOptions;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  namePerson(personId: PersonId, name: string | null): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.#perform(
      () => api.call('people.name', { personId, name }),
      (person) =>
        person.name === null ? translator.t('done.unnamed') : translator.t('done.named', { name: person.name }),
    );
  }

  mergePeople(target: PersonId, sources: readonly PersonId[]): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.#perform(
      () => api.call('people.merge', { target, sources: [...sources] }),
      (person) =>
        person.name === null
          ? translator.t('done.mergedUnnamed')
          : translator.t('done.merged', { name: person.name }),
    );
  }

  async ignorePeople(people: readonly NamedPerson[]): Promise<Outcome<void>> {
    const { api, translator } = this.#options;
    return this.#perform(
      async () => {
        for (const { id } of people) await api.call('people.ignore', { personId: id });
      },
      () => {
        const [only] = people;
        return people.length === 1 && only !== undefined
          ? translator.t('done.ignored', { name: translator.personName(only.name) })
          : translator.t('done.ignoredPeople', { count: people.length });
      },
      people.length,
    );
  }

  restorePerson(person: NamedPerson): Promise<Outcome<void>> {
    const { api, translator } = this.#options;
    return this.#perform(
      async () => {
        await api.call('people.restore', { personId: person.id });
      },
      () => translator.t('done.restored', { name: translator.personName(person.name) }),
    );
  }

  chooseCover(personId: PersonId, faceId: FaceId): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.#perform(
      () => api.call('people.chooseCover', { personId, faceId }),
      () => translator.t('done.cover'),
    );
  }

  confirmFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.confirmed', async () => {
      await api.call('faces.confirm', { faceIds: [...faceIds] });
    });
  }

  rejectFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.rejected', async () => {
      await api.call('faces.reject', { faceIds: [...faceIds] });
    });
  }

  ignoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.facesIgnored', async () => {
      await api.call('faces.ignore', { faceIds: [...faceIds] });
    });
  }

  restoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.facesRestored', async () => {
      await api.call('faces.restore', { faceIds: [...faceIds] });
    });
  }

  /** @param newName what a new person is to be called at once; then two steps are undone together */
  moveFaces(
    faceIds: readonly FaceId[],
    personId: PersonId | null,
    newName: string | null = null,
  ): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    const isNaming = personId === null && newName !== null;
    return this.#perform(
      async () => {
        const person = await api.call('faces.move', { faceIds: [...faceIds], personId });
        return isNaming ? api.call('people.name', { personId: person.id, name: newName }) : person;
      },
      (person) =>
        person.name === null
          ? translator.t('done.movedNew', { count: faceIds.length })
          : translator.t('done.moved', { count: faceIds.length, name: person.name }),
      isNaming ? 2 : 1,
    );
  }

  async undo(count = 1): Promise<Outcome<readonly JournalEntry[]>> {
    const { api, toasts } = this.#options;
    const outcome = await this.#try(async () => (await api.call('journal.undo', { count })).entries);
    if (outcome.isDone) {
      toasts.show({
        text: this.#describe(outcome.value, 'done.undone', 'done.undoneMany'),
        action: { label: 'redo', run: () => void this.redo(count) },
      });
    } else {
      this.#report(outcome.error);
    }
    return outcome;
  }

  async redo(count = 1): Promise<Outcome<readonly JournalEntry[]>> {
    const { api, toasts } = this.#options;
    const outcome = await this.#try(async () => (await api.call('journal.redo', { count })).entries);
    if (outcome.isDone) {
      toasts.show({
        text: this.#describe(outcome.value, 'done.redone', 'done.redoneMany'),
        action: { label: 'undo', run: () => void this.undo(count) },
      });
    } else {
      this.#report(outcome.error);
    }
    return outcome;
  }

  /** Says what went wrong with something that is not an action itself. @param retry does it again */
  reportError(error: unknown, retry: (() => void) | null = null): void {
    this.#report(toAppError(error), retry);
  }

  #performOnFaces(
    faceIds: readonly FaceId[],
    message: 'done.confirmed' | 'done.rejected' | 'done.facesIgnored' | 'done.facesRestored',
    work: () => Promise<void>,
  ): Promise<Outcome<void>> {
    return this.#perform(work, () => this.#options.translator.t(message, { count: faceIds.length }));
  }

  /** @param steps how many journal entries `work` makes at most */
  async #perform<Value>(
    work: () => Promise<Value>,
    describe: (value: Value) => string,
    steps = 1,
  ): Promise<Outcome<Value>> {
    const { toasts } = this.#options;
    const outcome = await this.#try(async () => {
      const before = (await this.#listHolding(1))[0]?.id ?? null;
      return { before, value: await work() };
    });
    if (!outcome.isDone) {
      this.#report(outcome.error, () => void this.#perform(work, describe, steps));
      return outcome;
    }
    const { before, value } = outcome.value;
    const action = await this.#offerUndo(before, steps);
    toasts.show({ text: describe(value), action });
    return { isDone: true, value };
  }

  /** What was done may have changed nothing, and then there is nothing to take back. */
  async #offerUndo(before: JournalEntryId | null, steps: number): Promise<ToastAction | null> {
    const listed = await this.#try(() => this.#listHolding(steps + 1));
    if (!listed.isDone) return null;
    const known = listed.value.findIndex((entry) => entry.id === before);
    const made = known < 0 ? Math.min(steps, listed.value.length) : known;
    const newest = listed.value[0];
    if (made === 0 || newest === undefined) return null;
    return { label: 'undo', run: () => void this.#undoIfNewest(newest.id, made) };
  }

  /** Takes nothing newer back by mistake. */
  async #undoIfNewest(entryId: JournalEntryId, steps: number): Promise<void> {
    const { toasts, translator, openHistory } = this.#options;
    const listed = await this.#try(() => this.#listHolding(1));
    if (!listed.isDone) return this.#report(listed.error);
    if (listed.value[0]?.id !== entryId) {
      toasts.show({ text: translator.t('done.newerSteps'), action: { label: 'history', run: openHistory } });
      return;
    }
    await this.undo(steps);
  }

  /** @returns the newest entries that are not undone, newest first; none where as many are undone as are read */
  async #listHolding(count: number): Promise<readonly JournalEntry[]> {
    const { api } = this.#options;
    const limit = Math.min(1000, count + 50);
    return (await api.call('journal.list', { limit })).entries.filter((entry) => !entry.isUndone).slice(0, count);
  }

  #describe(
    entries: readonly JournalEntry[],
    one: 'done.undone' | 'done.redone',
    many: 'done.undoneMany' | 'done.redoneMany',
  ): string {
    const { translator } = this.#options;
    const [only] = entries;
    return entries.length === 1 && only !== undefined
      ? translator.t(one, { what: translator.journalEntry(only) })
      : translator.t(many, { count: entries.length });
  }

  #report(error: AppError, retry: (() => void) | null = null): void {
    if (error.code === 'cancelled') return;
    const { toasts, translator } = this.#options;
    // What failed for the line alone can be done again as it was; a typed name is not lost.
    const action: ToastAction | null = retry !== null && error.code === 'disconnected' ? { label: 'retry', run: retry } : null;
    toasts.show({ tone: 'error', text: translator.error(error), action });
  }

  async #try<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
    this.pending += 1;
    try {
      return { isDone: true, value: await work() };
    } catch (error) {
      return { isDone: false, error: toAppError(error) };
    } finally {
      this.pending -= 1;
    }
  }
}
