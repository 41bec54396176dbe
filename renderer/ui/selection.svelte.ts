/** Which items of a list are selected, by id, with the usual gestures: toggle, range, all. */

import { SvelteSet } from 'svelte/reactivity';

export class Selection<Id extends string> {
  readonly ids = new SvelteSet<Id>();
  #anchorIndex: number | null = null;

  get size(): number {
    return this.ids.size;
  }

  has(id: Id): boolean {
    return this.ids.has(id);
  }

  toggle(id: Id, index: number): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchorIndex = index;
  }

  /** Selects from the item last toggled up to `index`; items that are not fetched yet are passed over. */
  extendTo(index: number, idAt: (index: number) => Id | undefined): void {
    const anchor = this.#anchorIndex ?? index;
    for (let position = Math.min(anchor, index); position <= Math.max(anchor, index); position += 1) {
      const id = idAt(position);
      if (id !== undefined) this.ids.add(id);
    }
    this.#anchorIndex ??= index;
  }

  replace(ids: Iterable<Id>): void {
    this.clear();
    for (const id of ids) this.ids.add(id);
  }

  /** Forgets what no longer exists, as after a merge from elsewhere. */
  keepOnly(ids: ReadonlySet<Id>): void {
    for (const id of [...this.ids]) if (!ids.has(id)) this.ids.delete(id);
  }

  remove(ids: Iterable<Id>): void {
    for (const id of ids) this.ids.delete(id);
  }

  clear(): void {
    this.ids.clear();
    this.#anchorIndex = null;
  }
}
