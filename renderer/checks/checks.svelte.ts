/** What is worth a look: people who may be several, and photos in which one name stands twice. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { Double, PersonSummary } from '../../electron/api/schemas.ts';
import { GridCursor } from '../ui/grid-cursor.svelte.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';

/** A person, and how probably there are several among its faces. */
export interface MixedPerson extends PersonSummary {
  readonly probability: number;
}

export class ChecksState {
  readonly mixed: PagedList<MixedPerson>;
  readonly doubles: PagedList<Double>;
  readonly cursor = new GridCursor();

  constructor(api: KindredApi) {
    this.mixed = new PagedList(async ({ offset, limit }) => {
      const { total, people } = await api.call('people.listMixed', { offset, limit });
      return { total, items: people.map(({ person, probability }) => ({ ...person, probability })) };
    });
    this.doubles = new PagedList(async ({ offset, limit }) => {
      const { total, doubles } = await api.call('photos.listDoubles', { offset, limit });
      return { total, items: doubles };
    });
  }

  async refresh(): Promise<void> {
    await Promise.all([this.mixed.refresh(), this.doubles.refresh()]);
    this.cursor.clampTo(this.mixed.total ?? 0);
  }
}
