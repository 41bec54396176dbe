/** What an action has changed: the rows that it touched, as they were and as they are. */

import type { FaceKey } from '../tables/faces.ts';
import type { PeopleStore } from '../tables/people.ts';
import { groupChanges, type JournalChanges } from './journal-changes.ts';
import type { TouchedRows } from './recorder.ts';
import type { RowImages } from './row-images.ts';

export function compareRows(
  touched: TouchedRows,
  { people, images }: { readonly people: PeopleStore; readonly images: RowImages },
): JournalChanges {
  function readFaceId(key: FaceKey): string {
    const id = images.readFaceId(key);
    if (id === null) throw new Error(`Expected a face's row but received key ${key}`);
    return id;
  }

  const changedPeople = [...touched.people]
    .map(([key, before]) => ({ id: people.readId(key) as string, before, after: images.readPerson(key) }))
    .filter(({ before, after }) => !isSame(before, after));
  const changedFlags = [...touched.flags]
    .map(([key, before]) => {
      const { id, image } = images.readFlags(key);
      return { row: id, before, after: image };
    })
    .filter(({ before, after }) => !isSame(before, after));
  const changedMemberships = [...touched.memberships]
    .map(([key, before]) => ({ row: readFaceId(key), before, after: images.readMembership(key) }))
    .filter(({ before, after }) => !isSame(before, after));
  const changedIgnored = [...touched.ignored]
    .map(([key, before]) => ({ row: readFaceId(key), before, after: images.readIgnored(key) }))
    .filter(({ before, after }) => before !== after);
  const changedDecisions = [...touched.decisions].map(([key, before]) => {
    const after = images.readDecision(key);
    if (after === null || after.faceId === null) throw new Error('Expected a decision about a face');
    const row: [string, string] = [after.id, after.faceId];
    return { row, before: before?.image ?? null, after: after.image };
  });
  return {
    people: changedPeople,
    flags: groupChanges(changedFlags).map(({ rows, ...rest }) => ({ people: rows, ...rest })),
    memberships: groupChanges(changedMemberships).map(({ rows, ...rest }) => ({ faces: rows, ...rest })),
    ignored: groupChanges(changedIgnored).map(({ rows, ...rest }) => ({ faces: rows, ...rest })),
    decisions: groupChanges(changedDecisions),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
