/** What a journal entry holds: rows as they were before an action and after it, by stable ids alone. */

import { z } from 'zod';

/** Raised when the shapes below change; entries of older versions must stay readable. */
export const journalSchemaVersion = 2;

const personImageSchema = z.object({
  /** The row id: where people of equal size stand in lists. */
  row: z.number(),
  name: z.string().nullable(),
  born: z.string().nullable(),
  cover: z.string().nullable(),
  isCoverChosen: z.boolean(),
  isIgnored: z.boolean(),
  isHeld: z.boolean(),
  mergedInto: z.string().nullable(),
  createdAt: z.string(),
});
export type PersonImage = z.output<typeof personImageSchema>;

const membershipImageSchema = z.object({
  person: z.string(),
  isConfirmed: z.boolean(),
  source: z.enum(['clustering', 'user', 'imported']),
  assignedAt: z.string(),
});
export type MembershipImage = z.output<typeof membershipImageSchema>;

const decisionImageSchema = z.object({
  kind: z.enum(['confirmed', 'rejected', 'moved', 'ignored', 'left-open']),
  person: z.string().nullable(),
  journalId: z.string().nullable(),
  madeAt: z.string(),
  revokedAt: z.string().nullable(),
});
export type DecisionImage = z.output<typeof decisionImageSchema>;

/** Of a person in whom nothing else changed: the images of 100,000 would be 50 MB. */
const personFlagsSchema = z.object({ isIgnored: z.boolean(), isHeld: z.boolean() });
export type PersonFlagsImage = z.output<typeof personFlagsSchema>;

/** Null stands for no row. Rows that changed alike share one change: a merge of thousands of faces is one line. */
export const journalChangesSchema = z.object({
  people: z.array(
    z.object({ id: z.string(), before: personImageSchema.nullable(), after: personImageSchema.nullable() }),
  ),
  /** Since version 2. */
  flags: z
    .array(z.object({ people: z.array(z.string()), before: personFlagsSchema, after: personFlagsSchema }))
    .default([]),
  memberships: z.array(
    z.object({
      faces: z.array(z.string()),
      before: membershipImageSchema.nullable(),
      after: membershipImageSchema.nullable(),
    }),
  ),
  ignored: z.array(z.object({ faces: z.array(z.string()), before: z.boolean(), after: z.boolean() })),
  decisions: z.array(
    z.object({
      /** Pairs of the decision's and its face's id. */
      rows: z.array(z.tuple([z.string(), z.string()])),
      before: decisionImageSchema.nullable(),
      after: decisionImageSchema.nullable(),
    }),
  ),
});
export type JournalChanges = z.output<typeof journalChangesSchema>;

export function isEmptyChange(changes: JournalChanges): boolean {
  const { people, flags, memberships, ignored, decisions } = changes;
  return people.length + flags.length + memberships.length + ignored.length + decisions.length === 0;
}

/** Puts rows with equal images together. */
export function groupChanges<Row, Image>(
  rows: readonly { readonly row: Row; readonly before: Image; readonly after: Image }[],
): { rows: Row[]; before: Image; after: Image }[] {
  const groups = new Map<string, { rows: Row[]; before: Image; after: Image }>();
  for (const { row, before, after } of rows) {
    const key = JSON.stringify([before, after]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rows: [row], before, after });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

