/** What each journal entry is about, so that one in the middle can be taken back; filled for the entries there are. */

import type { Migration } from './migration.ts';

const bits = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** All bits of a group's rows: SQLite has no such aggregate. */
const gather = (column: string): string => bits.map((bit) => `max(${column} & ${bit})`).join(' + ');

const person = "json_each(j.changes, '$.people') c";
const before = (name: string): string => `(c.value ->> '$.before.${name}')`;
const after = (name: string): string => `(c.value ->> '$.after.${name}')`;
const differs = (name: string): string => `(${before(name)} IS NOT ${after(name)})`;
const isNew = "(c.value ->> '$.before' IS NULL OR c.value ->> '$.after' IS NULL)";
const isCoverChanged = `(${differs('cover')} OR ${differs('isCoverChosen')})`;
const isCoverChosen = `(${before('isCoverChosen')} OR ${after('isCoverChosen')})`;

export const journalTouches: Migration = {
  version: 9,
  sql: `
    -- Bits: 1 that a person is there, 2 name, 4 birth date, 8 chosen cover, 16 whether ignored, 32 that it is held;
    -- 64 where a face is, 128 whether confirmed, 256 whether out of sight; 512 a decision.
    CREATE TABLE journal_touches (
      -- The id of a person, a face or a decision, without hyphens.
      subject BLOB NOT NULL CHECK (length(subject) = 16),
      entry_id INTEGER NOT NULL REFERENCES journal (id),
      -- What the entry changed, what it changed or relied on, and what else has to stay for it to be taken back.
      written INTEGER NOT NULL,
      touched INTEGER NOT NULL,
      needed INTEGER NOT NULL,
      PRIMARY KEY (subject, entry_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX journal_touches_by_entry ON journal_touches (entry_id, subject, written, touched, needed);

    -- Earlier entries that were undone when an entry that clashes with them was done: never both are done.
    CREATE TABLE journal_exclusions (
      entry_id INTEGER NOT NULL REFERENCES journal (id),
      earlier_id INTEGER NOT NULL REFERENCES journal (id),
      PRIMARY KEY (entry_id, earlier_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX journal_exclusions_by_earlier ON journal_exclusions (earlier_id);

    -- Says in which order entries were undone: clocks go back.
    ALTER TABLE journal ADD COLUMN undone_order INTEGER;
    UPDATE journal SET undone_order = -id WHERE undone_at IS NOT NULL;
    CREATE INDEX journal_undone_last ON journal (undone_order) WHERE undone_at IS NOT NULL AND discarded_at IS NULL;

    WITH raw (subject, entry_id, written, touched, needed) AS (
      SELECT c.value ->> '$.id', j.id,
        CASE WHEN ${isNew} THEN 31 ELSE
          ${differs('mergedInto')} + 2 * ${differs('name')} + 4 * ${differs('born')}
            + 8 * (${isCoverChanged} AND ${isCoverChosen}) + 16 * ${differs('isIgnored')} END,
        CASE WHEN ${isNew} OR ${differs('mergedInto')} THEN 31 ELSE
          1 + 2 * ${differs('name')} + 4 * ${differs('born')} + 8 * ${isCoverChanged} + 16 * ${differs('isIgnored')} END
          + 32 * coalesce(${after('isHeld')}, 0), 0
      FROM journal j, ${person} WHERE j.discarded_at IS NULL
      UNION ALL
      -- A merge weighed the target's name and birth date where a source has its own.
      SELECT ${after('mergedInto')}, j.id, 0, 1 + 2 * (${before('name')} IS NOT NULL) + 4 * (${before('born')} IS NOT NULL), 0
      FROM journal j, ${person} WHERE j.discarded_at IS NULL AND ${differs('mergedInto')} AND ${after('mergedInto')} IS NOT NULL
      UNION ALL
      SELECT ${after('cover')}, j.id, 0, 64 + 256, 0
      FROM journal j, ${person} WHERE j.discarded_at IS NULL AND ${isCoverChanged} AND ${after('isCoverChosen')}
        AND ${after('cover')} IS NOT NULL
      UNION ALL
      SELECT f.value, j.id, 16 * (c.value ->> '$.before.isIgnored' IS NOT c.value ->> '$.after.isIgnored'),
        1 + 16 * (c.value ->> '$.before.isIgnored' IS NOT c.value ->> '$.after.isIgnored') + 32 * (c.value ->> '$.after.isHeld'), 0
      FROM journal j, json_each(j.changes, '$.flags') c, json_each(c.value, '$.people') f WHERE j.discarded_at IS NULL
      UNION ALL
      SELECT f.value, j.id,
        64 * ${differs('person')} + 128 * (coalesce(${before('isConfirmed')}, 0) <> coalesce(${after('isConfirmed')}, 0)),
        64 + 128 * (coalesce(${before('isConfirmed')}, 0) <> coalesce(${after('isConfirmed')}, 0)), 0
      FROM journal j, json_each(j.changes, '$.memberships') c, json_each(c.value, '$.faces') f WHERE j.discarded_at IS NULL
      UNION ALL
      SELECT ${before('person')}, j.id, 0, 1, ${differs('person')}
      FROM journal j, json_each(j.changes, '$.memberships') c WHERE j.discarded_at IS NULL AND ${before('person')} IS NOT NULL
      UNION ALL
      SELECT ${after('person')}, j.id, 0, 1, 0
      FROM journal j, json_each(j.changes, '$.memberships') c WHERE j.discarded_at IS NULL AND ${after('person')} IS NOT NULL
      UNION ALL
      SELECT f.value, j.id, 256, 256, 0
      FROM journal j, json_each(j.changes, '$.ignored') c, json_each(c.value, '$.faces') f WHERE j.discarded_at IS NULL
      UNION ALL
      SELECT f.value ->> '$[0]', j.id, 512, 512, 0
      FROM journal j, json_each(j.changes, '$.decisions') c, json_each(c.value, '$.rows') f WHERE j.discarded_at IS NULL
      UNION ALL
      SELECT f.value ->> '$[1]', j.id, 0, 64, 0
      FROM journal j, json_each(j.changes, '$.decisions') c, json_each(c.value, '$.rows') f
      WHERE j.discarded_at IS NULL AND coalesce(${after('kind')}, ${before('kind')}) <> 'ignored'
      UNION ALL
      -- Whoever a face was ruled out of is held, but where it was only moved elsewhere.
      SELECT coalesce(${after('person')}, ${before('person')}), j.id, 0, 1 + 32 * coalesce(${after('kind')} = 'rejected' AND c.value ->> '$.before' IS NULL AND j.kind <> 'move-faces', 0), 0
      FROM journal j, json_each(j.changes, '$.decisions') c
      WHERE j.discarded_at IS NULL AND coalesce(${after('person')}, ${before('person')}) IS NOT NULL
      UNION ALL
      SELECT p.value, j.id, 0, 32, 0
      FROM journal j, json_each(j.parameters) p
      WHERE j.discarded_at IS NULL AND p.key IN ('person', 'other') AND p.type = 'text'
        AND (j.kind IN ('name-person', 'merge-people', 'move-faces', 'tell-apart', 'split-person', 'recluster-person')
          OR j.kind = 'set-born' AND j.parameters ->> '$.born' IS NOT NULL)
    )
    INSERT INTO journal_touches (subject, entry_id, written, touched, needed)
    SELECT unhex(replace(subject, '-', '')), entry_id, ${gather('written')}, ${gather('touched')}, ${gather('needed')}
    FROM raw WHERE length(replace(subject, '-', '')) = 32 GROUP BY subject, entry_id;
  `,
};
