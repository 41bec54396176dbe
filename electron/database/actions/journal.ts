/** The journal: every action of the user's as one entry with its inverse, undone and redone in any session. */

import type { JournalEntry } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type JournalEntryId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { DecisionKey, DecisionKind, DecisionStore } from '../tables/decisions.ts';
import type { FaceKey } from '../tables/faces.ts';
import {
  groupChanges,
  isEmptyChange,
  journalChangesSchema,
  journalSchemaVersion,
  type JournalChanges,
  type MembershipImage,
  type PersonFlagsImage,
  type PersonImage,
} from './journal-changes.ts';
import type { Membership, MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';
import type { RowImages } from './row-images.ts';

type Parameters = JournalEntry['parameters'];

interface EntryRow {
  readonly key: number;
  readonly id: JournalEntryId;
  readonly kind: JournalEntry['kind'];
  readonly at: string;
  readonly parameters: string;
  readonly undoneAt: string | null;
}

/** Through this an action changes rows, so that the journal learns what they were. */
export interface Recorder {
  readonly journalId: JournalEntryId;
  /** Call before a person's row is changed by other means than this recorder. */
  touchPerson(key: PersonKey): void;
  /** For thousands of people at a time, in whom nothing else changes. */
  changeFlags(key: PersonKey, flags: PersonFlagsImage): void;
  /** @returns the new person's key */
  createPerson(options: { readonly isHeld: boolean }): PersonKey;
  moveFace(faceKey: FaceKey, membership: Membership): void;
  setIgnored(faceKey: FaceKey, isIgnored: boolean): void;
  decide(kind: DecisionKind, faceKey: FaceKey, personKey: PersonKey | null): void;
  revoke(decision: DecisionKey): void;
}

const entryColumns = 'id AS key, uuid AS id, kind, at, parameters, undone_at AS undoneAt';

export type JournalStore = ReturnType<typeof createJournalStore>;

export function createJournalStore(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly images: RowImages;
  },
) {
  const { people, memberships, decisions, images } = stores;
  const insertEntry = db.prepare<[string, number, string, string, string, string]>(
    'INSERT INTO journal (uuid, schema_version, kind, at, parameters, changes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // What can no longer be done again need not be kept: it may speak of faces that were erased since.
  const discardUndone = db.prepare<[string]>(
    `UPDATE journal INDEXED BY journal_undone SET discarded_at = ?, changes = '{}'
     WHERE undone_at IS NOT NULL AND discarded_at IS NULL`,
  );
  const selectLastDone = db.prepare<[number], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_done WHERE undone_at IS NULL ORDER BY journal.id DESC LIMIT ?`,
  );
  const selectFirstUndone = db.prepare<[number], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_undone
     WHERE undone_at IS NOT NULL AND discarded_at IS NULL ORDER BY journal.id LIMIT ?`,
  );
  const selectPage = db.prepare<[number, number], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_listed
     WHERE discarded_at IS NULL ORDER BY journal.id DESC LIMIT ? OFFSET ?`,
  );
  const countListed = db
    .prepare<[], number>('SELECT count(*) FROM journal INDEXED BY journal_listed WHERE discarded_at IS NULL')
    .pluck();
  const selectChanges = db.prepare<[number], string>('SELECT changes FROM journal WHERE id = ?').pluck();
  const updateUndone = db.prepare<[string | null, number]>('UPDATE journal SET undone_at = ? WHERE id = ?');

  /**
   * Runs an action and writes its entry; an action that changed nothing leaves none.
   * @param act changes rows through the recorder alone and returns what a sentence about it needs
   */
  function record(kind: JournalEntry['kind'], act: (recorder: Recorder) => Parameters): void {
    const journalId = createId<JournalEntryId>();
    const touched = {
      people: new Map<PersonKey, PersonImage | null>(),
      flags: new Map<PersonKey, PersonFlagsImage>(),
      memberships: new Map<FaceKey, MembershipImage | null>(),
      ignored: new Map<FaceKey, boolean>(),
      decisions: new Map<DecisionKey, NonNullable<ReturnType<RowImages['readDecision']>> | null>(),
    };

    function touchPerson(key: PersonKey): void {
      if (!touched.people.has(key)) touched.people.set(key, images.readPerson(key));
    }

    const parameters = act({
      journalId,
      touchPerson,

      changeFlags(key, flags) {
        const isKnown = touched.people.has(key) || touched.flags.has(key);
        if (!isKnown) touched.flags.set(key, images.readFlags(key).image);
        images.writeFlags(key, flags);
      },

      createPerson(options) {
        const key = people.create(options);
        touched.people.set(key, null);
        return key;
      },

      moveFace(faceKey, membership) {
        const before = memberships.read(faceKey);
        if (!touched.memberships.has(faceKey)) touched.memberships.set(faceKey, images.readMembership(faceKey));
        // Either may gain or lose its cover.
        if (before !== null) touchPerson(before.personKey);
        touchPerson(membership.personKey);
        memberships.write(faceKey, membership);
      },

      setIgnored(faceKey, isIgnored) {
        if (!touched.ignored.has(faceKey)) touched.ignored.set(faceKey, images.readIgnored(faceKey));
        const membership = memberships.read(faceKey);
        if (membership !== null) touchPerson(membership.personKey);
        images.writeIgnored(faceKey, isIgnored);
      },

      decide(decisionKind, faceKey, personKey) {
        touched.decisions.set(decisions.add({ kind: decisionKind, faceKey, personKey, journalId }), null);
      },

      revoke(key) {
        if (!touched.decisions.has(key)) touched.decisions.set(key, images.readDecision(key));
        decisions.revoke(key);
      },
    });

    people.refreshCovers(touched.people.keys());
    const changes = compare(touched);
    if (isEmptyChange(changes)) return;
    keepPeople(touched.people.keys(), changes);
    discardUndone.run(now());
    insertEntry.run(
      journalId,
      journalSchemaVersion,
      kind,
      now(),
      JSON.stringify(parameters),
      JSON.stringify(changes),
    );
  }

  function compare(touched: {
    readonly people: ReadonlyMap<PersonKey, PersonImage | null>;
    readonly flags: ReadonlyMap<PersonKey, PersonFlagsImage>;
    readonly memberships: ReadonlyMap<FaceKey, MembershipImage | null>;
    readonly ignored: ReadonlyMap<FaceKey, boolean>;
    readonly decisions: ReadonlyMap<DecisionKey, NonNullable<ReturnType<RowImages['readDecision']>> | null>;
  }): JournalChanges {
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

  function readFaceId(key: FaceKey): string {
    const id = images.readFaceId(key);
    if (id === null) throw new Error(`Expected a face's row but received key ${key}`);
    return id;
  }

  /** Whatever an entry speaks of must be there when it is undone. */
  function keepPeople(touched: Iterable<PersonKey>, changes: JournalChanges): void {
    for (const key of touched) images.keepPerson(key);
    const mentioned = new Set<string | null>();
    for (const { before, after } of changes.people) {
      mentioned.add(before?.mergedInto ?? null);
      mentioned.add(after?.mergedInto ?? null);
    }
    for (const { before, after } of [...changes.memberships, ...changes.decisions]) {
      mentioned.add(before?.person ?? null);
      mentioned.add(after?.person ?? null);
    }
    for (const id of mentioned) {
      const key = images.findPerson(id);
      if (key !== null) images.keepPerson(key);
    }
  }

  /** Puts the rows of an entry into the state `side` of it. */
  function apply(entryKey: number, side: 'before' | 'after'): void {
    const changes = journalChangesSchema.parse(JSON.parse(selectChanges.get(entryKey) ?? ''));
    const touchedPeople = new Set<PersonKey>();
    for (const change of changes.people) {
      const image = change[side];
      if (image !== null) images.createPerson(change.id, image);
    }
    for (const change of changes.ignored) {
      for (const id of change.faces) {
        const faceKey = images.findFace(id);
        if (faceKey === null) continue;
        images.writeIgnored(faceKey, change[side]);
        const current = memberships.read(faceKey);
        if (current !== null) touchedPeople.add(current.personKey);
      }
    }
    for (const change of changes.memberships) {
      for (const id of change.faces) {
        const faceKey = images.findFace(id);
        if (faceKey === null) continue;
        // A clustering may have put the face elsewhere since: that person may lose its cover.
        const current = memberships.read(faceKey);
        if (current !== null) touchedPeople.add(current.personKey);
        images.writeMembership(faceKey, change[side]);
        const restored = memberships.read(faceKey);
        if (restored !== null) touchedPeople.add(restored.personKey);
      }
    }
    for (const change of changes.decisions) {
      for (const [id, faceId] of change.rows) images.writeDecision(id, faceId, change[side]);
      const key = images.findPerson(change[side]?.person ?? null);
      if (key !== null) touchedPeople.add(people.follow(key));
    }
    for (const change of changes.people) {
      const image = change[side];
      if (image === null) continue;
      images.writePerson(change.id, image);
      const key = images.findPerson(change.id);
      if (key !== null) touchedPeople.add(key);
    }
    for (const change of changes.flags) {
      for (const id of change.people) {
        const key = images.findPerson(id);
        if (key !== null) images.writeFlags(key, change[side]);
      }
    }
    // Last, when nothing of this entry refers to them any more.
    for (const change of changes.people) {
      if (change[side] !== null) continue;
      const key = images.findPerson(change.id);
      images.removePerson(change.id);
      if (key !== null) touchedPeople.add(key);
    }
    for (const key of [...touchedPeople]) forwardFaces(key, touchedPeople);
    for (const key of [...touchedPeople]) ejectRejected(key, touchedPeople);
    people.refreshCovers(touchedPeople);
    people.removeForgotten(touchedPeople);
  }

  /** Faces that a clustering gave to a person whose merge is now done again go where the others went. */
  function forwardFaces(personKey: PersonKey, touchedPeople: Set<PersonKey>): void {
    const targetKey = people.follow(personKey);
    if (targetKey === personKey) return;
    for (const faceKey of memberships.listFaces(personKey)) {
      const membership = memberships.read(faceKey);
      if (membership !== null) memberships.write(faceKey, { ...membership, personKey: targetKey });
    }
    touchedPeople.add(targetKey);
  }

  /** Two people were apart, a clustering gave the one a face that was ruled out of the other, and now they are
   *  together again: the face was never the user's choice, so it goes to a person of its own. */
  function ejectRejected(personKey: PersonKey, touchedPeople: Set<PersonKey>): void {
    for (const aliasKey of people.listAliases(personKey)) {
      for (const faceKey of decisions.listFacesRejectedFrom(aliasKey)) {
        const membership = memberships.read(faceKey);
        if (membership?.personKey !== personKey || membership.isConfirmed) continue;
        const own = people.create({ isHeld: false });
        memberships.write(faceKey, { ...membership, personKey: own, assignedAt: now() });
        touchedPeople.add(own);
      }
    }
  }

  return {
    record,

    canUndo(): boolean {
      return selectLastDone.get(1) !== undefined;
    },

    canRedo(): boolean {
      return selectFirstUndone.get(1) !== undefined;
    },

    list({ offset, limit }: ValidParams<'journal.list'>): Result<'journal.list'> {
      return { total: countListed.get() ?? 0, entries: selectPage.all(limit, offset).map(convertEntry) };
    },

    /** Undoes the last `count` entries, or as many as there are. @returns newest first */
    undo(count: number): JournalEntry[] {
      const rows = selectLastDone.all(count);
      if (rows.length === 0) throw new AppError('nothing-to-undo', 'Expected an action to undo but received none');
      const undoneAt = now();
      for (const row of rows) {
        apply(row.key, 'before');
        updateUndone.run(undoneAt, row.key);
      }
      return rows.map((row) => convertEntry({ ...row, undoneAt }));
    },

    /** Does the first `count` undone entries again, or as many as there are. @returns newest first */
    redo(count: number): JournalEntry[] {
      const rows = selectFirstUndone.all(count);
      if (rows.length === 0) throw new AppError('nothing-to-redo', 'Expected an action to redo but received none');
      for (const row of rows) {
        apply(row.key, 'after');
        updateUndone.run(null, row.key);
      }
      return rows.reverse().map((row) => convertEntry({ ...row, undoneAt: null }));
    },
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function convertEntry(row: EntryRow): JournalEntry {
  return {
    id: row.id,
    kind: row.kind,
    at: row.at,
    parameters: JSON.parse(row.parameters) as Parameters,
    isUndone: row.undoneAt !== null,
  };
}
