/** The journal's own table: entries in the order in which they were first done, and which of them are undone. */

import type { JournalEntry } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { JournalEntryId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { journalChangesSchema, journalSchemaVersion, type JournalChanges } from './journal-changes.ts';

export type EntryParameters = JournalEntry['parameters'];

/** An entry's row id, which says when it was first done; never leaves this folder. */
export type EntryKey = number;

export interface EntryRow {
  readonly key: EntryKey;
  readonly id: JournalEntryId;
  readonly kind: JournalEntry['kind'];
  readonly at: string;
  readonly parameters: string;
  readonly undoneAt: string | null;
}

const entryColumns = 'id AS key, uuid AS id, kind, at, parameters, undone_at AS undoneAt';

export type JournalEntries = ReturnType<typeof createJournalEntries>;

export function createJournalEntries({ db, now }: Connection) {
  const insertEntry = db.prepare<[string, number, string, string, string, string]>(
    'INSERT INTO journal (uuid, schema_version, kind, at, parameters, changes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // What can no longer be done again need not be kept: it may speak of faces that were erased since.
  const discardUndone = db.prepare<[string]>(
    `UPDATE journal INDEXED BY journal_undone SET discarded_at = ?, changes = '{}'
     WHERE undone_at IS NOT NULL AND discarded_at IS NULL`,
  );
  const selectEntry = db.prepare<[EntryKey], EntryRow>(`SELECT ${entryColumns} FROM journal WHERE id = ?`);
  const findEntry = db.prepare<[string], EntryRow>(
    `SELECT ${entryColumns} FROM journal WHERE uuid = ? AND discarded_at IS NULL`,
  );
  const selectLastDone = db.prepare<[], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_done WHERE undone_at IS NULL ORDER BY journal.id DESC LIMIT 1`,
  );
  const selectLastUndone = db.prepare<[], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_undone
     WHERE undone_at IS NOT NULL AND discarded_at IS NULL ORDER BY journal.id LIMIT 1`,
  );
  const selectPage = db.prepare<[number, number], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_listed
     WHERE discarded_at IS NULL ORDER BY journal.id DESC LIMIT ? OFFSET ?`,
  );
  const countListed = db
    .prepare<[], number>('SELECT count(*) FROM journal INDEXED BY journal_listed WHERE discarded_at IS NULL')
    .pluck();
  const listDoneAfter = db
    .prepare<[EntryKey], EntryKey>(
      'SELECT id FROM journal INDEXED BY journal_done WHERE undone_at IS NULL AND id > ? ORDER BY id DESC',
    )
    .pluck();
  const listUndoneBefore = db
    .prepare<[EntryKey], EntryKey>(
      `SELECT id FROM journal INDEXED BY journal_undone
       WHERE undone_at IS NOT NULL AND discarded_at IS NULL AND id < ? ORDER BY id DESC`,
    )
    .pluck();
  const selectChanges = db.prepare<[EntryKey], string>('SELECT changes FROM journal WHERE id = ?').pluck();
  const updateUndone = db.prepare<[string | null, EntryKey]>('UPDATE journal SET undone_at = ? WHERE id = ?');

  function read(key: EntryKey): JournalEntry {
    const row = selectEntry.get(key);
    if (row === undefined) throw new AppError('internal', `Expected a journal entry but received key ${key}`);
    return convertEntry(row);
  }

  return {
    read,

    /** @throws AppError "not-found" */
    resolve(entryId: JournalEntryId): { key: EntryKey; isUndone: boolean } {
      const row = findEntry.get(entryId);
      if (row !== undefined) return { key: row.key, isUndone: row.undoneAt !== null };
      throw new AppError('not-found', `Expected an entry of the journal but received ${entryId}`, {
        parameters: { kind: 'journal-entry', id: entryId },
      });
    },

    add(id: JournalEntryId, kind: JournalEntry['kind'], parameters: EntryParameters, changes: JournalChanges): EntryKey {
      discardUndone.run(now());
      const { lastInsertRowid } = insertEntry.run(
        id,
        journalSchemaVersion,
        kind,
        now(),
        JSON.stringify(parameters),
        JSON.stringify(changes),
      );
      return Number(lastInsertRowid);
    },

    readChanges(key: EntryKey): JournalChanges {
      return journalChangesSchema.parse(JSON.parse(selectChanges.get(key) ?? ''));
    },

    /** Newest first. */
    listDoneAfter: (key: EntryKey): EntryKey[] => listDoneAfter.all(key),

    /** Newest first. */
    listUndoneBefore: (key: EntryKey): EntryKey[] => listUndoneBefore.all(key),

    setUndone(key: EntryKey, isUndone: boolean): JournalEntry {
      updateUndone.run(isUndone ? now() : null, key);
      return read(key);
    },

    readLastDone(): JournalEntry | null {
      const row = selectLastDone.get();
      return row === undefined ? null : convertEntry(row);
    },

    readLastUndone(): JournalEntry | null {
      const row = selectLastUndone.get();
      return row === undefined ? null : convertEntry(row);
    },

    list({ offset, limit }: ValidParams<'journal.list'>): Result<'journal.list'> {
      return { total: countListed.get() ?? 0, entries: selectPage.all(limit, offset).map(convertEntry) };
    },
  };
}

function convertEntry(row: EntryRow): JournalEntry {
  return {
    id: row.id,
    kind: row.kind,
    at: row.at,
    parameters: JSON.parse(row.parameters) as EntryParameters,
    isUndone: row.undoneAt !== null,
  };
}
