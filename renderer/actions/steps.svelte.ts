/** One step of the user's work: does it, says so, and offers to take it back. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { JournalEntryId } from '../../electron/base/ids.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import type { ToastAction, Toasts } from '../ui/toasts.svelte.ts';

export type Outcome<Value> =
  | { readonly isDone: true; readonly value: Value }
  | { readonly isDone: false; readonly error: AppError };

export interface StepsOptions {
  readonly api: KindredApi;
  readonly toasts: Toasts;
  readonly translator: Translator;
  readonly openHistory: () => void;
}

export class Steps {
  /** How many the engine has not answered yet. */
  pending = $state(0);
  readonly #options: StepsOptions;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** @param steps how many journal entries `work` makes at most */
  async perform<Value>(
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
      this.#report(outcome.error, () => void this.perform(work, describe, steps));
      return outcome;
    }
    const { before, value } = outcome.value;
    const action = await this.#offerUndo(before, steps);
    toasts.show({ text: describe(value), action });
    return { isDone: true, value };
  }

  /** Does what is no step that could be taken back; says only what went wrong. */
  async attempt<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
    const outcome = await this.#try(work);
    if (!outcome.isDone) this.#report(outcome.error);
    return outcome;
  }

  /** Does a step without a word where it succeeds. @returns the entry it made, null where it changed nothing */
  async performQuietly(work: () => Promise<unknown>): Promise<Outcome<JournalEntryId | null>> {
    const outcome = await this.#try(async () => {
      const before = (await this.#listHolding(1))[0]?.id ?? null;
      await work();
      const newest = (await this.#listHolding(1))[0]?.id ?? null;
      return newest === before ? null : newest;
    });
    if (!outcome.isDone) this.#report(outcome.error);
    return outcome;
  }

  /** Takes nothing newer back by mistake.
   *  @param isQuiet says only what went wrong
   *  @returns whether it was taken back */
  async undoIfNewest(entryId: JournalEntryId, { count = 1, isQuiet = false } = {}): Promise<boolean> {
    const { toasts, translator, openHistory } = this.#options;
    const listed = await this.#try(() => this.#listHolding(1));
    if (!listed.isDone) {
      this.#report(listed.error);
      return false;
    }
    if (listed.value[0]?.id !== entryId) {
      toasts.show({ text: translator.t('done.newerSteps'), action: { label: 'history', run: openHistory } });
      return false;
    }
    return (await this.undo(count, isQuiet)).isDone;
  }

  async undo(count = 1, isQuiet = false): Promise<Outcome<readonly JournalEntry[]>> {
    const { api, toasts } = this.#options;
    const outcome = await this.#try(async () => (await api.call('journal.undo', { count })).entries);
    if (outcome.isDone && isQuiet) return outcome;
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

  /** What was done may have changed nothing, and then there is nothing to take back. */
  async #offerUndo(before: JournalEntryId | null, steps: number): Promise<ToastAction | null> {
    const listed = await this.#try(() => this.#listHolding(steps + 1));
    if (!listed.isDone) return null;
    const known = listed.value.findIndex((entry) => entry.id === before);
    const made = known < 0 ? Math.min(steps, listed.value.length) : known;
    const newest = listed.value[0];
    if (made === 0 || newest === undefined) return null;
    return { label: 'undo', run: () => void this.undoIfNewest(newest.id, { count: made }) };
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
