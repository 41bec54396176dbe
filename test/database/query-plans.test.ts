import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection, type Connection } from '../../electron/database/file/connection.ts';
import { createLibraryStore } from '../../electron/database/store.ts';
import { fillLibrary, makeFolder, openLibrary } from './library-fixture.ts';

/** Tables that grow with the library; the others stay small. */
const largeTables = [
  'photos',
  'locations',
  'analyses',
  'faces',
  'embeddings',
  'people',
  'person_search_keys',
  'memberships',
  'journal',
  'journal_touches',
  'decisions',
  'cluster_members',
  'clusters',
];

let folder: ReturnType<typeof makeFolder>;
let connection: Connection;
/** Every statement that the library prepares. */
const statements: string[] = [];

beforeAll(() => {
  folder = makeFolder();
  fillLibrary(openLibrary(folder.path), 20, 10).store.close();
  connection = openConnection({ libraryFolder: folder.path });
  // With statistics the planner chooses as it would in a library that has been closed before.
  connection.db.exec('ANALYZE');
  const { prepare } = connection.db;
  connection.db.prepare = ((source: string) => {
    statements.push(source);
    return prepare.call(connection.db, source);
  }) as typeof prepare;
  createLibraryStore(connection);
  connection.db.prepare = prepare;
});
afterAll(() => {
  connection.db.close();
  folder.remove();
});

function explain(source: string): string[] {
  const parameters = Array.from(source.matchAll(/\?/g), () => null);
  return connection.db
    .prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${source}`)
    .all(...parameters)
    .map((row) => row.detail);
}

function find(pattern: RegExp): string {
  const found = statements.filter((source) => pattern.test(source));
  expect(found).toHaveLength(1);
  return found[0] as string;
}

describe('query plans', () => {
  test('read no large table from end to end, except where all of it is wanted', () => {
    const whole = [
      // All embeddings of a pack, in the order of the table.
      /FROM embeddings NOT INDEXED/,
      // Totals, from the smallest index.
      /SELECT \(SELECT count\(\*\) FROM faces\)/,
      /^SELECT count\(\*\) FROM photos$/,
      // All rejections, all forwards, all that was undone: partial indexes that hold nothing else.
      /INDEXED BY decisions_rejected/,
      /INDEXED BY decisions_left_open\s+WHERE kind = 'left-open' AND revoked_at IS NULL AND face_id IS NOT NULL$/,
      /SELECT id, merged_into FROM people WHERE merged_into IS NOT NULL/,
      // A clustering is of the whole library: its input by content, and where its faces were.
      /ORDER BY ph\.content_hash/,
      /LEFT JOIN cluster_members cm ON cm\.face_id = f\.id$/,
      /^UPDATE clusters SET clustering_id/,
      /^SELECT id FROM clusters$/,
    ];
    const scans = new RegExp(`^SCAN (${largeTables.join('|')}|p|ph|f|m|e|d|l|a|c|cm|pe)( |$)`);
    const offenders = statements
      .filter((source) => !whole.some((pattern) => pattern.test(source)))
      .flatMap((source) =>
        explain(source)
          // Walking an index in the order of a list is not a scan of the table: it ends with the page.
          .filter((detail) => scans.test(detail) && !(/USING (COVERING )?INDEX/.test(detail) && /LIMIT|count/.test(source)))
          .filter((detail) => !/^SCAN f$/.test(detail) || !/ORDER BY f\.id LIMIT/.test(source))
          .map((detail) => ({ detail, source })),
      );
    expect(offenders).toEqual([]);
  });

  test.each([
    ['people, largest first', /INDEXED BY people_shown_by_size.*ORDER BY/s, 'people_shown_by_size'],
    ['ignored people', /INDEXED BY people_ignored_by_size.*ORDER BY/s, 'people_ignored_by_size'],
    ['unnamed people', /INDEXED BY people_unnamed_by_size.*ORDER BY/s, 'people_unnamed_by_size'],
    ['named people', /INDEXED BY people_named_by_size.*ORDER BY/s, 'people_named_by_size'],
    ["a person's photos", /GROUP BY timeline, photo_id/, 'memberships_by_person'],
    ['all photos', /SELECT uuid FROM photos ORDER BY timeline/, 'photos_by_timeline'],
    ['the export of a person', /\(m\.timeline, m\.photo_id, m\.face_id\) >/, 'memberships_by_person'],
    ['failures', /FROM failures f INDEXED BY/, 'failures_by_path'],
    ['the journal', /INDEXED BY journal_listed\s+WHERE discarded_at IS NULL ORDER BY/, 'journal_listed'],
  ])('give %s page by page from an index, without sorting', (_, pattern, index) => {
    const plan = explain(find(pattern));
    expect(plan.some((detail) => detail.includes(index))).toBe(true);
    expect(plan.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
  });

  test.each([
    ["a person's", /FROM \(SELECT face_id FROM memberships/, /SEARCH memberships USING COVERING INDEX memberships_by_person/],
    ['all', /FROM \(SELECT seen\.id FROM photos/, /SEARCH seen USING COVERING INDEX faces_by_photo/],
  ])('skip to a page of %s faces inside an index, and sort no more than that page', (_, pattern, step) => {
    const plan = explain(find(pattern));
    const page = plan.slice(0, plan.findIndex((detail) => detail === 'SCAN page'));
    expect(page).toContainEqual(expect.stringMatching(step));
    expect(page.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
  });

  test('find photos with one name at two faces through those people alone who can be in a photo twice', () => {
    const plan = explain(find(/SELECT page\.photo_id AS photoKey/));
    expect(plan).toContain('SEARCH p USING INDEX people_named_by_name (name>?)');
    expect(plan).toContainEqual(expect.stringMatching(/SEARCH other USING INDEX people_named_by_name \(name=\?\)/));
    expect(plan).toContainEqual(
      expect.stringMatching(/SEARCH m USING COVERING INDEX memberships_by_person \(person_id=\? AND is_ignored=\?\)/),
    );
    expect(plan).toContain('SEARCH ph USING INTEGER PRIMARY KEY (rowid=?)');
  });

  test('count and list strangers by size', () => {
    for (const pattern of [/SELECT count\(\*\) AS people, sum\(p\.face_count\)/, /SELECT p\.id FROM people p INDEXED BY people_shown_by_size/]) {
      expect(explain(find(pattern))).toEqual(['SEARCH p USING INDEX people_shown_by_size (face_count>? AND face_count<?)']);
    }
  });

  test('read of a person only faces from before a day', () => {
    const [first] = explain(find(/m\.timeline < \?\s+AND ph\.capture_source = 'exif'/));
    expect(first).toBe('SEARCH m USING COVERING INDEX memberships_by_person (person_id=? AND is_ignored=? AND timeline<?)');
  });

  test.each([
    ['builds on an entry', /other\.written & own\.needed/],
    ['an undone entry builds on', /NOT EXISTS \(SELECT 1 FROM journal_exclusions x WHERE x\.entry_id = \?/],
    ['clashes with a new entry', /other\.touched & own\.written\) <> 0\) CROSS JOIN journal j ON j\.id = other\.entry_id AND j\.undone_at IS NOT NULL/],
  ])('find what %s by what the entry is about, row by row', (_, pattern) => {
    const plan = explain(find(pattern));
    expect(plan.slice(0, 2)).toEqual([
      'SEARCH own USING COVERING INDEX journal_touches_by_entry (entry_id=?)',
      expect.stringMatching(/^SEARCH other USING PRIMARY KEY \(subject=\? AND entry_id[<>]\?\)$/),
    ]);
    expect(plan).toContainEqual(expect.stringMatching(/^SEARCH j USING .*rowid=\?\)$/));
  });

  test('find what was left open about a person by that person', () => {
    expect(explain(find(/SELECT id AS key, face_id AS faceKey FROM decisions/))).toEqual([
      'SEARCH decisions USING INDEX decisions_left_open (person_id=? AND face_id>?)',
    ]);
  });

  test('find the prefix of a name by its key', () => {
    const found = statements.filter((source) => source.includes('FROM person_search_keys WHERE key >='));
    expect(found).toHaveLength(3);
    for (const plan of found.map(explain)) {
      expect(plan).toContainEqual(expect.stringMatching(/SEARCH person_search_keys USING PRIMARY KEY \(key>\? AND key<\?\)/));
      expect(plan).toContain('SEARCH p USING INTEGER PRIMARY KEY (rowid=?)');
    }
  });

  test.each(['people_shown_by_size', 'people_named_by_size', 'people_unnamed_by_size', 'people_ignored_by_size', 'people_all_named_by_size'])(
    'count the people of a list from %s alone',
    (index) => {
      const found = statements.filter((source) => source.includes(`count(*) FROM people p INDEXED BY ${index}`));
      expect(found.length).toBeGreaterThan(0);
      for (const source of found) expect(explain(source)).toEqual([expect.stringContaining(index)]);
    },
  );

  test('count a person from the index of its memberships', () => {
    const plan = explain(
      `SELECT 1 FROM memberships WHERE person_id = ? AND is_ignored = 0 AND timeline = ? AND photo_id = ? AND face_id <> ?`,
    );
    expect(plan).toEqual([
      'SEARCH memberships USING COVERING INDEX memberships_by_person (person_id=? AND is_ignored=? AND timeline=? AND photo_id=?)',
    ]);
  });
});
