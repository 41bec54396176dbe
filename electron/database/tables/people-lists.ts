/** People as lists show them: summaries, pages by filter and name, counts. */

import type { Result, ValidParams } from '../../api/contract.ts';
import type { PeopleFilter, PersonSummary } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceId, PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { PersonKey } from './person-key.ts';
import { foldForSearch } from './search-keys.ts';

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

const summaryColumns = `p.uuid AS id, p.name AS name, p.born AS born, p.face_count AS faceCount, p.photo_count AS photoCount,
  p.confirmed_count AS confirmedCount, (SELECT uuid FROM faces WHERE id = p.cover_face_id) AS coverFaceId,
  (SELECT ph.picture_number FROM faces cf JOIN photos ph ON ph.id = cf.photo_id WHERE cf.id = p.cover_face_id) AS coverPictureNumber,
  p.is_cover_chosen AS isCoverChosen, p.is_ignored AS isIgnored`;

const isListed = 'p.merged_into IS NULL AND (p.face_count > 0 OR p.name IS NOT NULL)';
/** Each condition is word for word that of a partial index, which then gives both the order and the total. */
export const listConditions = {
  shown: `${isListed} AND p.is_ignored = 0`,
  shownNamed: 'p.merged_into IS NULL AND p.name IS NOT NULL AND p.is_ignored = 0',
  shownUnnamed: 'p.merged_into IS NULL AND p.face_count > 0 AND p.name IS NULL AND p.is_ignored = 0',
  ignored: `${isListed} AND p.is_ignored = 1`,
  named: 'p.merged_into IS NULL AND p.name IS NOT NULL',
} as const;
const listIndexes = {
  shown: 'people_shown_by_size',
  shownNamed: 'people_named_by_size',
  shownUnnamed: 'people_unnamed_by_size',
  ignored: 'people_ignored_by_size',
  named: 'people_all_named_by_size',
} as const;
type ListName = keyof typeof listConditions;

const listsOfFilters = {
  all: 'shown',
  named: 'shownNamed',
  unnamed: 'shownUnnamed',
  ignored: 'ignored',
} as const satisfies Record<PeopleFilter, ListName>;

/** Larger than any character: the end of the range of keys that share a prefix. */
const prefixEnd = '\u{10ffff}';

export function createPeopleLists({ db }: Connection) {
  const selectSummary = db.prepare<[PersonKey], SummaryRow>(`SELECT ${summaryColumns} FROM people p WHERE p.id = ?`);
  const lists = {
    shown: prepareList('shown'),
    shownNamed: prepareList('shownNamed'),
    shownUnnamed: prepareList('shownUnnamed'),
    ignored: prepareList('ignored'),
    named: prepareList('named'),
  };
  const countWithFaces = db
    .prepare<[], number>(
      `SELECT count(*) FROM people p INDEXED BY people_shown_by_size
       WHERE ${listConditions.shown} AND p.face_count > 0`,
    )
    .pluck();
  // From the keys to the people; without the plus signs the planner would rather look through all of a list.
  const found = `FROM (SELECT DISTINCT person_id FROM person_search_keys WHERE key >= ? AND key < ?) k
       CROSS JOIN people p ON p.id = k.person_id
     WHERE +p.merged_into IS NULL AND +p.name IS NOT NULL`;
  const searchByPrefix = db.prepare<[string, string, number], SummaryRow>(
    `SELECT ${summaryColumns} ${found} ORDER BY p.face_count DESC, p.id LIMIT ?`,
  );
  const listByPrefix = db.prepare<[string, string, number, number, number], SummaryRow>(
    `SELECT ${summaryColumns} ${found} AND p.is_ignored = ?
     ORDER BY p.face_count DESC, p.id LIMIT ? OFFSET ?`,
  );
  const countByPrefix = db.prepare<[string, string], { named: number; ignored: number }>(
    `SELECT count(*) FILTER (WHERE p.is_ignored = 0) AS named, count(*) FILTER (WHERE p.is_ignored = 1) AS ignored
     ${found}`,
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

  function countOf(name: ListName): number {
    return lists[name].total.get() ?? 0;
  }

  /** Whoever has no name is not found by one. */
  function listFound(prefix: string, { filter, offset, limit }: ValidParams<'people.list'>): Result<'people.list'> {
    const range = [prefix, prefix + prefixEnd] as const;
    const { named, ignored } = countByPrefix.get(...range) ?? { named: 0, ignored: 0 };
    const counts = { named, unnamed: 0, ignored };
    if (filter === 'unnamed') return { total: 0, people: [], counts };
    const rows = listByPrefix.all(...range, Number(filter === 'ignored'), limit, offset);
    return { total: filter === 'ignored' ? ignored : named, people: rows.map(convertSummary), counts };
  }

  return {
    summarize(key: PersonKey): PersonSummary {
      const row = selectSummary.get(key);
      if (row === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
      return convertSummary(row);
    },

    /** People with a face, and people with a name; ignored ones are neither. */
    count(): { people: number; namedPeople: number } {
      return { people: countWithFaces.get() ?? 0, namedPeople: countOf('shownNamed') };
    },

    list(params: ValidParams<'people.list'>): Result<'people.list'> {
      const prefix = foldForSearch(params.text);
      if (prefix !== '') return listFound(prefix, params);
      const counts = { named: countOf('shownNamed'), unnamed: countOf('shownUnnamed'), ignored: countOf('ignored') };
      const totals = { ...counts, all: counts.named + counts.unnamed };
      const rows = lists[listsOfFilters[params.filter]].page.all(params.limit, params.offset);
      return { total: totals[params.filter], people: rows.map(convertSummary), counts };
    },

    search({ query, limit }: ValidParams<'people.search'>): Result<'people.search'> {
      const prefix = foldForSearch(query);
      if (prefix === '') return { people: lists.named.page.all(limit, 0).map(convertSummary) };
      return { people: searchByPrefix.all(prefix, prefix + prefixEnd, limit).map(convertSummary) };
    },
  };
}

function convertSummary(row: SummaryRow): PersonSummary {
  return { ...row, isCoverChosen: row.isCoverChosen === 1, isIgnored: row.isIgnored === 1 };
}
