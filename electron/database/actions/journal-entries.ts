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
  const selectEntry = db.prepare<[EntryKey], EntryRow>(`SELECT ${entryColumns} FROM journal WHERE id = ?`);
  const findEntry = db.prepare<[string], EntryRow>(
    `SELECT ${entryColumns} FROM journal WHERE uuid = ? AND discarded_at IS NULL`,
  );
  const selectLastDone = db.prepare<[], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_done WHERE undone_at IS NULL ORDER BY journal.id DESC LIMIT 1`,
  );
  const selectLastUndone = db.prepare<[], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_undone_last
     WHERE undone_at IS NOT NULL AND discarded_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM journal_exclusions x CROSS JOIN journal later ON later.id = x.entry_id
         WHERE x.earlier_id = journal.id AND later.undone_at IS NULL)
     ORDER BY undone_order DESC LIMIT 1`,
  );
  const selectPage = db.prepare<[number, number], EntryRow>(
    `SELECT ${entryColumns} FROM journal INDEXED BY journal_listed
     WHERE discarded_at IS NULL ORDER BY journal.id DESC LIMIT ? OFFSET ?`,
  );
  const countListed = db
    .prepare<[], number>('SELECT count(*) FROM journal INDEXED BY journal_listed WHERE discarded_at IS NULL')
    .pluck();
  const selectChanges = db.prepare<[EntryKey], string>('SELECT changes FROM journal WHERE id = ?').pluck();
  const markUndone = db.prepare<[string, EntryKey]>(
    `UPDATE journal SET undone_at = ?, undone_order = (SELECT coalesce(max(undone_order), 0) + 1
       FROM journal INDEXED BY journal_undone_last WHERE undone_at IS NOT NULL AND discarded_at IS NULL) WHERE id = ?`,
  );
  const markDone = db.prepare<[EntryKey]>('UPDATE journal SET undone_at = NULL, undone_order = NULL WHERE id = ?');

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

    setUndone(key: EntryKey, isUndone: boolean): JournalEntry {
      if (isUndone) markUndone.run(now(), key);
      else markDone.run(key);
      return read(key);
    },

    readLastDone(): JournalEntry | null {
      const row = selectLastDone.get();
      return row === undefined ? null : convertEntry(row);
    },

    /** But for entries that something else has taken the place of. */
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
