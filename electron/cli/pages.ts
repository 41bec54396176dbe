/** Reads what the API gives page by page from beginning to end. */

import type { KindredApi } from '../api/contract.ts';
import type { JournalEntry, PersonSummary } from '../api/schemas.ts';

const pageSize = 1000;

/** @returns largest first, each person once */
export async function listPeople(api: KindredApi, filter: { includeIgnored?: boolean } = {}): Promise<PersonSummary[]> {
  // An import under way moves people between pages: the last word on each counts.
  const people = new Map<string, PersonSummary>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await api.call('people.list', { ...filter, offset, limit: pageSize });
    for (const person of page.people) people.set(person.id, person);
    if (page.people.length === 0 || offset + pageSize >= page.total) break;
  }
  return [...people.values()].sort((a, b) => b.faceCount - a.faceCount);
}

/** @param limit at most so many. @returns newest first */
export async function listJournal(api: KindredApi, limit: number): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  while (entries.length < limit) {
    const page = await api.call('journal.list', {
      offset: entries.length,
      limit: Math.min(pageSize, limit - entries.length),
    });
    entries.push(...page.entries);
    if (page.entries.length === 0 || entries.length >= page.total) break;
  }
  return entries;
}
