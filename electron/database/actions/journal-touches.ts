/** The table of what each journal entry is about, and which entries build on each other by it. */

import type { Connection } from '../file/connection.ts';
import type { EntryKey } from './journal-entries.ts';
import { fields, type Touches } from './touched-fields.ts';

export type JournalTouches = ReturnType<typeof createJournalTouches>;

export function createJournalTouches({ db }: Connection) {
  const insert = db.prepare<[Buffer, EntryKey, number, number, number]>(
    'INSERT INTO journal_touches (subject, entry_id, written, touched, needed) VALUES (?, ?, ?, ?, ?)',
  );
  const insertExclusion = db.prepare<[EntryKey, EntryKey]>(
    'INSERT INTO journal_exclusions (entry_id, earlier_id) VALUES (?, ?)',
  );
  const existsUndone = db
    .prepare<[], number>(
      'SELECT 1 FROM journal INDEXED BY journal_undone WHERE undone_at IS NOT NULL AND discarded_at IS NULL LIMIT 1',
    )
    .pluck();
  const [clashes, other] = [
    '((other.written & own.touched) <> 0 OR (other.touched & own.written) <> 0)',
    `FROM journal_touches own INDEXED BY journal_touches_by_entry
       CROSS JOIN journal_touches other ON other.subject = own.subject AND other.entry_id`,
  ];
  const isDone = 'CROSS JOIN journal j ON j.id = other.entry_id AND j.undone_at IS NULL';
  const isUndone = 'CROSS JOIN journal j ON j.id = other.entry_id AND j.undone_at IS NOT NULL AND j.discarded_at IS NULL';
  const selectDependents = db
    .prepare<[EntryKey], EntryKey>(
      `SELECT DISTINCT other.entry_id ${other} > own.entry_id
         AND ((other.touched & own.written) <> 0 OR (other.written & own.needed) <> 0) ${isDone} WHERE own.entry_id = ?`,
    )
    .pluck();
  const selectUndoneClashes = db
    .prepare<[EntryKey], EntryKey>(`SELECT DISTINCT other.entry_id ${other} < own.entry_id AND ${clashes} ${isUndone} WHERE own.entry_id = ?`)
    .pluck();
  const selectUndoneBases = db
    .prepare<[EntryKey, EntryKey], EntryKey>(
      `SELECT DISTINCT other.entry_id ${other} < own.entry_id AND ((other.written & own.touched) <> 0 OR (other.needed & own.written) <> 0) ${isUndone}
       WHERE own.entry_id = ?
         AND NOT EXISTS (SELECT 1 FROM journal_exclusions x WHERE x.entry_id = ? AND x.earlier_id = other.entry_id)`,
    )
    .pluck();
  const selectExcluding = db
    .prepare<[EntryKey, EntryKey], EntryKey>(
      `SELECT x.earlier_id FROM journal_exclusions x CROSS JOIN journal j ON j.id = x.earlier_id AND j.undone_at IS NULL
       WHERE x.entry_id = ?
       UNION ALL
       SELECT x.entry_id FROM journal_exclusions x CROSS JOIN journal j ON j.id = x.entry_id AND j.undone_at IS NULL
       WHERE x.earlier_id = ?`,
    )
    .pluck();
  const selectHeld = db
    .prepare<[EntryKey], string>(
      `SELECT lower(hex(subject)) FROM journal_touches INDEXED BY journal_touches_by_entry
       WHERE entry_id = ? AND (touched & ${fields.held}) <> 0`,
    )
    .pluck();
  const isHeld = db
    .prepare<[Buffer], number>(
      `SELECT EXISTS (SELECT 1 FROM journal_touches t CROSS JOIN journal j ON j.id = t.entry_id AND j.undone_at IS NULL
         WHERE t.subject = ? AND (t.touched & ${fields.held}) <> 0)`,
    )
    .pluck();

  return {
    /** Keeps what a new entry is about. Whatever is undone and clashes with it had no say in it: of the two only one
     *  can be done from now on. */
    add(key: EntryKey, touches: Touches): void {
      // In the order of the table, so that its pages are written once.
      const rows = [...touches].map(([id, row]) => ({ subject: packId(id), ...row }));
      rows.sort((one, other) => Buffer.compare(one.subject, other.subject));
      for (const { subject, written, touched, needed } of rows) insert.run(subject, key, written, touched, needed);
      if (existsUndone.get() !== 1) return;
      for (const earlier of selectUndoneClashes.all(key)) insertExclusion.run(key, earlier);
    },

    /** Done entries that build on this one: later ones that changed or relied on what it changed. */
    listDependents: (key: EntryKey): EntryKey[] => selectDependents.all(key),

    /** Done entries that this one, undone, would run into. Whatever else was done after it neither built on it nor was
     *  in its way, so it goes back to where it stood. */
    listObstacles: (key: EntryKey): EntryKey[] => selectExcluding.all(key, key),

    /** Undone entries that this one builds on. */
    listBases: (key: EntryKey): EntryKey[] => selectUndoneBases.all(key, key),

    /** People of whom the entry says that no clustering may take a face from them. */
    listHeld: (key: EntryKey): string[] => selectHeld.all(key).map(unpackId),

    /** Whether any entry that is done says so. */
    isHeld: (personId: string): boolean => isHeld.get(packId(personId)) === 1,
  };
}

function packId(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function unpackId(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
