/** The journal as a list with a point in it, the present: above lies what was undone, below what holds. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import type { JournalEntryId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';

export class HistoryState {
  readonly list: PagedList<JournalEntry>;
  isBusy = $state(false);
  readonly #actions: Actions;

  constructor(api: KindredApi, actions: Actions) {
    this.#actions = actions;
    this.list = new PagedList(async (page) => {
      const { total, entries } = await api.call('journal.list', page);
      return { total, items: entries };
    });
  }

  /** How many entries at the top of the list are undone. */
  get undoneCount(): number {
    const firstHolding = this.list.items.findIndex((entry) => entry !== undefined && !entry.isUndone);
    return firstHolding < 0 ? (this.list.total ?? 0) : firstHolding;
  }

  /** Of the entries that are undone, or of the others, each in its place. */
  #listIds(isUndone: boolean): JournalEntryId[][] {
    return this.list.items.map((entry) => (entry !== undefined && entry.isUndone === isUndone ? [entry.id] : []));
  }

  /** Takes this one step back, wherever it stands, or does it again. */
  async takeOne(entry: JournalEntry): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await this.#actions.steps.take(entry.isUndone ? 'redo' : 'undo', [entry.id]);
      await this.list.refresh();
    } finally {
      this.isBusy = false;
    }
  }

  /** Goes to the state right before the entry at `index` was done, or where it is undone, right after. */
  async goTo(index: number): Promise<void> {
    const entry = this.list.items[index];
    if (entry === undefined || this.isBusy) return;
    this.isBusy = true;
    try {
      const { steps } = this.#actions;
      if (entry.isUndone) await steps.take('redo', this.#listIds(true).slice(index).flat().reverse());
      else await steps.take('undo', this.#listIds(false).slice(0, index + 1).flat());
      await this.list.refresh();
    } finally {
      this.isBusy = false;
    }
  }
}
