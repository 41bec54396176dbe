/** Known people whose names fit what is being typed, and which of them the arrow keys stand on. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { PersonId } from '../../electron/base/ids.ts';

export class NameCompletion {
  query = $state('');
  options = $state.raw<readonly PersonSummary[]>([]);
  /** -1: none, what was typed counts. */
  highlighted = $state(-1);
  readonly #api: KindredApi;
  readonly #excluded: ReadonlySet<PersonId>;
  /** Whom the last search found, and whether that was everybody. */
  #found: { readonly query: string; readonly people: readonly PersonSummary[]; readonly isWhole: boolean } | null = null;
  #searches = 0;
  #abort: AbortController | null = null;

  /** @param excluded people who are not offered: the one being named */
  constructor(api: KindredApi, excluded: readonly PersonId[] = []) {
    this.#api = api;
    this.#excluded = new Set(excluded);
  }

  get chosen(): PersonSummary | null {
    return this.options[this.highlighted] ?? null;
  }

  /** An answer that comes after a newer question is dropped. */
  async search(query: string, limit = 8): Promise<void> {
    this.query = query;
    this.highlighted = -1;
    this.#searches += 1;
    const search = this.#searches;
    this.#abort?.abort();
    if (query.trim() === '') {
      this.options = [];
      return;
    }
    this.#abort = new AbortController();
    try {
      const { people } = await this.#api.call(
        'people.search',
        { query: query.trim(), limit: Math.min(50, limit + this.#excluded.size) },
        { signal: this.#abort.signal },
      );
      if (search !== this.#searches) return;
      this.#found = { query: query.trim(), people, isWhole: people.length < limit };
      this.options = people.filter((person) => !this.#excluded.has(person.id)).slice(0, limit);
    } catch {
      // Completion only helps: without an answer, what is typed still counts, and a lost connection has its banner.
      if (search === this.#searches) this.options = [];
    }
  }

  /** @returns whom the search for what was typed has found of exactly this name; undefined where it has not been searched */
  findTyped(name: string): PersonSummary | null | undefined {
    if (this.#found?.isWhole !== true || this.#found.query !== name.trim()) return undefined;
    const wanted = fold(name);
    return this.#found.people.find((person) => !this.#excluded.has(person.id) && fold(person.name ?? '') === wanted) ?? null;
  }

  /** @returns the known person who has exactly this name, whatever the case */
  async findSameName(name: string): Promise<PersonSummary | null> {
    const wanted = fold(name);
    const { people } = await this.#api.call('people.search', { query: name.trim(), limit: 50 });
    return people.find((person) => !this.#excluded.has(person.id) && fold(person.name ?? '') === wanted) ?? null;
  }

  moveHighlight(step: 1 | -1): void {
    const count = this.options.length;
    if (count === 0) return;
    // One more place than options: the typed text itself.
    this.highlighted = ((this.highlighted + 1 + step + count + 1) % (count + 1)) - 1;
  }

  close(): void {
    this.#searches += 1;
    this.#abort?.abort();
    this.options = [];
    this.highlighted = -1;
  }
}

function fold(name: string): string {
  return name.trim().normalize('NFC').toLocaleLowerCase();
}
