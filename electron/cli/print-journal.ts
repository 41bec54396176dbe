/** Prints entries of the journal, as data for a program or as lines for a reader. */

import type { JournalEntry } from '../api/schemas.ts';
import { countOf } from '../terminal/terminal.ts';
import type { Output } from './output.ts';
import { toJournalRecord } from './records.ts';

export async function printJournal(output: Output, entries: readonly JournalEntry[]): Promise<void> {
  if (output.isJson) return await output.printJson(entries.map(toJournalRecord));
  for (const entry of entries) await output.print(describeEntry(entry));
}

/** @returns such as "2026-01-01 12:30  named Anna  (undone)" */
function describeEntry(entry: JournalEntry): string {
  const minute = entry.at.slice(0, 16).replace('T', ' ');
  return `${minute}  ${describeAction(entry)}${entry.isUndone ? '  (undone)' : ''}`;
}

function describeAction({ kind, parameters }: JournalEntry): string {
  const name = typeof parameters.name === 'string' ? parameters.name : null;
  const count = typeof parameters.count === 'number' ? parameters.count : 1;
  const faces = countOf(count, 'face');
  const whom = name ?? 'an unnamed person';
  switch (kind) {
    case 'name-person':
      return name === null ? "took a person's name away" : `named ${name}`;
    case 'merge-people':
      return `merged ${countOf(count, 'person', 'people')} into ${whom}`;
    case 'move-faces':
      return `moved ${faces} to ${whom}`;
    case 'confirm-faces':
      return `confirmed ${faces}`;
    case 'reject-faces':
      return `took ${faces} out`;
    case 'ignore-faces':
      return `ignored ${faces}`;
    case 'restore-faces':
      return `brought back ${faces}`;
    case 'ignore-person':
      return `ignored ${whom}`;
    case 'restore-person':
      return `brought back ${whom}`;
    case 'choose-cover':
      return `chose a cover for ${whom}`;
  }
}
