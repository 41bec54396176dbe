/** People's rows: ids that forward after a merge, names, and what the user has made of them. */

import type { Result, ValidParams } from '../../api/contract.ts';
import type { PersonSummary } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { createPeopleLists } from './people-lists.ts';
import { createPersonCovers } from './person-covers.ts';
import type { PersonKey } from './person-key.ts';
import { listSearchKeys } from './search-keys.ts';

export type { PersonKey };

export interface PersonFlags {
  readonly name: string | null;
  readonly born: string | null;
  readonly isHeld: number;
  readonly isIgnored: number;
  readonly faceCount: number;
  readonly photoCount: number;
}

export type PeopleStore = ReturnType<typeof createPeopleStore>;

export function createPeopleStore(connection: Connection) {
  const { db, now } = connection;
  const forwards = createForwards(connection);
  const lists = createPeopleLists(connection);
  const selectId = db.prepare<[PersonKey], PersonId>('SELECT uuid FROM people WHERE id = ?').pluck();
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
  const deleteIfForgotten = db.prepare<[PersonKey]>(
    `DELETE FROM people WHERE id = ? AND name IS NULL AND is_held = 0 AND is_kept = 0 AND is_ignored = 0
       AND merged_into IS NULL AND face_count = 0
       AND NOT EXISTS (SELECT 1 FROM memberships WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM decisions WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM people other WHERE other.merged_into = people.id)`,
  );

  return {
    ...forwards,
    ...lists,
    ...createPersonCovers(connection),

    readFlags(key: PersonKey): PersonFlags {
      return requireRow(selectFlags.get(key), key);
    },

    readId(key: PersonKey): PersonId {
      return requireRow(selectId.get(key), key);
    },

    /** @returns the new person's key; unnamed, without faces */
    create({ isHeld }: { readonly isHeld: boolean }): PersonKey {
      return Number(insertPerson.run(createId<PersonId>(), Number(isHeld), now()).lastInsertRowid);
    },

    setName(key: PersonKey, name: string | null): void {
      updateName.run(name, key);
      deleteKeys.run(key);
      for (const searchKey of name === null ? [] : listSearchKeys(name)) insertKey.run(searchKey, key);
    },

    /** From now on no clustering takes a face out of the person. */
    hold(key: PersonKey): void {
      updateHeld.run(key);
    },

    /** Removes those people that are empty and that nothing speaks of. */
    removeForgotten(keys: Iterable<PersonKey>): void {
      for (const key of keys) deleteIfForgotten.run(key);
    },

    get({ personId }: ValidParams<'people.get'>): Result<'people.get'> {
      return lists.summarize(forwards.resolve(personId));
    },

    /** In the order asked for. @throws AppError "not-found" */
    listByIds(personIds: readonly PersonId[]): PersonSummary[] {
      return personIds.map((personId) => lists.summarize(forwards.resolve(personId)));
    },
  };
}

/** A merged person's id answers for whoever it went into. */
function createForwards({ db }: Connection) {
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

  return {
    follow,

    /** @throws AppError "not-found" */
    resolve(personId: PersonId): PersonKey {
      const row = findKey.get(personId);
      if (row === undefined) {
        throw new AppError('not-found', `Expected a person of this library but received ${personId}`, {
          parameters: { personId },
        });
      }
      return row.mergedInto === null ? row.id : follow(row.mergedInto);
    },

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
  };
}

function followSteps(steps: ReadonlyMap<PersonKey, PersonKey>, key: PersonKey): PersonKey {
  let current = key;
  for (let next = steps.get(current); next !== undefined; next = steps.get(current)) current = next;
  return current;
}

function requireRow<Row>(row: Row | undefined, key: PersonKey): Row {
  if (row === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
  return row;
}
