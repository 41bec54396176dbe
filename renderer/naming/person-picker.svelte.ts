/** The people offered as the target of a move or a merge: the largest at first, then those whose names fit. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { PersonId } from '../../electron/base/ids.ts';

export type PersonChoice =
  | { readonly kind: 'known'; readonly person: PersonSummary }
  | { readonly kind: 'new'; readonly name: string | null };

const offeredAtMost = 30;

export class PersonPicker {
  query = $state('');
  people = $state.raw<readonly PersonSummary[]>([]);
  highlighted = $state(0);
  isLoading = $state(false);
  readonly #api: KindredApi;
  readonly #excluded: ReadonlySet<PersonId>;
  readonly #canBeNew: boolean;
  #searches = 0;

  constructor(api: KindredApi, excluded: readonly PersonId[], canBeNew: boolean) {
    this.#api = api;
    this.#excluded = new Set(excluded);
    this.#canBeNew = canBeNew;
  }

  /** Known people first; with nothing typed a new person comes first, as the quickest way out. */
  get choices(): readonly PersonChoice[] {
    const known = this.people.map((person): PersonChoice => ({ kind: 'known', person }));
    if (!this.#canBeNew) return known;
    const name = this.query.trim();
    const created: PersonChoice = { kind: 'new', name: name === '' ? null : name };
    return name === '' ? [created, ...known] : [...known, created];
  }

  async search(query: string): Promise<void> {
    this.query = query;
    this.highlighted = 0;
    this.#searches += 1;
    const search = this.#searches;
    this.isLoading = true;
    try {
      const limit = offeredAtMost + this.#excluded.size;
      const { people } =
        query.trim() === ''
          ? await this.#api.call('people.list', { limit })
          : await this.#api.call('people.search', { query: query.trim(), limit });
      if (search === this.#searches) this.people = people.filter((person) => !this.#excluded.has(person.id));
    } catch {
      // An empty list says it, and a lost connection has its banner.
      if (search === this.#searches) this.people = [];
    } finally {
      if (search === this.#searches) this.isLoading = false;
    }
  }

  moveHighlight(step: 1 | -1): void {
    const count = this.choices.length;
    if (count > 0) this.highlighted = (this.highlighted + step + count) % count;
  }
}
