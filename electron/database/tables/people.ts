/** People as lists show them: summaries, search, covers, and the ids that forward after a merge. */

import type { PersonSummary } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type FaceId, type PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { foldForSearch, listSearchKeys } from './search-keys.ts';

/** A person's row id; never leaves this folder. */
export type PersonKey = number;

interface SummaryRow {
  readonly id: PersonId;
  readonly name: string | null;
  readonly born: string | null;
  readonly faceCount: number;
  readonly photoCount: number;
  readonly confirmedCount: number;
  readonly coverFaceId: FaceId | null;
  readonly coverPictureNumber: number | null;
  readonly isCoverChosen: number;
  readonly isIgnored: number;
}

export interface PersonFlags {
  readonly name: string | null;
  readonly born: string | null;
  readonly isHeld: number;
  readonly isIgnored: number;
  readonly faceCount: number;
  readonly photoCount: number;
}

const summaryColumns = `p.uuid AS id, p.name AS name, p.born AS born, p.face_count AS faceCount, p.photo_count AS photoCount,
  p.confirmed_count AS confirmedCount, (SELECT uuid FROM faces WHERE id = p.cover_face_id) AS coverFaceId,
  (SELECT ph.picture_number FROM faces cf JOIN photos ph ON ph.id = cf.photo_id WHERE cf.id = p.cover_face_id) AS coverPictureNumber,
  p.is_cover_chosen AS isCoverChosen, p.is_ignored AS isIgnored`;

/** Each condition is word for word that of a partial index, which then gives both the order and the total. */
export const listConditions = {
  all: 'p.merged_into IS NULL AND (p.face_count > 0 OR p.name IS NOT NULL)',
  shown: 'p.merged_into IS NULL AND (p.face_count > 0 OR p.name IS NOT NULL) AND p.is_ignored = 0',
  named: 'p.merged_into IS NULL AND p.name IS NOT NULL',
  shownNamed: 'p.merged_into IS NULL AND p.name IS NOT NULL AND p.is_ignored = 0',
} as const;
const listIndexes = {
  all: 'people_by_size',
  shown: 'people_shown_by_size',
  named: 'people_all_named_by_size',
  shownNamed: 'people_named_by_size',
} as const;
type ListName = keyof typeof listConditions;

/** Larger than any character: the end of the range of keys that share a prefix. */
const prefixEnd = '\u{10ffff}';

export type PeopleStore = ReturnType<typeof createPeopleStore>;

export function createPeopleStore({ db, now }: Connection) {
  const findKey = db.prepare<[string], { id: PersonKey; mergedInto: PersonKey | null }>(
    'SELECT id, merged_into AS mergedInto FROM people WHERE uuid = ?',
  );
  const findForward = db.prepare<[PersonKey], PersonKey | null>('SELECT merged_into FROM people WHERE id = ?').pluck();
  const selectAliases = db
    .prepare<[PersonKey], PersonKey>(
      `WITH RECURSIVE aliases (id) AS (
         VALUES (?) UNION SELECT p.id FROM aliases CROSS JOIN people p ON p.merged_into = aliases.id)
       SELECT id FROM aliases`,
    )
    .pluck();
  const selectForwards = db.prepare<[], [PersonKey, PersonKey]>(
    'SELECT id, merged_into FROM people WHERE merged_into IS NOT NULL',
  ).raw();
  const selectId = db.prepare<[PersonKey], PersonId>('SELECT uuid FROM people WHERE id = ?').pluck();
  const selectSummary = db.prepare<[PersonKey], SummaryRow>(`SELECT ${summaryColumns} FROM people p WHERE p.id = ?`);
  const selectFlags = db.prepare<[PersonKey], PersonFlags>(
    `SELECT name, born, is_held AS isHeld, is_ignored AS isIgnored, face_count AS faceCount,
       photo_count AS photoCount FROM people WHERE id = ?`,
  );
  const insertPerson = db.prepare<[PersonId, number, string]>(
    'INSERT INTO people (uuid, is_held, created_at) VALUES (?, ?, ?)',
  );
  const updateName = db.prepare<[string | null, PersonKey]>('UPDATE people SET name = ? WHERE id = ?');
  const updateHeld = db.prepare<[PersonKey]>('UPDATE people SET is_held = 1 WHERE id = ?');
  const deleteKeys = db.prepare<[PersonKey]>('DELETE FROM person_search_keys WHERE person_id = ?');
  const insertKey = db.prepare<[string, PersonKey]>(
    'INSERT INTO person_search_keys (key, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const selectCover = db.prepare<[PersonKey], { cover: number | null; isChosen: number; isMember: number }>(
    `SELECT p.cover_face_id AS cover, p.is_cover_chosen AS isChosen,
       EXISTS (SELECT 1 FROM memberships WHERE face_id = p.cover_face_id AND person_id = p.id AND is_ignored = 0)
         AS isMember
     FROM people p WHERE p.id = ?`,
  );
  // By the person's index, then each face's row: the best of many is looked for only when a cover is gone.
  const findBestFace = db
    .prepare<[PersonKey], number>(
      `SELECT m.face_id FROM memberships m JOIN faces f ON f.id = m.face_id
       WHERE m.person_id = ? AND m.is_ignored = 0
       ORDER BY m.is_confirmed DESC, f.quality DESC, f.id LIMIT 1`,
    )
    .pluck();
  const updateCover = db.prepare<[number | null, number, PersonKey]>(
    'UPDATE people SET cover_face_id = ?, is_cover_chosen = ? WHERE id = ?',
  );
  const deleteIfForgotten = db.prepare<[PersonKey]>(
    `DELETE FROM people WHERE id = ? AND name IS NULL AND is_held = 0 AND is_kept = 0 AND is_ignored = 0
       AND merged_into IS NULL AND face_count = 0
       AND NOT EXISTS (SELECT 1 FROM memberships WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM decisions WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM people other WHERE other.merged_into = people.id)`,
  );
  const lists = {
    all: prepareList('all'),
    shown: prepareList('shown'),
    named: prepareList('named'),
    shownNamed: prepareList('shownNamed'),
  };
  const countWithFaces = db
    .prepare<[], number>(
      `SELECT count(*) FROM people p INDEXED BY people_shown_by_size
       WHERE ${listConditions.shown} AND p.face_count > 0`,
    )
    .pluck();
  const searchByPrefix = db.prepare<[string, string, number], SummaryRow>(
    `SELECT ${summaryColumns} FROM people p
     WHERE p.id IN (SELECT person_id FROM person_search_keys WHERE key >= ? AND key < ?)
       AND p.merged_into IS NULL AND p.name IS NOT NULL
     ORDER BY p.face_count DESC, p.id LIMIT ?`,
  );

  function prepareList(name: ListName) {
    const source = `FROM people p INDEXED BY ${listIndexes[name]} WHERE ${listConditions[name]}`;
    return {
      page: db.prepare<[number, number], SummaryRow>(
        `SELECT ${summaryColumns} ${source} ORDER BY p.face_count DESC, p.id LIMIT ? OFFSET ?`,
      ),
      total: db.prepare<[], number>(`SELECT count(*) ${source}`).pluck(),
    };
  }

  /** @throws AppError "not-found" */
  function resolve(personId: PersonId): PersonKey {
    const row = findKey.get(personId);
    if (row === undefined) {
      throw new AppError('not-found', `Expected a person of this library but received ${personId}`, {
        parameters: { personId },
      });
    }
    return row.mergedInto === null ? row.id : follow(row.mergedInto);
  }

  /** The person that a merged one's faces are in now. */
  function follow(key: PersonKey): PersonKey {
    let current = key;
    let next = findForward.get(current) ?? null;
    while (next !== null) {
      current = next;
      next = findForward.get(current) ?? null;
    }
    return current;
  }

  function summarize(key: PersonKey): PersonSummary {
    const row = selectSummary.get(key);
    if (row === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
    return convertSummary(row);
  }

  function readFlags(key: PersonKey): PersonFlags {
    const flags = selectFlags.get(key);
    if (flags === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
    return flags;
  }

  function readId(key: PersonKey): PersonId {
    const id = selectId.get(key);
    if (id === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
    return id;
  }

  /** @returns the new person's key; unnamed, without faces */
  function create({ isHeld }: { readonly isHeld: boolean }): PersonKey {
    return Number(insertPerson.run(createId<PersonId>(), Number(isHeld), now()).lastInsertRowid);
  }

  function setName(key: PersonKey, name: string | null): void {
    updateName.run(name, key);
    deleteKeys.run(key);
    for (const searchKey of name === null ? [] : listSearchKeys(name)) insertKey.run(searchKey, key);
  }

  /** A cover stays as long as its face is there to be seen; else the best face takes its place, confirmed ones first. */
  function refreshCovers(keys: Iterable<PersonKey>): void {
    for (const key of keys) {
      const cover = selectCover.get(key);
      if (cover === undefined || cover.isMember === 1) continue;
      const best = findBestFace.get(key) ?? null;
      if (best !== cover.cover || cover.isChosen === 1) updateCover.run(best, 0, key);
    }
  }

  return {
    resolve,
    follow,
    summarize,
    readFlags,
    readId,
    create,
    setName,
    refreshCovers,

    /** The person's own key and those of all people merged into it. */
    listAliases(key: PersonKey): PersonKey[] {
      return selectAliases.all(key);
    },

    /** Where each merged person's id leads to in the end. */
    readForwards(): Map<PersonKey, PersonKey> {
      const steps = new Map(selectForwards.all());
      const ends = new Map<PersonKey, PersonKey>();
      for (const key of steps.keys()) ends.set(key, followSteps(steps, key));
      return ends;
    },

    /** From now on no clustering takes a face out of the person. */
    hold(key: PersonKey): void {
      updateHeld.run(key);
    },

    /** The face that shows the person; null where none can be seen. */
    readCover(key: PersonKey): number | null {
      return selectCover.get(key)?.cover ?? null;
    },

    setCover(key: PersonKey, faceKey: number, isChosen: boolean): void {
      updateCover.run(faceKey, Number(isChosen), key);
    },

    /** Removes those people that are empty and that nothing speaks of. */
    removeForgotten(keys: Iterable<PersonKey>): void {
      for (const key of keys) deleteIfForgotten.run(key);
    },

    /** People with a face, and people with a name; ignored ones are neither. */
    count(): { people: number; namedPeople: number } {
      return { people: countWithFaces.get() ?? 0, namedPeople: lists.shownNamed.total.get() ?? 0 };
    },

    list(params: ValidParams<'people.list'>): Result<'people.list'> {
      const list = lists[chooseList(params)];
      return {
        total: list.total.get() ?? 0,
        people: list.page.all(params.limit, params.offset).map(convertSummary),
      };
    },

    get(params: ValidParams<'people.get'>): Result<'people.get'> {
      return summarize(resolve(params.personId));
    },

    /** In the order asked for. @throws AppError "not-found" */
    listByIds(personIds: readonly PersonId[]): PersonSummary[] {
      return personIds.map((personId) => summarize(resolve(personId)));
    },

    search({ query, limit }: ValidParams<'people.search'>): Result<'people.search'> {
      const prefix = foldForSearch(query);
      if (prefix === '') return { people: lists.named.page.all(limit, 0).map(convertSummary) };
      return { people: searchByPrefix.all(prefix, prefix + prefixEnd, limit).map(convertSummary) };
    },
  };
}

function followSteps(steps: ReadonlyMap<PersonKey, PersonKey>, key: PersonKey): PersonKey {
  let current = key;
  for (let next = steps.get(current); next !== undefined; next = steps.get(current)) current = next;
  return current;
}

function chooseList({ includeIgnored, onlyNamed }: { includeIgnored: boolean; onlyNamed: boolean }): ListName {
  if (onlyNamed) return includeIgnored ? 'named' : 'shownNamed';
  return includeIgnored ? 'all' : 'shown';
}

function convertSummary(row: SummaryRow): PersonSummary {
  return { ...row, isCoverChosen: row.isCoverChosen === 1, isIgnored: row.isIgnored === 1 };
}
