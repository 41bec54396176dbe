/** Prints entries of the journal, as data for a program or as lines for a reader. */

import type { JournalEntry } from '../api/schemas.ts';
import { shortenId } from '../terminal/import-report.ts';
import { countOf } from '../terminal/terminal.ts';
import type { Output } from './output.ts';
import { toJournalRecord } from './records.ts';

export async function printJournal(output: Output, entries: readonly JournalEntry[]): Promise<void> {
  if (output.isJson) return await output.printJson(entries.map(toJournalRecord));
  for (const entry of entries) await output.print(describeEntry(entry));
}

/** @returns such as "1b4e28ba  2026-01-01 12:30  named Anna  (undone)" */
export function describeEntry(entry: JournalEntry): string {
  const minute = entry.at.slice(0, 16).replace('T', ' ');
  return `${shortenId(entry.id)}  ${minute}  ${describeAction(entry)}${entry.isUndone ? '  (undone)' : ''}`;
}

function describeAction({ kind, parameters }: JournalEntry): string {
  const name = typeof parameters.name === 'string' ? parameters.name : null;
  const peopleCount = typeof parameters.people === 'number' ? parameters.people : 1;
  const whom = peopleCount > 1 ? countOf(peopleCount, 'person', 'people') : (name ?? 'an unnamed person');
  const other = typeof parameters.otherName === 'string' ? parameters.otherName : 'an unnamed person';
  const faces = countOf(readCount(parameters.count ?? parameters.faces), 'face');
  switch (kind) {
    case 'name-person':
      return name === null ? "took a person's name away" : `named ${name}`;
    case 'merge-people': {
      // The one that they went into is not among the sources.
      const merged = parameters.sources === undefined ? readCount(parameters.count) : readCount(parameters.sources) + 1;
      return `merged ${countOf(merged, 'person', 'people')} into ${whom}`;
    }
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
    case 'set-born':
      return typeof parameters.born === 'string' ? `noted that ${whom} was born ${parameters.born}` : `took the birth date of ${whom} away`;
    case 'tell-apart':
      return `told ${whom} and ${other} apart`;
    case 'leave-open':
      return `left open whether ${whom} and ${other} are one person`;
    case 'split-person':
      return `split ${countOf(readCount(parameters.groups), 'person', 'people')} with ${faces} off ${whom}`;
    case 'recluster-person':
      return `compared ${whom} anew: ${readCount(parameters.leaving)} out, ${countOf(readCount(parameters.joining), 'face')} in`;
    case 'ignore-strangers':
      return typeof parameters.photo === 'string' ? `ignored ${faces} of strangers in a photo` : `ignored ${faces} of strangers`;
  }
}

function readCount(value: JournalEntry['parameters'][string] | undefined): number {
  return typeof value === 'number' ? value : 1;
}
