/** Which entries have to go along when one is taken back or done again. */

import type { EntryKey } from './journal-entries.ts';
import type { JournalTouches } from './journal-touches.ts';

/** In the order in which it is done. */
export interface JournalPlan {
  readonly undone: readonly EntryKey[];
  readonly redone: readonly EntryKey[];
}

export function planUndo(touches: JournalTouches, key: EntryKey): JournalPlan {
  const undone = new Set<EntryKey>();
  addWithDependents(touches, key, undone);
  return { undone: newestFirst(undone), redone: [] };
}

/** What the entry builds on is done again before it; what it would run into is taken back. */
export function planRedo(touches: JournalTouches, key: EntryKey): JournalPlan {
  const undone = new Set<EntryKey>();
  const redone = new Set<EntryKey>();
  const due = [key];
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    if (redone.has(next)) continue;
    redone.add(next);
    for (const obstacle of touches.listObstacles(next)) addWithDependents(touches, obstacle, undone);
    due.push(...touches.listBases(next));
  }
  return { undone: newestFirst(undone), redone: newestFirst(redone).reverse() };
}

function addWithDependents(touches: JournalTouches, key: EntryKey, found: Set<EntryKey>): void {
  const due = [key];
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    due.push(...touches.listDependents(next));
  }
}

function newestFirst(keys: ReadonlySet<EntryKey>): EntryKey[] {
  return [...keys].sort((one, other) => other - one);
}
