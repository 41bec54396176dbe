/** Reads what the API gives page by page from beginning to end. */

import type { KindredApi, Result } from '../api/contract.ts';
import type { Double, JournalEntry, PeopleFilter, PersonSummary } from '../api/schemas.ts';
import type { PersonId } from '../base/ids.ts';

const pageSize = 1000;

/** @returns largest first, each person once */
export async function listPeople(api: KindredApi, filters: readonly PeopleFilter[] = ['all']): Promise<PersonSummary[]> {
  // An import under way moves people between pages: the last word on each counts.
  const people = new Map<string, PersonSummary>();
  for (const filter of filters) {
    for (let offset = 0; ; offset += pageSize) {
      const page = await api.call('people.list', { filter, offset, limit: pageSize });
      for (const person of page.people) people.set(person.id, person);
      if (page.people.length === 0 || offset + pageSize >= page.total) break;
    }
  }
  return [...people.values()].sort((a, b) => b.faceCount - a.faceCount);
}

/** Every entry, newest first, page by page. */
export async function* iterateJournal(api: KindredApi): AsyncIterable<JournalEntry> {
  for (let offset = 0, total = 1; offset < total; offset += pageSize) {
    const page = await api.call('journal.list', { offset, limit: pageSize });
    total = page.total;
    yield* page.entries;
  }
}

/** @param limit at most so many. @returns newest first */
export async function listJournal(api: KindredApi, limit: number): Promise<JournalEntry[]> {
  return readPages(limit, async (page) => {
    const { total, entries } = await api.call('journal.list', page);
    return { total, items: entries };
  });
}

/** @param limit at most so many. @returns those that fit the others least first */
export async function listOutliers(
  api: KindredApi,
  personId: PersonId,
  limit: number,
): Promise<Result<'people.listOutliers'>['faces']> {
  return readPages(limit, async (page) => {
    const { total, faces } = await api.call('people.listOutliers', { ...page, personId });
    return { total, items: faces };
  });
}

/** @returns the surest first */
export async function listMixed(api: KindredApi): Promise<Result<'people.listMixed'>['people']> {
  return readPages(Infinity, async (page) => {
    const { total, people } = await api.call('people.listMixed', page);
    return { total, items: people };
  });
}

export async function listDoubles(api: KindredApi): Promise<Double[]> {
  return readPages(Infinity, async (page) => {
    const { total, doubles } = await api.call('photos.listDoubles', page);
    return { total, items: doubles };
  });
}

async function readPages<Item>(
  limit: number,
  read: (page: { offset: number; limit: number }) => Promise<{ total: number; items: Item[] }>,
): Promise<Item[]> {
  const items: Item[] = [];
  while (items.length < limit) {
    const page = await read({ offset: items.length, limit: Math.min(pageSize, limit - items.length) });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.total) break;
  }
  return items;
}
