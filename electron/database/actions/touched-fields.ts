/** What of a library a journal entry is about, field by field: by this, entries that build on each other are told from
 *  those that do not. */

import type { JournalChanges } from './journal-changes.ts';

/**
 * [Note: fields of entries] Bits, so that a row of journal_touches holds all that an entry has to do with a person, a face
 * or a decision. Entries are independent where none wrote what another wrote or relied on.
 *
 * A person's cover counts only where the user chose it: any other is found anew. `held` is nobody's alone: a person is
 * held as long as any entry that is done says so, so it is never written, only asserted.
 */
export const fields = {
  /** That the person is there and is not merged into another one. */
  identity: 1,
  name: 2,
  born: 4,
  cover: 8,
  ignored: 16,
  held: 32,
  /** Which person a face is with. */
  place: 64,
  confirmation: 128,
  visibility: 256,
  decision: 512,
} as const;

const wholePerson = fields.identity | fields.name | fields.born | fields.cover | fields.ignored;

export interface Touch {
  /** Fields that the entry changed. */
  written: number;
  /** Fields that it changed or relied on. */
  touched: number;
  /** Fields that have to be as it left them for it to be taken back, though it did not change them. */
  needed: number;
}

/** By the id of the person, face or decision. */
export type Touches = Map<string, Touch>;

export function touch(touches: Touches, subject: string | null, { written = 0, touched = 0, needed = 0 }: Partial<Touch>): void {
  if (subject === null) return;
  const known = touches.get(subject);
  if (known === undefined) {
    touches.set(subject, { written, touched: touched | written, needed });
    return;
  }
  known.written |= written;
  known.touched |= touched | written;
  known.needed |= needed;
}

/** @param touches what an action relied on beside what it changed, which is added */
export function addTouches(touches: Touches, changes: JournalChanges): Touches {
  addPeople(touches, changes);
  for (const { faces, before, after } of changes.memberships) {
    const isMoved = before?.person !== after?.person;
    const isSettled = (before?.isConfirmed ?? false) !== (after?.isConfirmed ?? false);
    const written = (isMoved ? fields.place : 0) | (isSettled ? fields.confirmation : 0);
    for (const face of faces) touch(touches, face, { written, touched: fields.place });
    touch(touches, before?.person ?? null, { touched: fields.identity, needed: isMoved ? fields.identity : 0 });
    touch(touches, after?.person ?? null, { touched: fields.identity });
  }
  for (const { faces } of changes.ignored) {
    for (const face of faces) touch(touches, face, { written: fields.visibility });
  }
  for (const { rows, before, after } of changes.decisions) {
    const image = after ?? before;
    for (const [decision, face] of rows) {
      touch(touches, decision, { written: fields.decision });
      // What is said of a face and a person is said of the face where it is.
      if (image?.kind !== 'ignored') touch(touches, face, { touched: fields.place });
    }
    touch(touches, image?.person ?? null, { touched: fields.identity });
  }
  return touches;
}

function addPeople(touches: Touches, changes: JournalChanges): void {
  for (const { id, before, after } of changes.people) {
    if (before === null || after === null) {
      touch(touches, id, { written: wholePerson });
      continue;
    }
    const isCoverChanged = before.cover !== after.cover || before.isCoverChosen !== after.isCoverChosen;
    const isCoverChosen = before.isCoverChosen || after.isCoverChosen;
    const isMerged = before.mergedInto !== after.mergedInto;
    const written =
      (before.name === after.name ? 0 : fields.name) |
      (before.born === after.born ? 0 : fields.born) |
      (isCoverChanged && isCoverChosen ? fields.cover : 0) |
      (before.isIgnored === after.isIgnored ? 0 : fields.ignored) |
      (isMerged ? fields.identity : 0);
    touch(touches, id, { written, touched: fields.identity | (isCoverChanged ? fields.cover : 0) | (isMerged ? wholePerson : 0) });
    if (isCoverChanged && after.isCoverChosen) touch(touches, after.cover, { touched: fields.place | fields.visibility });
    if (!isMerged) continue;
    // Whoever keeps an own name, or birth date, keeps it because there is one: a source has another.
    const weighed = (before.name === null ? 0 : fields.name) | (before.born === null ? 0 : fields.born);
    touch(touches, after.mergedInto, { touched: fields.identity | weighed });
    touch(touches, before.mergedInto, { touched: fields.identity, needed: fields.identity });
  }
  for (const { people, before, after } of changes.flags) {
    const written = before.isIgnored === after.isIgnored ? 0 : fields.ignored;
    for (const id of people) touch(touches, id, { written, touched: fields.identity });
  }
}
