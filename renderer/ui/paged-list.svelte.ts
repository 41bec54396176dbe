/** A long list of which only the pages on screen are fetched, and which never blanks out while it is fetched again. */

import type { AppError } from '../../electron/base/errors.ts';
import { toAppError } from './errors.ts';

export type PageSource<Item> = (page: {
  offset: number;
  limit: number;
  /** Grows with every refresh: what a source has remembered from before no longer counts. */
  generation: number;
}) => Promise<{ total: number; items: readonly Item[] }>;

export interface PagedListOptions {
  readonly pageSize?: number;
}

export class PagedList<Item> {
  /** Null until the first page has come. */
  total = $state<number | null>(null);
  /** By position; holes are items that have not been fetched yet. */
  items = $state.raw<readonly (Item | undefined)[]>([]);
  error = $state.raw<AppError | null>(null);

  readonly #pageSize: number;
  readonly #loading = new Map<number, Promise<void>>();
  readonly #fresh = new Set<number>();
  #source: PageSource<Item>;
  #generation = 0;
  #first = 0;
  #last = 0;
  #holds = 0;
  #isRefreshDue = false;
  #refreshing: Promise<void> | null = null;

  constructor(source: PageSource<Item>, options: PagedListOptions = {}) {
    this.#source = source;
    this.#pageSize = options.pageSize ?? 200;
  }

  get isLoading(): boolean {
    return this.total === null && this.error === null;
  }

  /** Says which positions are on screen and fetches what is missing there. */
  async show(first: number, last: number): Promise<void> {
    this.#first = Math.max(0, first);
    this.#last = Math.max(this.#first, last);
    await this.#loadRange(this.#first, this.#last);
  }

  /** Fetches again what is on screen; everything else when it comes on screen. Calls while one runs are joined into one more. */
  refresh(): Promise<void> {
    this.#isRefreshDue = true;
    if (this.#holds > 0) return Promise.resolve();
    this.#refreshing ??= this.#refreshUntilSettled().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Keeps every item where it is until the returned function is called: nothing moves under someone's hands. */
  hold(): () => void {
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#holds === 0 && this.#isRefreshDue) void this.refresh();
    };
  }

  /** Starts over with other contents, as after a change of filter. */
  reset(source: PageSource<Item> = this.#source): Promise<void> {
    this.#source = source;
    this.#generation += 1;
    this.#loading.clear();
    this.#fresh.clear();
    this.total = null;
    this.items = [];
    this.error = null;
    this.#first = 0;
    this.#last = 0;
    return this.show(0, 0);
  }

  /** Fetches every page, for what concerns the whole list: select all, prev and next. */
  async loadAll(): Promise<readonly Item[]> {
    await this.#loadRange(0, 0);
    await this.#loadRange(0, Math.max(0, (this.total ?? 1) - 1));
    if (this.error !== null) throw this.error;
    return this.items.filter((item): item is Item => item !== undefined);
  }

  /** Shows a change before the engine has answered. */
  update(matches: (item: Item) => boolean, change: (item: Item) => Item): void {
    this.items = this.items.map((item) => (item !== undefined && matches(item) ? change(item) : item));
  }

  /** Takes items out before the engine has answered. */
  remove(matches: (item: Item) => boolean): void {
    const kept = this.items.filter((item) => item === undefined || !matches(item));
    this.total = Math.max(0, (this.total ?? 0) - (this.items.length - kept.length));
    this.items = kept;
    // Positions behind the gap have shifted: their pages are only right after the next fetch.
    this.#fresh.clear();
  }

  async #refreshUntilSettled(): Promise<void> {
    while (this.#isRefreshDue && this.#holds === 0) {
      this.#isRefreshDue = false;
      this.#generation += 1;
      this.#loading.clear();
      this.#fresh.clear();
      await this.#loadRange(this.#first, this.#last);
    }
  }

  async #loadRange(first: number, last: number): Promise<void> {
    const firstPage = Math.floor(first / this.#pageSize);
    const lastPage = Math.floor(last / this.#pageSize);
    const loads: Promise<void>[] = [];
    for (let page = firstPage; page <= lastPage; page += 1) {
      if (this.total !== null && page > 0 && page * this.#pageSize >= this.total) break;
      if (!this.#fresh.has(page)) loads.push(this.#load(page));
    }
    await Promise.all(loads);
  }

  #load(page: number): Promise<void> {
    const running = this.#loading.get(page);
    if (running !== undefined) return running;
    const load = this.#fetch(page, this.#generation);
    this.#loading.set(page, load);
    return load;
  }

  async #fetch(page: number, generation: number): Promise<void> {
    const offset = page * this.#pageSize;
    try {
      const result = await this.#source({ offset, limit: this.#pageSize, generation });
      if (generation !== this.#generation) return;
      // Filled with undefined rather than left with holes, which filter and every pass over.
      const items = Array.from({ length: result.total }, (_, index) => this.items[index]);
      result.items.forEach((item, index) => {
        items[offset + index] = item;
      });
      this.items = items;
      this.total = result.total;
      this.error = null;
      this.#fresh.add(page);
    } catch (error) {
      if (generation === this.#generation) this.error = toAppError(error);
    } finally {
      if (generation === this.#generation) this.#loading.delete(page);
    }
  }
}
