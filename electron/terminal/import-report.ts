/** What a person at a terminal reads once an import is done: what was found, whom, and what could not be read. */

import type { ImportSummary, PersonSummary } from '../api/schemas.ts';
import { formatDuration } from './job-progress.ts';
import { describeReason } from './messages.ts';
import { cleanText, countOf } from './terminal.ts';

/** People named in a summary; the others are counted. */
export const peopleInReport = 10;
const shortIdLength = 8;

/** @param people the largest first, at least as many as a report names
 *  @returns lines */
export function describeImport(summary: ImportSummary, people: readonly PersonSummary[]): string[] {
  const speed = summary.seconds > 0 ? `, ${(summary.photos / summary.seconds).toFixed(1)} photos a second` : '';
  const lines = [
    `${countOf(summary.photos, 'photo')} found, ${summary.added} new, ${summary.skipped} already known ` +
      `(${formatDuration(summary.seconds)}${speed}, ${summary.runtime}).`,
    `The library holds ${countOf(summary.faces, 'face')} of ${countOf(summary.people, 'person', 'people')}.`,
    ...describePeople(people, summary.people),
  ];
  const unsupported = Object.entries(summary.unsupported);
  if (unsupported.length > 0) {
    const types = unsupported.map(([extension, count]) => `${count} ${cleanText(extension)}`).join(', ');
    lines.push(`Not supported yet: ${types}.`);
  }
  if (summary.failed.length > 0) {
    lines.push(`${countOf(summary.failed.length, 'file')} could not be read:`);
    for (const { path, reason, detail } of summary.failed) {
      lines.push(`  ${cleanText(path)}: ${describeReason(reason, detail)}`);
    }
  }
  return lines;
}

function describePeople(people: readonly PersonSummary[], total: number): string[] {
  const shown = people.slice(0, peopleInReport).map(describePerson);
  const others = total - shown.length;
  return [
    ...shown.map((line) => `  ${line}`),
    ...(others > 0 && shown.length > 0 ? [`  and ${countOf(others, 'person', 'people')} more`] : []),
  ];
}

/** @returns such as "1a2b3c4d  12 faces in 9 photos  Anna" */
export function describePerson(person: PersonSummary): string {
  const faces = countOf(person.faceCount, 'face');
  const photos = countOf(person.photoCount, 'photo');
  const name = person.name === null ? '(unnamed)' : cleanText(person.name);
  return `${shortenId(person.id)}  ${faces} in ${photos}  ${name}`;
}

export function shortenId(id: string): string {
  return id.slice(0, shortIdLength);
}
