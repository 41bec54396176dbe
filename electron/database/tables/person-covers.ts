/** The face that stands for a person: chosen by the user, or the best one there is. */

import type { Connection } from '../file/connection.ts';
import type { PersonKey } from './person-key.ts';

export function createPersonCovers({ db }: Connection) {
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

  return {
    /** A cover stays as long as its face is there to be seen; else the best face takes its place, confirmed ones first. */
    refreshCovers(keys: Iterable<PersonKey>): void {
      for (const key of keys) {
        const cover = selectCover.get(key);
        if (cover === undefined || cover.isMember === 1) continue;
        const best = findBestFace.get(key) ?? null;
        if (best !== cover.cover || cover.isChosen === 1) updateCover.run(best, 0, key);
      }
    },

    /** The face that shows the person; null where none can be seen. */
    readCover(key: PersonKey): number | null {
      return selectCover.get(key)?.cover ?? null;
    },

    setCover(key: PersonKey, faceKey: number, isChosen: boolean): void {
      updateCover.run(faceKey, Number(isChosen), key);
    },
  };
}
