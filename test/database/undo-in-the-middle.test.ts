import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import type { FaceId, JournalEntryId, PersonId } from '../../electron/base/ids.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { migrations } from '../../electron/database/file/migrations/index.ts';
import {
  act,
  assign,
  dumpLibrary,
  everything,
  fillLibrary,
  findBrokenRules,
  makeFolder,
  openLibrary,
  personOf,
  undoLast,
  type FilledLibrary,
} from './library-fixture.ts';
import { actAtRandom } from './random-actions.ts';
import { faceAt, openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
let store: FilledLibrary['store'];
let one: PersonId;
let two: PersonId;
let three: PersonId;
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 4, 3);
  store = library.store;
  [one, two, three] = library.personIds as [PersonId, PersonId, PersonId];
});

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function undo(entry: JournalEntry | null, withDependents = false) {
  const { entries, dependents } = store.undo({ entryId: entry!.id, withDependents }).result;
  return { undone: entries.map(({ id }) => id), dependents: dependents.map(({ id }) => id) };
}

function redo(entry: JournalEntry | null, withDependents = false) {
  const { entries, dependents } = store.redo({ entryId: entry!.id, withDependents }).result;
  return { redone: entries.map(({ id }) => id), dependents: dependents.map(({ id }) => id) };
}

const name = (personId: PersonId, text: string) => act(store, 'people.name', { personId, name: text }).entry!;
const get = (personId: PersonId) => store.getPerson({ personId });
const isHeld = (personId: PersonId) =>
  library.connection.db.prepare<[string], number>('SELECT is_held FROM people WHERE uuid = ?').pluck().get(personId) === 1;

describe('an entry in the middle', () => {
  test.each([
    ['a birth date', () => act(store, 'people.setBorn', { personId: one, born: '1990' }).entry],
    ['a confirmation of one of their faces', () => act(store, 'faces.confirm', { faceIds: [faceOf(0, 0)] }).entry],
    ['a cover', () => act(store, 'people.chooseCover', { personId: one, faceId: faceOf(1, 0) }).entry],
    ['a rejection of one of their faces', () => act(store, 'faces.reject', { faceIds: [faceOf(0, 0)] }).entry],
    ['whether they are ignored', () => act(store, 'people.ignore', { personIds: [one] }).entry],
    ['another name', () => name(two, 'Ben')],
    ['a merge of somebody else into them', () => act(store, 'people.merge', { target: one, sources: [three] }).entry],
  ])('is taken back alone where what came later is %s', (_, later) => {
    const naming = name(one, 'Anna');
    const after = later()!;
    expect(undo(naming)).toEqual({ undone: [naming.id], dependents: [] });
    expect(get(one).name).toBe(null);
    expect(store.listJournal(everything).entries.map(({ id, isUndone }) => [id, isUndone])).toEqual([
      [after.id, false],
      [naming.id, true],
    ]);
    const state = dumpRelevant(library);
    expect(redo(naming).redone).toEqual([naming.id]);
    expect(get(one).name).toBe('Anna');
    expect(undo(naming).undone).toEqual([naming.id]);
    expect(dumpRelevant(library)).toEqual(state);
    expect(undo(after).undone).toEqual([after.id]);
    expect(isHeld(one)).toBe(false);
  });

  test.each([
    ['another name of the same person', () => name(one, 'Anna'), () => name(one, 'Andrea')],
    ['a merge that brought the named one into somebody else', () => name(two, 'Ben'), () => act(store, 'people.merge', { target: one, sources: [two] }).entry],
    ['a merge that kept the name for another', () => [name(one, 'Anna'), name(two, 'Ben')][0]!, () => act(store, 'people.merge', { target: one, sources: [two] }).entry],
    ['a rejection of a merged face', () => act(store, 'people.merge', { target: one, sources: [two] }).entry, () => act(store, 'faces.reject', { faceIds: [faceOf(0, 1)] }).entry],
    ['a face moved to a person that it made', () => act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: null }).entry, () => act(store, 'faces.move', { faceIds: [faceOf(1, 0)], personId: personOf(library, faceOf(0, 0)) }).entry],
    ['a cover of a face that it moved', () => act(store, 'faces.move', { faceIds: [faceOf(0, 0)], personId: two }).entry, () => act(store, 'people.chooseCover', { personId: two, faceId: faceOf(0, 0) }).entry],
    ['a restoring of whom it ignored', () => act(store, 'people.ignore', { personIds: [one] }).entry, () => act(store, 'people.restore', { personIds: [one] }).entry],
    ['a confirmation of all faces of a person, of which it confirmed one', () => act(store, 'faces.confirm', { faceIds: [faceOf(0, 0)] }).entry, () => act(store, 'people.confirm', { personIds: [one] }).entry],
    ['two people told apart one of whom it gave a face', () => act(store, 'faces.move', { faceIds: [faceOf(0, 2), faceOf(1, 2), faceOf(2, 2)], personId: null }).entry, () => act(store, 'review.answer', { first: personOf(library, faceOf(0, 2))!, second: one, answer: 'no' }).entry],
    ['a merge of the person that it took a face from', () => act(store, 'faces.reject', { faceIds: [faceOf(0, 1)] }).entry, () => act(store, 'people.merge', { target: one, sources: [two] }).entry],
  ])('goes only along with %s', (_, earlier, later) => {
    const before = dumpRelevant(library);
    const first = earlier()!;
    const kept = store.listJournal(everything).entries.filter(({ id }) => id !== first.id);
    const second = later()!;
    const after = dumpRelevant(library);
    expect(undo(first)).toEqual({ undone: [], dependents: [second.id] });
    expect(dumpRelevant(library)).toEqual(after);
    expect(undo(first, true)).toEqual({ undone: [second.id, first.id], dependents: [] });
    // What stands in the way of the second is the first, undone as it is.
    expect(redo(second)).toEqual({ redone: [], dependents: [first.id] });
    expect(redo(second, true)).toEqual({ redone: [first.id, second.id], dependents: [] });
    expect(dumpRelevant(library)).toEqual(after);
    undo(first, true);
    for (const entry of kept) undo(entry);
    expect(dumpRelevant(library)).toEqual(before);
  });

  test('lets a confirmation go that a merge has carried along since', () => {
    const confirmation = act(store, 'faces.confirm', { faceIds: [faceOf(0, 1)] }).entry;
    const merge = act(store, 'people.merge', { target: one, sources: [two] }).entry;
    expect(get(one)).toMatchObject({ faceCount: 8, confirmedCount: 1 });
    expect(undo(confirmation).dependents).toEqual([]);
    expect(get(one)).toMatchObject({ faceCount: 8, confirmedCount: 0 });
    expect(redo(confirmation).dependents).toEqual([]);
    expect(get(one)).toMatchObject({ faceCount: 8, confirmedCount: 1 });
    undo(confirmation);
    undo(merge);
    expect(get(two)).toMatchObject({ faceCount: 4, confirmedCount: 0 });
  });

  test('keeps a person held as long as anything that was said of them is', () => {
    const naming = name(one, 'Anna');
    const birth = act(store, 'people.setBorn', { personId: one, born: '1990' }).entry;
    undo(naming);
    expect(isHeld(one)).toBe(true);
    expect(assign(library, [{ faceId: faceOf(0, 0), person: two }])).toEqual({ moved: 0, left: 1 });
    undo(birth);
    expect(isHeld(one)).toBe(false);
    redo(naming);
    expect(isHeld(one)).toBe(true);
  });

  test('of a hundred names is taken back by itself', () => {
    const entries = Array.from({ length: 100 }, (_, index) => name([one, two, three][index % 3]!, `Name ${index}`));
    expect(undo(entries[98]!).dependents).toEqual([]);
    expect(undo(entries[0]!).dependents).toHaveLength(33);
    expect(get(three).name).toBe('Name 95');
  });
});

/** What an entry is responsible for: a cover that nobody chose and what noted its last change are found anew. */
function dumpRelevant(of: Pick<FilledLibrary, 'connection'>) {
  const { people, memberships, ...rest } = dumpLibrary(of) as unknown as Record<string, Record<string, unknown>[]>;
  return {
    ...rest,
    people: people!.map(({ cover_face_id: cover, ...person }) => ({ ...person, cover: person.is_cover_chosen === 1 ? cover : null })),
    memberships: memberships!.map(({ source: _, assigned_at: __, ...membership }) => membership),
  };
}

describe('any order of undoing and doing again', () => {
  let folder: ReturnType<typeof makeFolder>;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  const listEntries = (of: FilledLibrary): JournalEntry[] => of.store.listJournal(everything).entries;

  function stepAtRandom(of: FilledLibrary, random: Random): void {
    const entries = listEntries(of);
    const entry = entries[Math.floor(random() * entries.length)]!;
    const direction = entry.isUndone ? 'redo' : 'undo';
    const before = dumpLibrary(of);
    const refused = of.store[direction]({ entryId: entry.id, withDependents: false }).result;
    if (refused.dependents.length > 0) {
      expect(refused.entries).toEqual([]);
      expect(dumpLibrary(of)).toEqual(before);
      const named = new Set(refused.dependents.map(({ id }) => id));
      if (random() < 0.5) return;
      const { entries: stepped } = of.store[direction]({ entryId: entry.id, withDependents: true }).result;
      expect(new Set(stepped.map(({ id }) => id))).toEqual(new Set([...named, entry.id]));
    }
    expect(listEntries(of).find(({ id }) => id === entry.id)!.isUndone).toBe(!entry.isUndone);
    expect(findBrokenRules(of)).toEqual([]);
  }

  /** Undoes what is done, newest first. */
  function unwind(of: FilledLibrary): JournalEntryId[] {
    const done = listEntries(of).filter(({ isUndone }) => !isUndone).map(({ id }) => id);
    expect(undoLast(of.store, done.length + 1).map(({ id }) => id)).toEqual(done);
    return done;
  }

  /** Does entries again, oldest first: none stands in another's way. */
  function rewind(of: FilledLibrary, entryIds: readonly JournalEntryId[]): void {
    for (const entryId of entryIds.toReversed()) {
      expect(of.store.redo({ entryId, withDependents: false }).result).toMatchObject({ entries: [{ id: entryId }], dependents: [] });
    }
  }

  test.each(Array.from({ length: 12 }, (_, index) => index + 21))('leads to the library that the entries say (seed %i)', (seed) => {
    const random = createRandom(seed);
    const opened = fillLibrary(openLibrary(folder.path), 8, 5);
    const initial = dumpRelevant(opened);
    for (let round = 0; round < 12; round++) {
      for (let step = 0; step < 5; step++) actAtRandom(opened, random);
      for (let step = 0; step < 6; step++) stepAtRandom(opened, random);
      const state = dumpRelevant(opened);
      const done = unwind(opened);
      expect(dumpRelevant(opened)).toEqual(initial);
      rewind(opened, done);
      expect(dumpRelevant(opened)).toEqual(state);
      expect(findBrokenRules(opened)).toEqual([]);
    }
    opened.store.close();
  });
});

describe('a library from before entries said what they are about', () => {
  test.each([41, 42, 43, 44])('learns it of all entries from their rows (seed %i)', (seed) => {
    const folder = makeFolder();
    const random = createRandom(seed);
    const newer = fillLibrary(openLibrary(folder.path), 8, 5);
    for (let step = 0; step < 60; step++) actAtRandom(newer, random);
    undoLast(newer.store, 3);
    const readTouches = (of: Pick<FilledLibrary, 'connection'>) =>
      of.connection.db
        .prepare<[], [string, number, number, number]>(
          'SELECT hex(subject), entry_id, written, needed FROM journal_touches WHERE written + needed > 0 ORDER BY 1, 2',
        )
        .raw()
        .all();
    const readHeld = (of: Pick<FilledLibrary, 'connection'>) =>
      of.connection.db.prepare<[], string>('SELECT DISTINCT hex(subject) FROM journal_touches WHERE touched & 32 ORDER BY 1').pluck().all();
    const [touches, held] = [readTouches(newer), readHeld(newer)];
    expect(touches.length).toBeGreaterThan(100);
    newer.connection.db.exec(`
      DROP TABLE journal_touches;
      DROP TABLE journal_exclusions;
      DROP INDEX journal_undone_last;
      ALTER TABLE journal DROP COLUMN undone_order`);
    newer.connection.db.exec(migrations.find(({ version }) => version === 9)!.sql);
    newer.store.close();
    const migrated = openLibrary(folder.path);
    expect(readTouches(migrated)).toEqual(touches);
    expect(readHeld(migrated)).toEqual(held);
    expect(undoLast(migrated.store, 100).length).toBeGreaterThan(20);
    expect(migrated.connection.db.prepare('SELECT count(*) FROM people WHERE is_held').pluck().get()).toBe(0);
    migrated.store.close();
    folder.remove();
  });
});
