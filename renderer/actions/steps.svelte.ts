/** One step of the user's work: does it, says so, and offers to take it back. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { JournalEntryId } from '../../electron/base/ids.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import { OwnChanges, type Touched } from './own-changes.ts';
import type { ToastAction, Toasts } from '../ui/toasts.svelte.ts';

export type Outcome<Value> =
  | { readonly isDone: true; readonly value: Value }
  | { readonly isDone: false; readonly error: AppError };

/** What every action of the API answers: the entry that it left, null where it changed nothing. */
export interface ActionResult {
  readonly entry: JournalEntry | null;
}

/** What builds on a step that is to be taken back, or stands in the way of one that is to be done again. */
export interface DependentsQuestion {
  readonly direction: Direction;
  /** Newest first. */
  readonly dependents: readonly JournalEntry[];
}

export interface StepQuestions {
  /** Whether they shall go along. */
  takesAlong(question: DependentsQuestion): Promise<boolean>;
}

export interface StepsOptions {
  readonly api: KindredApi;
  readonly toasts: Toasts;
  readonly translator: Translator;
  readonly questions: StepQuestions;
  /** Told of every step that this window has made or taken. */
  readonly onEntries: (entries: readonly JournalEntry[]) => void;
}

export type Direction = 'undo' | 'redo';

interface TakeOptions {
  /** Says only what went wrong. */
  readonly isQuiet?: boolean;
}

export class Steps {
  /** How many the engine has not answered yet. */
  pending = $state(0);
  readonly ownChanges = new OwnChanges();
  readonly #options: StepsOptions;
  /** What this window did and took back, oldest first: nobody else's steps are taken for them. */
  readonly #own: Record<Direction, JournalEntryId[]> = { undo: [], redo: [] };

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** @param touched what the caller shows as it is now, so that the engine's news of it can be left aside */
  async perform<Value extends ActionResult>(
    work: () => Promise<Value>,
    describe: (value: Value) => string,
    touched: Touched = {},
  ): Promise<Outcome<Value>> {
    // The news may come before the answer.
    this.ownChanges.note(touched);
    const outcome = await this.#try(work);
    if (!outcome.isDone) {
      this.#report(outcome.error, () => void this.perform(work, describe, touched));
      return outcome;
    }
    const { entry } = outcome.value;
    this.#note(entry === null ? [] : [entry]);
    const action: ToastAction | null = entry === null ? null : { label: 'undo', run: () => void this.take('undo', [entry.id]) };
    this.#options.toasts.show({ text: describe(outcome.value), action });
    return outcome;
  }

  /** Does what is no step that could be taken back; says only what went wrong. */
  async attempt<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
    const outcome = await this.#try(work);
    if (!outcome.isDone) this.#report(outcome.error);
    return outcome;
  }

  /** Does a step without a word where it succeeds. @returns the entry it made, null where it changed nothing */
  async performQuietly(work: () => Promise<ActionResult>, touched: Touched): Promise<Outcome<JournalEntryId | null>> {
    this.ownChanges.note(touched);
    const outcome = await this.#try(work);
    if (!outcome.isDone) {
      this.#report(outcome.error);
      return outcome;
    }
    const { entry } = outcome.value;
    this.#note(entry === null ? [] : [entry]);
    return { isDone: true, value: entry?.id ?? null };
  }

  /** Takes back, or does again, the last step of this window, or where it has none, of the library. */
  async takeLast(direction: Direction): Promise<Outcome<readonly JournalEntry[]>> {
    const own = this.#own[direction].at(-1);
    const found = await this.#try(async () => own ?? (await this.#findLast(direction)));
    if (found.isDone) return await this.take(direction, [found.value]);
    this.#report(found.error);
    return found;
  }

  /** Takes entries back, or does them again, one after the other, as long as nothing stands in the way.
   *  @returns those that were, others that had to go along among them */
  async take(
    direction: Direction,
    entryIds: readonly JournalEntryId[],
    { isQuiet = false }: TakeOptions = {},
  ): Promise<Outcome<readonly JournalEntry[]>> {
    const { questions, toasts } = this.#options;
    const taken: JournalEntry[] = [];
    // The step may not have been told of yet: then it and its undo are told together.
    this.ownChanges.forget();
    const outcome = await this.#try(async () => {
      for (const entryId of entryIds) {
        const { entries, dependents } = await this.#takeOne(direction, entryId, false);
        taken.push(...entries);
        if (dependents.length === 0) continue;
        if (!(await questions.takesAlong({ direction, dependents }))) return;
        taken.push(...(await this.#takeOne(direction, entryId, true)).entries);
      }
    });
    this.#note(taken);
    if (!outcome.isDone) {
      this.#report(outcome.error);
      return outcome;
    }
    if (!isQuiet && taken.length > 0) {
      const back = direction === 'undo' ? 'redo' : 'undo';
      toasts.show({
        text: this.#describe(taken, direction),
        action: { label: back, run: () => void this.take(back, taken.toReversed().map(({ id }) => id)) },
      });
    }
    return { isDone: true, value: taken };
  }

  /** Says what went wrong with something that is not an action itself. @param retry does it again */
  reportError(error: unknown, retry: (() => void) | null = null): void {
    this.#report(toAppError(error), retry);
  }

  async #takeOne(direction: Direction, entryId: JournalEntryId, withDependents: boolean) {
    try {
      return await this.#options.api.call(`journal.${direction}`, { entryId, withDependents });
    } catch (error) {
      // Somebody else took it back: it is no step of this window's any more.
      this.#forget(entryId);
      throw error;
    }
  }

  /** @throws AppError "nothing-to-undo", "nothing-to-redo" */
  async #findLast(direction: Direction): Promise<JournalEntryId> {
    const { lastDone, lastUndone } = await this.#options.api.call('library.status', {});
    const entry = direction === 'undo' ? lastDone : lastUndone;
    if (entry !== null) return entry.id;
    throw new AppError(`nothing-to-${direction}`, `Expected an action to ${direction} but received none`);
  }

  #note(entries: readonly JournalEntry[]): void {
    if (entries.length > 0) this.#options.onEntries(entries);
    for (const { id, isUndone } of entries) {
      this.#forget(id);
      this.#own[isUndone ? 'redo' : 'undo'].push(id);
    }
  }

  #forget(entryId: JournalEntryId): void {
    for (const ids of Object.values(this.#own)) {
      const index = ids.indexOf(entryId);
      if (index >= 0) ids.splice(index, 1);
    }
  }

  #describe(entries: readonly JournalEntry[], direction: Direction): string {
    const { translator } = this.#options;
    const [only] = entries;
    return entries.length === 1 && only !== undefined
      ? translator.t(direction === 'undo' ? 'done.undone' : 'done.redone', { what: translator.journalEntry(only) })
      : translator.t(direction === 'undo' ? 'done.undoneMany' : 'done.redoneMany', { count: entries.length });
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
