/** Photos in which one name stands at two faces: one of them must be somebody else, or a mirror. */

import type { Result, ValidParams } from '../../api/contract.ts';
import type { Double } from '../../api/schemas.ts';
import type { PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { convertFaceSummary, faceSummaryColumns, type FaceSummaryRow } from './faces.ts';
import { listConditions } from './people-lists.ts';

interface DoubleRow {
  readonly photoKey: number;
  readonly photoId: PhotoId;
  readonly name: string;
}

export function createDoubleStore({ db }: Connection) {
  // Only whoever has more faces than photos, or shares a name, can be in a photo twice: faces of nobody else are read.
  const suspects = `SELECT p.id, p.name FROM people p INDEXED BY people_named_by_name
     WHERE ${listConditions.shownNamed} AND (p.face_count > p.photo_count OR EXISTS (
       SELECT 1 FROM people other INDEXED BY people_named_by_name
       WHERE other.merged_into IS NULL AND other.name IS NOT NULL AND other.is_ignored = 0 AND other.name = p.name
         AND other.id <> p.id))`;
  const doubles = `WITH suspects AS MATERIALIZED (${suspects})
     SELECT m.timeline, m.photo_id, s.name FROM suspects s CROSS JOIN memberships m
       ON m.person_id = s.id AND m.is_ignored = 0
     GROUP BY m.timeline, m.photo_id, s.name HAVING count(*) > 1`;
  const countDoubles = db.prepare<[], number>(`SELECT count(*) FROM (${doubles})`).pluck();
  const selectPage = db.prepare<[number, number], DoubleRow>(
    `SELECT page.photo_id AS photoKey, ph.uuid AS photoId, page.name AS name
     FROM (${doubles} ORDER BY m.timeline, m.photo_id, s.name LIMIT ? OFFSET ?) page
       CROSS JOIN photos ph ON ph.id = page.photo_id
     ORDER BY page.timeline, page.photo_id, page.name`,
  );
  const selectFaces = db.prepare<[number, string], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM faces f INDEXED BY faces_by_photo CROSS JOIN photos ph ON ph.id = f.photo_id
       CROSS JOIN memberships m ON m.face_id = f.id CROSS JOIN people pe ON pe.id = m.person_id
     WHERE f.photo_id = ? AND f.is_ignored = 0 AND pe.name = ? AND pe.is_ignored = 0
     ORDER BY f.box_x IS NULL, f.box_x, f.box_y, f.id`,
  );

  return {
    /** In the order of the timeline. */
    list({ offset, limit }: ValidParams<'photos.listDoubles'>): Result<'photos.listDoubles'> {
      const found = selectPage.all(limit, offset).map(({ photoKey, photoId, name }): Double => {
        return { photoId, name, faces: selectFaces.all(photoKey, name).map(convertFaceSummary) };
      });
      return { total: countDoubles.get() ?? 0, doubles: found };
    },
  };
}
